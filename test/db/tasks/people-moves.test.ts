import { expect, test } from 'bun:test'
import { takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Task } from '../../../src/engine/task.ts'
import { openShelf } from '../../support/runner-store.ts'

const NOW = 2_000_000

test('more rows are retried by their numbers than the database takes in one statement', async () => {
  const { db, engine, submit } = await openShelf()
  const { id } = await submit(40_000)
  await db.updateTable('task_executions').set({ status: 'failed', error: 'Broke.' }).execute()
  await db.updateTable('batch_tasks').set({ status: 'completed', failed: 40_000 }).execute()

  const all = Array.from({ length: 40_000 }, (_, i) => i + 2)
  const spared = [2, 5_002, 40_001]
  const numbers = all.filter((row) => !spared.includes(row))
  expect(await engine.retry(id, 'mei', [...numbers, 3, 4])).toMatchObject({ rows: 39_997 })
  expect(await findTask(db, id)).toMatchObject({ status: 'pending', counts: { failed: 3, left: 39_997 } })
  const failed = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('status', '=', 'failed')
    .orderBy('row_number')
    .execute()
  expect(failed.map(({ row_number }) => row_number)).toEqual(spared)
})

test('a row that was waiting for its next attempt when its task was stopped runs at once when that is resumed', async () => {
  const { db, engine, submit } = await openShelf()
  const { id } = await submit(2)
  const store = createRowStore(db, createWriter(db))
  const take = () => db.transaction().execute((trx) => takeTask(trx, id, NOW))
  const claimed = async (task: Task | undefined) => task && store.claim(task, NOW)

  const claim = await claimed(await take())
  if (!claim) throw new Error('not claimed')
  await store.settle(
    claim,
    {
      status: 'pending',
      availableAt: NOW + 900_000,
      failures: 1,
      throttles: 4,
      turnedAwayAt: null,
      unresolved: false,
      error: 'Dify asks to wait.',
      usage: {},
    },
    { at: NOW, outcome: 'throttled', message: '', ms: 10, user: 'u', ids: {}, limit: 10 },
  )
  await engine.stop(id, 'mei')
  await engine.resume(id, 'mei')
  expect(await claimed(await take())).toMatchObject({ rowNumber: 2, attempt: 2, failures: 1, throttles: 0 })
})

test('a row that is retried has all its attempts again, and its waits start again from the shortest', async () => {
  const { db, engine, submit } = await openShelf()
  const { id } = await submit(1)
  const spent = { failures: 3, throttles: 4, available_at: NOW + 1, finished_at: NOW }
  await db
    .updateTable('task_executions')
    .set({ status: 'failed', ...spent })
    .execute()
  await engine.retry(id, 'mei')
  const fresh = { status: 'pending', failures: 0, throttles: 0, available_at: 0, finished_at: null }
  expect(await db.selectFrom('task_executions').selectAll().execute()).toMatchObject([fresh])
})

test('retrying an empty list of rows retries none', async () => {
  const { engine, submit } = await openShelf()
  const { id } = await submit(1)
  await expect(engine.retry(id, 'mei', [])).rejects.toThrow('None of these rows has failed.')
})
