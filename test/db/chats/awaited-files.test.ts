import { expect, test } from 'bun:test'
import { listAwaited, saveAwaited, takeAwaited } from '../../../src/db/chats/awaited-files.ts'
import { deleteEndedLeases, takeLease } from '../../../src/db/leases.ts'
import { openShelf } from '../../support/runner-store.ts'

const LONG_MS = 60_000

test('what waits in a channel is found there, and one machine goes on with it', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  await saveAwaited(db, 'T1:C1:1.1', 'first', LONG_MS)
  await saveAwaited(db, 'T1:C1:1.2', 'second', LONG_MS)
  await saveAwaited(db, 'T1:C12:1.1', 'elsewhere', LONG_MS)
  await takeLease(db, 'T1:C1:1.3', LONG_MS)
  expect(await listAwaited(db, 'T1:C1:')).toEqual(
    new Map([
      ['1.1', 'first'],
      ['1.2', 'second'],
    ]),
  )
  const taken = await Promise.all([1, 2, 3].map(() => takeAwaited(db, 'T1:C1:1.1')))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect([...(await listAwaited(db, 'T1:C1:')).keys()]).toEqual(['1.2'])
})

test('it waits no longer than it was to, and is deleted with all that has run out', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  await saveAwaited(db, 'T1:C1:1.1', 'first', 0)
  await saveAwaited(db, 'T1:C1:1.1', 'said twice', LONG_MS)
  expect(await listAwaited(db, 'T1:C1:')).toEqual(new Map())
  await deleteEndedLeases(db)
  expect(await db.selectFrom('leases').selectAll().execute()).toEqual([])
})
