import { describe, expect, test } from 'bun:test'
import { createRowStore, createTaskStore } from '../../src/db/store.ts'
import { completeTask, haltTask, takeTask } from '../../src/db/tasks/runner-moves.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { createWriter } from '../../src/db/writer.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Settlement } from '../../src/engine/settle.ts'
import { anOrder, openShelf } from '../support/runner-store.ts'
import { spoken } from '../support/spoken.ts'

const NOW = 2_000_000
const failed: Settlement = { status: 'failed', error: 'No.', usage: {} }
const done: Settlement = { status: 'succeeded', outputs: {}, warning: null, usage: {} }

/** One task in each state, of three rows: one done, one failed, one waiting. */
async function aTaskThatIs(status: 'pending' | 'running' | 'paused' | 'failed' | 'cancelled' | 'completed') {
  const runnerStore = await openShelf()
  const { db, engine } = runnerStore
  const { id } = await runnerStore.submit(status === 'completed' ? 2 : 3)
  const store = createRowStore(db, createWriter(db))
  if (status !== 'pending') {
    const task = await db.transaction().execute((trx) => takeTask(trx, id, NOW))
    if (!task) throw new Error('not taken')
    for (const settlement of [done, failed]) {
      const claim = await store.claim(task, NOW)
      if (!claim) throw new Error('not claimed')
      await store.settle(claim, settlement, {
        at: NOW,
        outcome: '',
        message: '',
        ms: 1,
        user: '',
        ids: {},
        limit: 10,
      })
    }
    if (status === 'completed') await db.transaction().execute((trx) => completeTask(trx, task, NOW))
    if (status === 'failed') await db.transaction().execute((trx) => haltTask(trx, task, 'Key revoked.', NOW))
    if (status === 'paused') await engine.pause(id, 'mei')
    if (status === 'cancelled') await engine.stop(id, 'mei')
  }
  return { ...runnerStore, id, now: async () => (await findTask(db, id))?.status }
}

describe('legal moves', () => {
  test.each([
    ['pending', 'pause', 'paused'],
    ['running', 'pause', 'paused'],
    ['paused', 'resume', 'pending'],
    ['failed', 'resume', 'pending'],
    ['cancelled', 'resume', 'pending'],
    ['pending', 'stop', 'cancelled'],
    ['running', 'stop', 'cancelled'],
    ['paused', 'stop', 'cancelled'],
    ['failed', 'stop', 'cancelled'],
  ] as const)('a %s task can %s and is then %s', async (from, action, to) => {
    const { engine, id, now } = await aTaskThatIs(from)
    await engine[action](id, 'mei')
    expect(await now()).toBe(to)
  })

  test.each([
    ['paused', 'pause', 'cannot be paused: it is paused'],
    ['completed', 'pause', 'cannot be paused: it is completed'],
    ['cancelled', 'pause', 'cannot be paused: it is stopped'],
    ['running', 'resume', 'cannot be resumed: it is running'],
    ['completed', 'resume', 'cannot be resumed: it is completed'],
    ['completed', 'stop', 'cannot be stopped: it is completed'],
    ['cancelled', 'stop', 'cannot be stopped: it is stopped'],
  ] as const)('a %s task refuses to %s, and stays as it is', async (from, action, message) => {
    const { engine, id, now } = await aTaskThatIs(from)
    await expect(engine[action](id, 'mei')).rejects.toThrow(message)
    expect(await now()).toBe(from)
  })

  test('the error for a task that does not exist names its id', async () => {
    const { engine } = await openShelf()
    for (const action of ['pause', 'resume', 'stop', 'retry'] as const) {
      await expect(engine[action]('zzzz', 'mei')).rejects.toThrow('There is no task zzzz.')
    }
    await expect(engine.delete('zzzz')).rejects.toThrow('There is no task zzzz.')
  })
})

describe('submit', () => {
  test('keeps the rows, the rows left out and the upload, in one go', async () => {
    const { db, submit } = await openShelf()
    const task = await submit(2, { leftOut: [{ row: 9, cells: [null], fault: 'Name is empty.' }] })
    expect(await findTask(db, task.id)).toMatchObject({
      status: 'pending',
      leftOut: 1,
      counts: { total: 2, left: 2 },
      concurrency: 3,
      retries: 2,
      timeoutSeconds: 300,
    })
    expect(await db.selectFrom('uploads').select(['file_name', 'size']).execute()).toEqual([
      { file_name: 'products.xlsx', size: 3 },
    ])
  })

  test('writes nothing when one row cannot be written', async () => {
    const { db, workflow, engine } = await openShelf()
    const submission = anOrder(workflow, 3)
    const twice = { ...submission, rows: [...submission.rows, ...submission.rows] }
    await expect(engine.submit(twice)).rejects.toThrow()
    for (const table of ['batch_tasks', 'task_executions', 'uploads', 'execution_logs'] as const) {
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  test.each([
    [{ concurrency: 0 }, 'The number of rows at once must be a whole number from 1 to 10, not 0.'],
    [{ concurrency: 11 }, 'from 1 to 10'],
    [{ retries: 6 }, 'The number of retries must be a whole number from 0 to 5, not 6.'],
    [{ retries: 1.5 }, 'not 1.5'],
    [{ timeoutSeconds: 59 }, 'from 60 to 1200, not 59'],
    [{ name: ' ' }, 'A task needs a name.'],
  ])('refuses %p', async (parameters, message) => {
    const { submit } = await openShelf()
    await expect(submit(1, { parameters: { name: 'n', ...parameters } })).rejects.toThrow(message)
  })

  test('no rows, or a workflow that is switched off, make no task', async () => {
    const { submit, workflow } = await openShelf()
    await expect(submit(0)).rejects.toThrow('There is no row to run.')
    await expect(submit(1, { workflow: { ...workflow, enabled: false } })).rejects.toThrow('is switched off')
  })
})

describe('stop and resume', () => {
  test('stop keeps what is done and cancels the rest; resume continues with exactly those rows', async () => {
    const { db, engine, id } = await aTaskThatIs('running')
    await engine.stop(id, 'mei')
    expect((await findTask(db, id))?.counts).toEqual({
      total: 3,
      succeeded: 1,
      failed: 1,
      cancelled: 1,
      left: 0,
    })
    await engine.resume(id, 'mei')
    expect((await findTask(db, id))?.counts).toEqual({
      total: 3,
      succeeded: 1,
      failed: 1,
      cancelled: 0,
      left: 1,
    })
  })

  test('a row in flight when its task is stopped is looked up when the task is resumed', async () => {
    const { db, engine, submit } = await openShelf()
    const { id } = await submit(1)
    const task = await db.transaction().execute((trx) => takeTask(trx, id, NOW))
    const store = createRowStore(db, createWriter(db))
    if (task) await store.claim(task, NOW)
    const { inFlight } = await engine.stop(id, 'mei')
    expect(inFlight).toMatchObject([{ rowNumber: 2, attempt: 1 }])
    await engine.resume(id, 'mei')
    const taken = await db.transaction().execute((trx) => takeTask(trx, id, NOW))
    expect(taken && (await store.claim(taken, NOW))).toMatchObject({
      open: [{ attempt: 1, stopReason: 'person' }],
      attempt: 1,
    })
  })
})

describe('retry', () => {
  test('lets the failed rows wait again, and no others', async () => {
    const { db, engine, id, now } = await aTaskThatIs('completed')
    expect(await engine.retry(id, 'mei')).toMatchObject({ rows: 1 })
    expect(await now()).toBe('pending')
    expect((await findTask(db, id))?.counts).toEqual({
      total: 2,
      succeeded: 1,
      failed: 0,
      cancelled: 0,
      left: 1,
    })
  })

  test('takes chosen rows only, and says so when none of them has failed', async () => {
    const { engine, id } = await aTaskThatIs('completed')
    await expect(engine.retry(id, 'mei', [2])).rejects.toThrow('None of these rows has failed.')
    expect(await engine.retry(id, 'mei', [2, 3])).toMatchObject({ rows: 1 })
    await expect(engine.retry(id, 'mei')).rejects.toThrow(`No row of task ${id} has failed.`)
  })

  test('does not change the state of a running task, and resumes a paused one', async () => {
    for (const [status, after] of [
      ['running', 'running'],
      ['paused', 'pending'],
    ] as const) {
      const { engine, id, now } = await aTaskThatIs(status)
      await engine.retry(id, 'mei')
      expect(await now()).toBe(after)
    }
  })

  test('does not touch the cancelled rows of a stopped task, and they can be resumed afterwards', async () => {
    const { db, engine, id } = await aTaskThatIs('cancelled')
    await engine.retry(id, 'mei')
    await engine.pause(id, 'mei')
    await engine.resume(id, 'mei')
    expect((await findTask(db, id))?.counts).toMatchObject({ cancelled: 1, left: 1 })
    const task = await db.transaction().execute((trx) => takeTask(trx, id, NOW))
    const store = createRowStore(db, createWriter(db))
    const claim = task && (await store.claim(task, NOW))
    if (claim)
      await store.settle(claim, done, {
        at: NOW,
        outcome: '',
        message: '',
        ms: 1,
        user: '',
        ids: {},
        limit: 10,
      })
    if (task) await db.transaction().execute((trx) => completeTask(trx, task, NOW))
    expect(await findTask(db, id)).toMatchObject({ status: 'completed', counts: { cancelled: 1 } })
    await engine.resume(id, 'mei')
    expect(await findTask(db, id)).toMatchObject({ status: 'pending', counts: { cancelled: 0, left: 1 } })
  })
})

describe('delete', () => {
  test('takes the rows, the log and the upload with it', async () => {
    const { db, engine, id } = await aTaskThatIs('completed')
    await engine.delete(id)
    for (const table of ['batch_tasks', 'task_executions', 'runs', 'uploads', 'execution_logs'] as const) {
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  test('is refused while the task may run', async () => {
    for (const status of ['pending', 'running'] as const) {
      const { engine, id, now } = await aTaskThatIs(status)
      await expect(engine.delete(id)).rejects.toThrow(
        `Task ${id} is ${status === 'pending' ? 'waiting to run' : status} and cannot be deleted.`,
      )
      expect(await now()).toBe(status)
    }
  })
})

describe('the runner is notified at once', () => {
  test('of a new task, and of everything that a person does to it', async () => {
    const { engine, wakes, id } = await anEngineWithWakes()
    expect(wakes()).toBe(1)
    await engine.pause(id, 'mei')
    expect(wakes()).toBe(2)
    await engine.resume(id, 'mei')
    expect(wakes()).toBe(3)
    await engine.stop(id, 'mei')
    expect(wakes()).toBe(4)
  })

  test('of rows that are retried', async () => {
    const { db, engine, wakes, id } = await anEngineWithWakes()
    await db.updateTable('task_executions').set({ status: 'failed' }).execute()
    await engine.retry(id, 'mei')
    expect(wakes()).toBe(2)
  })

  async function anEngineWithWakes() {
    const { db, clock, workflow } = await openShelf()
    let count = 0
    const engine = new Engine(createTaskStore(db, clock), { wake: () => count++ }, clock)
    const { id } = await engine.submit(anOrder(workflow, 1))
    return { db, engine, id, wakes: () => count }
  }
})

test('every change of state has its log entry, with who asked', async () => {
  const { db, engine, id } = await aTaskThatIs('running')
  await engine.pause(id, 'mei')
  await engine.resume(id, 'jo')
  await engine.stop(id, 'jo')
  const logs = await db
    .selectFrom('execution_logs')
    .select(['event', 'message'])
    .where('execution_id', 'is', null)
    .orderBy('id')
    .execute()
  expect(spoken(logs.map(({ event, message }) => `${event} ${message}`.trim()))).toEqual([
    'task.created by mei',
    'task.taken',
    'task.paused by mei',
    'task.resumed by jo',
    'task.stopped by jo',
  ])
})
