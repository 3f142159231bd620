import { expect, test } from 'bun:test'
import {
  deleteEndedLeases,
  giveBackLease,
  isLeased,
  LeaseLost,
  renewLease,
  takeLease,
  writeAsHolder,
} from '../../src/db/leases.ts'
import { connectPostgres } from '../../src/db/postgres.ts'
import type { Db } from '../../src/db/schema.ts'
import { later } from '../support/bot.ts'
import { openShelf } from '../support/runner-store.ts'
import { borrowDatabase } from '../support/test-database.ts'

const LONG_MS = 60_000

/** As if so much time had passed that every lease has run out. */
async function runOut(db: Db): Promise<void> {
  await db.updateTable('leases').set({ until: 0 }).execute()
}

test('of many who want a lease at once one gets it, and it can be told from all others', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const taken = await Promise.all(Array.from({ length: 10 }, () => takeLease(db, 'bot', LONG_MS)))
  const [mine, ...others] = taken.filter((lease) => lease !== undefined)
  expect(others).toEqual([])
  expect(await isLeased(db, 'bot')).toBe(true)
  expect(mine && (await renewLease(db, mine, LONG_MS))).toBe(true)
  expect(await takeLease(db, 'something else', LONG_MS)).toMatchObject({ name: 'something else' })
})

test('a lease that has run out is somebody else’s, and its former holder neither renews it nor writes', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const former = await takeLease(db, 'bot', LONG_MS)
  await runOut(db)
  expect(await isLeased(db, 'bot')).toBe(false)
  const next = await takeLease(db, 'bot', LONG_MS)
  if (!former || !next) throw new Error('not taken')
  expect(await renewLease(db, former, LONG_MS)).toBe(false)
  let hasWorked = false
  const late = writeAsHolder(db, former, async () => {
    hasWorked = true
  })
  expect(late).rejects.toThrow(LeaseLost)
  await late.catch(() => {})
  expect(hasWorked).toBe(false)
  expect(await writeAsHolder(db, next, async () => 'written')).toBe('written')
  await giveBackLease(db, former)
  expect(await isLeased(db, 'bot')).toBe(true)
})

test('what is given back may be taken at once, and what has run out is cleaned up', async () => {
  const { db } = await openShelf({ withWorkflow: false })
  const first = await takeLease(db, 'bot', LONG_MS)
  if (!first) throw new Error('not taken')
  await giveBackLease(db, first)
  expect(await takeLease(db, 'bot', LONG_MS)).toBeDefined()
  await deleteEndedLeases(db)
  expect(await isLeased(db, 'bot')).toBe(true)
  await runOut(db)
  await deleteEndedLeases(db)
  expect(await db.selectFrom('leases').selectAll().execute()).toEqual([])
})

test('a lease that has run out is not taken between the question who has it and the write', async () => {
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const [db, elsewhere] = [connectPostgres(url), connectPostgres(url)]
  later(() => Promise.all([db.destroy(), elsewhere.destroy()]))
  const lease = await takeLease(db, 'bot', LONG_MS)
  if (!lease) throw new Error('not taken')
  await runOut(db)
  const order: string[] = []
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const writing = writeAsHolder(db, lease, async () => {
    asked.resolve()
    await goOn.promise
  }).then(() => order.push('written'))
  await asked.promise
  const taking = takeLease(elsewhere, 'bot', LONG_MS).then((taken) => order.push(taken ? 'taken' : 'refused'))
  await Promise.race([taking, Bun.sleep(50)])
  expect(order).toEqual([])
  goOn.resolve()
  await Promise.all([writing, taking])
  expect(order.toSorted()).toEqual(['taken', 'written']) // whose answer is read first is chance
})
