import { expect, test } from 'bun:test'
import { insertAudit, listAudit } from '../../../src/db/tasks/audit.ts'
import { openShelf } from '../../support/runner-store.ts'

const STOPPED = { at: 1, who: 'Mei', role: 'admin', face: 'page', action: 'task.stop', target: 'k7f2' }
const SIGNED_IN = { at: 2, who: 'Jo', role: 'viewer', face: 'api', action: 'sign-in' }

test('what was done is listed newest first, a page at a time', async () => {
  const { db } = await openShelf()
  await insertAudit(db, { ...STOPPED, details: { cancelled: 3 } })
  await insertAudit(db, SIGNED_IN)
  expect(await listAudit(db, { limit: 1, offset: 0 })).toEqual({
    entries: [{ id: 2, ...SIGNED_IN, target: null, details: null }],
    total: 2,
  })
  expect(await listAudit(db, { limit: 1, offset: 1 })).toEqual({
    entries: [{ id: 1, ...STOPPED, details: { cancelled: 3 } }],
    total: 2,
  })
})

test('what was done to one task is listed by itself', async () => {
  const { db } = await openShelf()
  for (const entry of [STOPPED, SIGNED_IN, { ...STOPPED, target: 'other' }]) await insertAudit(db, entry)
  expect(await listAudit(db, { target: 'k7f2' })).toMatchObject({ entries: [{ target: 'k7f2' }], total: 1 })
})

test('no entry is written for an act that was not done', async () => {
  const { db } = await openShelf()
  const undone = db.transaction().execute(async (trx) => {
    await insertAudit(trx, STOPPED)
    throw new Error('not done')
  })
  await expect(undone).rejects.toThrow('not done')
  expect(await listAudit(db)).toEqual({ entries: [], total: 0 })
})
