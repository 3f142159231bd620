import { expect, test } from 'bun:test'
import { deleteOldKeys, releaseKey, reserveKey } from '../../../src/db/tasks/idempotency.ts'
import { openShelf } from '../../support/runner-store.ts'

const request = { key: 'k', fingerprint: 'f', draftId: 'd', now: 1_000 }

test('of two requests with the same key at once, one is new and both get its draft', async () => {
  const { db } = await openShelf()
  const reserved = await Promise.all(['d', 'e'].map((draftId) => reserveKey(db, { ...request, draftId })))
  // Which of them is first, the database decides.
  expect(reserved.filter(({ isNew }) => isNew)).toHaveLength(1)
  const first = reserved.find(({ isNew }) => isNew)
  expect(reserved.every(({ draftId }) => draftId === first?.draftId)).toBe(true)
})

test('the same draft sent again is not new', async () => {
  const { db } = await openShelf()
  await reserveKey(db, request)
  expect(await reserveKey(db, request)).toMatchObject({ isNew: false })
})

test('a key that comes with a different request says which request it was used for', async () => {
  const { db } = await openShelf()
  await reserveKey(db, request)
  expect(await reserveKey(db, { ...request, fingerprint: 'other' })).toMatchObject({ fingerprint: 'f' })
})

test('a key is free again once it is released, or old', async () => {
  const { db } = await openShelf()
  await reserveKey(db, request)
  await releaseKey(db, 'k')
  expect(await reserveKey(db, request)).toMatchObject({ isNew: true })
  await deleteOldKeys(db, 1_000)
  expect(await reserveKey(db, request)).toMatchObject({ isNew: false })
  await deleteOldKeys(db, 1_001)
  expect(await reserveKey(db, request)).toMatchObject({ isNew: true })
})
