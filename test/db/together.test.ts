import { afterEach, beforeEach, expect, test } from 'bun:test'
import { endRun, insertRun } from '../../src/db/runs/runs.ts'
import { together } from '../../src/db/together.ts'
import { createWriter } from '../../src/db/writer.ts'
import { findSpending } from '../../src/db/usage/task-spending.ts'
import { newRun, type RunEnd } from '../../src/engine/run.ts'
import { nano } from '../support/nano.ts'
import { aBot, orderOf } from '../support/bot.ts'
import { openBorrowed } from '../support/test-database.ts'
import type { Db } from '../../src/db/schema.ts'

let postgres: Awaited<ReturnType<typeof openBorrowed>>
let queries: number
let counted: Db
beforeEach(async () => {
  postgres = await openBorrowed()
  queries = 0
  counted = postgres.db.withPlugin({
    transformQuery: ({ node }) => {
      queries++
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
})
afterEach(() => postgres.close())

const insert = (db: Db, name: 'secret key' | 'admin token') =>
  db
    .insertInto('shared_values')
    .values({ name, value: 'x' })
    .onConflict((conflict) => conflict.doNothing())
const update = (db: Db, name: 'secret key' | 'admin token') =>
  db.updateTable('shared_values').set({ value: 'y' }).where('name', '=', name)
const written = (db: Db) =>
  db
    .selectFrom('shared_values')
    .select(['name', 'value'])
    .where('name', 'in', ['secret key', 'admin token'])
    .orderBy('name')
    .execute()

test('several statements are one on Postgres, and each says how many rows it has written', async () => {
  const { db } = postgres
  await insert(db, 'secret key').execute()
  const counts = await db
    .transaction()
    .execute((trx) =>
      together(trx, [
        update(db, 'secret key').compile(),
        insert(db, 'secret key').compile(),
        insert(db, 'admin token').compile(),
      ]),
    )
  expect(counts).toEqual([1, 0, 1])
  const rows = await written(db)
  expect(rows).toEqual([
    { name: 'admin token', value: 'x' },
    { name: 'secret key', value: 'y' },
  ])
})

test('a note that no other write is with needs no transaction; two are one', async () => {
  const write = createWriter(counted)
  const alone: string[] = []
  const note = (name: 'secret key' | 'admin token') =>
    write(
      async (trx) => void (await insert(trx, name).execute()),
      async () => {
        alone.push(name)
        await insert(counted, name).execute()
      },
    )
  await note('secret key')
  expect({ alone, queries }).toEqual({ alone: ['secret key'], queries: 1 })
  await Promise.all([note('secret key'), note('admin token')])
  expect(alone).toEqual(['secret key'])
  expect(await written(counted)).toHaveLength(2)
})

test('the end of a run is written once and counted once, however many write it at the same moment', async () => {
  const { bot, workflow } = await aBot()
  const { id: taskId } = await bot.engine.submit(orderOf(workflow, 1))
  const run = { taskId, executionId: `${taskId}.2` }
  await insertRun(
    bot.db,
    newRun({ id: run.executionId, taskId, rowNumber: 2, attempt: 1, inputs: {} }, { nonce: 'n' }, 0),
  )
  const usage = { tokens: 3, price: nano(0.5), currency: 'USD' }
  const end: RunEnd = { attempt: 1, status: 'succeeded', learnt: 'stream', usage, ids: {} }
  const write = createWriter(bot.db)
  const other = createWriter(bot.db)
  const ended = await Promise.all(
    [write, other, other, write].map((one) => one((trx) => endRun(trx, run, end, 1_000))),
  )
  expect(ended.filter(Boolean)).toHaveLength(1)
  expect(await findSpending(bot.db, taskId)).toMatchObject({ calls: 1, tokens: 3 })
})
