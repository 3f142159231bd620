import { expect, test } from 'bun:test'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { openShelf } from '../../support/shelf.ts'

test('more rows are retried by their numbers than the database takes in one statement', async () => {
  const { db, engine, submit } = await openShelf()
  const { id } = await submit(100_000)
  await db.updateTable('task_executions').set({ status: 'failed', error: 'Broke.' }).execute()
  await db.updateTable('batch_tasks').set({ status: 'completed', failed: 100_000 }).execute()

  const all = Array.from({ length: 100_000 }, (_, i) => i + 2)
  const spared = [2, 5_002, 100_001]
  const numbers = all.filter((row) => !spared.includes(row))
  expect(await engine.retry(id, 'mei', [...numbers, 3, 4])).toMatchObject({ rows: 99_997 })
  expect(await findTask(db, id)).toMatchObject({ status: 'pending', counts: { failed: 3, left: 99_997 } })
  const failed = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('status', '=', 'failed')
    .orderBy('row_number')
    .execute()
  expect(failed.map(({ row_number }) => row_number)).toEqual(spared)
})

test('no row of none is retried', async () => {
  const { engine, submit } = await openShelf()
  const { id } = await submit(1)
  await expect(engine.retry(id, 'mei', [])).rejects.toThrow('None of these rows has failed.')
})
