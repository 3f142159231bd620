import { describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { DatabaseUnreachable } from '../../src/db/away.ts'
import { databaseClock } from '../../src/db/database-clock.ts'
import { connectPostgres, type PostgresOptions } from '../../src/db/postgres.ts'
import { claimExecution } from '../../src/db/rows/claims.ts'
import type { Db, Trx } from '../../src/db/schema.ts'
import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { createWriter } from '../../src/db/writer.ts'
import { createTaskStore } from '../../src/db/store.ts'
import { Engine } from '../../src/engine/engine.ts'
import { later } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { aWorkflow, anOrder } from '../support/runner-store.ts'
import { aTcpProxy } from '../support/tcp-proxy.ts'
import { borrowDatabase } from '../support/test-database.ts'

const SOON: PostgresOptions = { answerMs: 300, waitMs: 300 }
const upload = (id: string) => ({ id, file_name: id, size: 0, bytes: new Uint8Array(), created_at: 0 })
const insert = (trx: Db | Trx, id: string) => trx.insertInto('uploads').values(upload(id)).execute()
const ids = async (db: Db) => (await db.selectFrom('uploads').select('id').execute()).map(({ id }) => id)

async function aDatabase() {
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const open = (from = url, options: PostgresOptions = {}) => {
    const db = connectPostgres(from, { connections: 3, ...options })
    later(() => db.destroy())
    return db
  }
  return { url, open }
}

/** A database behind a network that may swallow what passes. */
async function aDistantDatabase() {
  const { url, open } = await aDatabase()
  const proxy = aTcpProxy(Number(new URL(url).port))
  return { proxy, near: open(), db: open(url.replace(/:\d+\//, `:${proxy.port}/`), SOON) }
}

/** A task with rows, which a runner has taken. */
async function aTask(db: Db) {
  const clock = new FakeClock()
  const engine = new Engine(createTaskStore(db, clock), { wake: () => {} }, clock)
  const { id } = await engine.submit(anOrder(await aWorkflow(db), 3))
  const task = await inTransaction(db, (trx) => takeTask(trx, id, clock.now()))
  if (!task) throw new Error('not taken')
  return { task, clock }
}

describe('a commit whose connection breaks', () => {
  test('before the answer arrives is known to have been made', async () => {
    const { proxy, db } = await aDistantDatabase()
    let tries = 0
    const written = createWriter(db)(async (trx) => {
      tries++
      await insert(trx, `a${tries}`)
      proxy.swallowAnswers()
      setTimeout(proxy.heal, 600)
    })
    await written
    expect(await ids(db)).toEqual(['a1'])
  })

  test('before it arrives is known not to have been made, and what was to be written is written once', async () => {
    const { proxy, db } = await aDistantDatabase()
    let tries = 0
    await createWriter(db)(async (trx) => {
      tries++
      await insert(trx, `a${tries}`)
      if (tries > 1) return
      proxy.swallow()
      setTimeout(proxy.heal, 600)
    })
    expect(tries).toBe(2)
    expect(await ids(db)).toEqual(['a2'])
  })
})

test('while the server is out of reach, reads say so in a sentence, and the runner’s writes wait', async () => {
  const { proxy, db, near } = await aDistantDatabase()
  proxy.swallow()
  await expect(ids(db)).rejects.toBeInstanceOf(DatabaseUnreachable)
  const told = Promise.withResolvers<void>()
  const written = createWriter(db, { onAway: () => told.resolve() })((trx) => insert(trx, 'a'))
  await told.promise
  expect(await ids(near)).toEqual([])
  proxy.heal()
  await written
  expect(await ids(near)).toEqual(['a'])
})

test('a runner that has lost its task claims nothing, though it has asked just before the other one has it', async () => {
  const { open } = await aDatabase()
  const [db, zombie] = [open(), open()]
  const { task, clock } = await aTask(db)
  const hasTaken = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const taking = db.transaction().execute(async (trx) => {
    await takeTask(trx, task.id, clock.now())
    hasTaken.resolve()
    await mayCommit.promise
  })
  await hasTaken.promise
  const claiming = createWriter(zombie)((trx) => claimExecution(trx, task, clock.now(), clock.now()))
  await untilBlocked(db)
  mayCommit.resolve()
  await taking
  expect(await claiming).toBeUndefined()
})

test('two that change what the other has read come one after the other', async () => {
  const { open } = await aDatabase()
  const [one, other] = [open(), open()]
  // Each adds a line if there is none.
  const addFirst = (db: Db, id: string) =>
    inTransaction(db, async (trx) => {
      const { count } = await trx
        .selectFrom('uploads')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      await Bun.sleep(20) // both have read
      if (count === 0) await insert(trx, id)
    })
  await Promise.all([addFirst(one, 'a'), addFirst(other, 'b')])
  expect(await ids(one)).toHaveLength(1)
})

test('an amount of money and a sum come exactly, other numbers as numbers', async () => {
  const { open } = await aDatabase()
  const db = open()
  const { task } = await aTask(db)
  const nano = 9_007_199_254_740_993n
  await db.updateTable('task_executions').set({ price_nano: nano }).execute()
  const { sum_nano, count } = await db
    .selectFrom('task_executions')
    .select((eb) => [eb.fn.sum<bigint>('price_nano').as('sum_nano'), eb.fn.countAll<number>().as('count')])
    .where('task_id', '=', task.id)
    .executeTakeFirstOrThrow()
  expect({ sum_nano, count }).toEqual({ sum_nano: nano * 3n, count: 3 })
})

test('the clock is the server’s, whatever this machine’s says', async () => {
  const { open } = await aDatabase()
  const real = Date.now
  Date.now = () => real() + 3_600_000
  later(() => (Date.now = real))
  const clock = await databaseClock(open())
  later(() => clock.stop())
  expect(Math.abs(clock.now() - real())).toBeLessThan(5_000)
})

/** Until a connection waits for a lock that another one has. */
async function untilBlocked(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`.execute(db)
    if ((rows[0]?.count ?? 0) > 0) return
    await Bun.sleep(5)
  }
}
