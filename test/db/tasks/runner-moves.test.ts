import { describe, expect, test } from 'bun:test'
import {
  completeTask,
  haltTask,
  rejoinTask,
  releaseTask,
  takeTask,
} from '../../../src/db/tasks/runner-moves.ts'
import { createRowStore } from '../../../src/db/store.ts'
import type { Trx } from '../../../src/db/schema.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Task } from '../../../src/engine/task.ts'
import { inEnglish } from '../../../src/engine/sentence.ts'
import { openShelf } from '../../support/runner-store.ts'

const NOW = 2_000_000

/** A task that one runner has taken from another. */
async function aTakenOverTask() {
  const shelf = await openShelf()
  const { db } = shelf
  const { id } = await shelf.submit(1)
  const inTransaction = <T>(work: (trx: Trx) => Promise<T>) => db.transaction().execute(work)
  const run = async (): Promise<Task> => {
    const task = await inTransaction((trx) => takeTask(trx, id, NOW))
    if (!task) throw new Error('not taken')
    return task
  }
  const [former, present] = [await run(), await run()]
  return { ...shelf, id, inTransaction, run, former, present, find: () => findTask(db, id) }
}

describe('a runner whose task another has taken over', () => {
  test('can neither release it nor halt it', async () => {
    const { inTransaction, former, present, find } = await aTakenOverTask()
    expect(await inTransaction((trx) => releaseTask(trx, former, NOW))).toBeUndefined()
    expect(await inTransaction((trx) => haltTask(trx, former, 'Key revoked.', NOW))).toBeUndefined()
    expect(await find()).toMatchObject({ status: 'running', epoch: present.epoch, error: null })
  })

  test('cannot complete it, though no row is left', async () => {
    const { db, inTransaction, former, present, find } = await aTakenOverTask()
    await db.updateTable('task_executions').set({ status: 'succeeded' }).execute()
    expect(await inTransaction((trx) => completeTask(trx, former, NOW))).toBeUndefined()
    expect(await find()).toMatchObject({ status: 'running' })
    expect(await inTransaction((trx) => completeTask(trx, present, NOW))).toMatchObject({
      status: 'completed',
    })
  })

  test('cannot go on with it when it is resumed', async () => {
    const { engine, id, inTransaction, former, present } = await aTakenOverTask()
    await engine.pause(id, 'mei')
    await engine.resume(id, 'mei')
    expect(await inTransaction((trx) => rejoinTask(trx, former, NOW))).toBeUndefined()
    expect(await inTransaction((trx) => rejoinTask(trx, present, NOW))).toMatchObject({ status: 'running' })
  })
})

test('rows that a dead runner left in flight are looked up at once, even by a machine whose clock is behind', async () => {
  const { db, run, present } = await aTakenOverTask()
  const rows = createRowStore(db, createWriter(db))
  await db
    .updateTable('task_executions')
    .set({ available_at: NOW + 60_000 })
    .execute()
  expect(await rows.claim(present, NOW + 60_000)).toMatchObject({ attempt: 1 })
  expect(await rows.claim(await run(), NOW)).toMatchObject({ attempt: 1, open: [{ attempt: 1 }] })
})

describe('a task whose runners die', () => {
  async function aTask() {
    const shelf = await openShelf()
    const { db } = shelf
    const { id } = await shelf.submit(3)
    const store = createRowStore(db, createWriter(db))
    const take = () => db.transaction().execute((trx) => takeTask(trx, id, NOW))
    /** Takes it, and dies with a row in flight. */
    const runAndDie = async () => {
      const task = await take()
      if (task) await store.claim(task, NOW)
      return task
    }
    return { ...shelf, id, store, take, runAndDie, find: () => findTask(db, id) }
  }

  test('five times in a row without a row having ended stops, with a sentence, and has no row in flight', async () => {
    const { db, runAndDie, find } = await aTask()
    for (let n = 0; n <= 4; n++) expect(await runAndDie()).toBeDefined()
    expect(await runAndDie()).toBeUndefined()
    expect((await find())?.status).toBe('failed')
    expect(inEnglish((await find())?.error ?? '')).toContain('ended 5 times in a row')
    const rows = await db.selectFrom('task_executions').select('status').execute()
    expect(rows.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
  })

  test('goes on when a row has ended in between, when a runner has let it go, and after it was resumed', async () => {
    const { db, engine, take, runAndDie, id } = await aTask()
    const almost = (more: { succeeded?: number } = {}) =>
      db
        .updateTable('batch_tasks')
        .set({ take_overs: 4, ...more })
        .execute()
    const first = await take()
    if (!first) throw new Error('not taken')
    await almost()
    await db.transaction().execute((trx) => releaseTask(trx, first, NOW))
    expect(await take()).toBeDefined()
    await almost({ succeeded: 1 })
    expect(await take()).toBeDefined()
    await almost()
    expect(await take()).toBeUndefined()
    await engine.resume(id, 'mei')
    for (let n = 0; n <= 4; n++) expect(await runAndDie()).toBeDefined()
  })
})
