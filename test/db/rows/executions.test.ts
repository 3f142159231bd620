import { setTaskLimit } from '../../../src/db/tasks/task-limit.ts'
import type { TaskLimit } from '../../../src/engine/limits.ts'
import { describe, expect, test } from 'bun:test'
import { findNextAvailableAt } from '../../../src/db/rows/claims.ts'
import { listRunsOfRow } from '../../../src/db/runs/run-facts.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Settlement } from '../../../src/engine/settle.ts'
import type { Task } from '../../../src/engine/task.ts'
import { openShelf } from '../../support/runner-store.ts'
import { nano } from '../../support/nano.ts'

const NOW = 2_000_000
const done: Settlement = { status: 'succeeded', outputs: { text: 'hi' }, warning: null, usage: { tokens: 5 } }
const again: Settlement = {
  status: 'pending',
  availableAt: NOW + 5_000,
  failures: 1,
  throttles: 0,
  turnedAwayAt: null,
  unresolved: false,
  error: 'Broke.',
  usage: { tokens: 5 },
}
const entry = { at: NOW, outcome: 'succeeded', message: '', ms: 10, user: 'u', ids: {}, limit: 10 }

async function runningTask(rows: number) {
  const runnerStore = await openShelf()
  const { db } = runnerStore
  const { id } = await runnerStore.submit(rows)
  const take = () => db.transaction().execute((trx) => takeTask(trx, id, NOW))
  const task = present(await take())
  const store = createRowStore(db, createWriter(db))
  const claim = async (of: Task = task) => present(await store.claim(of, NOW))
  return { ...runnerStore, task, take, store, claim, counts: async () => (await findTask(db, id))?.counts }
}

describe('claim', () => {
  test('500 claims at once take 500 rows, each once', async () => {
    const { store, task } = await runningTask(500)
    const claims = await Promise.all(Array.from({ length: 500 }, () => store.claim(task, NOW)))
    expect(new Set(claims.map((claim) => claim?.id)).size).toBe(500)
    expect(await store.claim(task, NOW)).toBeUndefined()
  })

  test('takes rows in the sheet’s order, and counts the attempt', async () => {
    const { claim } = await runningTask(3)
    expect(await claim()).toMatchObject({ rowNumber: 2, attempt: 1, attemptedAt: NOW, status: 'running' })
    expect(await claim()).toMatchObject({ rowNumber: 3 })
  })

  test('takes no row before its time, and knows when that is', async () => {
    const { db, store, task, claim } = await runningTask(1)
    await store.settle(await claim(), again, entry)
    expect(await store.claim(task, NOW + 4_999)).toBeUndefined()
    expect(await findNextAvailableAt(db, task.id)).toBe(NOW + 5_000)
    expect(await store.claim(task, NOW + 5_000)).toMatchObject({ attempt: 2, failures: 1 })
    expect(await findNextAvailableAt(db, task.id)).toBeUndefined()
  })

  test('takes nothing of a task that is paused, or taken over by another runner', async () => {
    const { engine, store, task, take } = await runningTask(2)
    await engine.pause(task.id, 'mei')
    expect(await store.claim(task, NOW)).toBeUndefined()
    await engine.resume(task.id, 'mei')
    const taken = present(await take())
    expect(await store.claim(task, NOW)).toBeUndefined()
    expect(await store.claim(taken, NOW)).toBeDefined()
  })
})

describe('settle', () => {
  test('a result is written once, with its counts and its log entry', async () => {
    const { db, store, claim, counts } = await runningTask(2)
    const first = await claim()
    expect(await store.settle(first, done, entry)).toBe(true)
    expect(await store.settle(first, { status: 'failed', error: 'Late.', usage: {} }, entry)).toBe(false)
    expect(await counts()).toEqual({ total: 2, succeeded: 1, failed: 0, cancelled: 0, left: 1 })
    const logs = await db
      .selectFrom('execution_logs')
      .select('event')
      .where('execution_id', '=', first.id)
      .execute()
    expect(logs).toEqual([{ event: 'row.attempt' }])
  })

  test('a late write after a stop changes nothing', async () => {
    const { engine, store, task, claim, counts } = await runningTask(3)
    const late = await claim()
    await engine.stop(task.id, 'mei')
    expect(await store.settle(late, done, entry)).toBe(false)
    expect(await counts()).toEqual({ total: 3, succeeded: 0, failed: 0, cancelled: 3, left: 0 })
  })

  test('a zombie’s late write after a take-over changes nothing; what it learns of its run is kept', async () => {
    const { store, claim, take } = await runningTask(1)
    const zombie = await claim()
    const taken = present(await take())
    expect(await store.settle(zombie, done, entry)).toBe(false)
    await store.note({ executionId: zombie.id, attempt: 1 }, { workflowRunId: 'zombie' })
    expect(await claim(taken)).toMatchObject({ attempt: 1, open: [{ attempt: 1, workflowRunId: 'zombie' }] })
  })

  test('nor does it when the new runner has taken up the same attempt', async () => {
    const { store, claim, take } = await runningTask(1)
    const zombie = await claim()
    const taken = present(await take())
    const successor = await claim(taken)
    expect(successor.attempt).toBe(zombie.attempt)
    expect(await store.settle(zombie, { status: 'failed', error: 'Late.', usage: {} }, entry)).toBe(false)
    expect(await store.settle(successor, done, entry)).toBe(true)
  })

  test('a write of an earlier attempt changes nothing', async () => {
    const { store, task, claim } = await runningTask(1)
    const first = await claim()
    await store.settle(first, { ...again, availableAt: NOW }, entry)
    const second = present(await store.claim(task, NOW))
    expect(await store.settle(first, done, entry)).toBe(false)
    expect(await store.settle(second, done, entry)).toBe(true)
  })

  test('what every attempt cost adds up', async () => {
    const { db, store, task, claim } = await runningTask(1)
    await store.settle(await claim(), { ...again, availableAt: NOW }, entry)
    await store.settle(present(await store.claim(task, NOW)), done, entry)
    expect(await db.selectFrom('task_executions').select('tokens').execute()).toEqual([{ tokens: 10 }])
  })

  test('a NUL in an answer is dropped, not kept for Postgres to refuse', async () => {
    const { db, store, claim } = await runningTask(1)
    await store.settle(await claim(), { ...done, outputs: { text: 'a\0b' } }, entry)
    expect(await db.selectFrom('task_executions').select('outputs').execute()).toEqual([
      { outputs: '{"text":"ab"}' },
    ])
  })
})

describe('a run whose end is not known', () => {
  const usage = { tokens: 3, price: nano(0.5), currency: 'USD' }

  async function interrupted(ids: { workflowRunId?: string }) {
    const running = await runningTask(1)
    await running.store.note({ executionId: (await running.claim()).id, attempt: 1 }, ids)
    const taken = present(await running.take())
    const runs = () => listRunsOfRow(running.db, running.task.id, 2)
    return { ...running, taken, runs, claim: await running.claim(taken) }
  }

  test('is written with its claim, before Dify is called', async () => {
    const { db, task, claim } = await runningTask(1)
    await claim()
    expect(await listRunsOfRow(db, task.id, 2)).toMatchObject([
      { attempt: 1, user: `rowbot-${task.id}-${task.nonce}-2-1`, status: 'open', sentAt: NOW },
    ])
  })

  test('is taken up under its own number, time and ids after a crash', async () => {
    const { claim, runs } = await interrupted({ workflowRunId: 'run-1' })
    expect(claim).toMatchObject({ attempt: 1, attemptedAt: NOW, open: [{ workflowRunId: 'run-1' }] })
    expect(await runs()).toHaveLength(1)
  })

  test('is followed by a new one when Dify never had it, and both stay in the table', async () => {
    const { store, task, claim, runs } = await interrupted({ workflowRunId: 'run-1' })
    const absent = { attempt: 1, status: 'absent', learnt: 'look-up', usage: {}, ids: {} } as const
    const begun = present(await store.beginAttempt(claim, task, NOW + 9, [absent]))
    expect(begun).toMatchObject({ attempt: 2, attemptedAt: NOW + 9, open: [] })
    expect(await store.beginAttempt(claim, task, NOW + 9)).toBeUndefined()
    expect(await runs()).toMatchObject([
      { attempt: 1, status: 'absent', learnt: 'look-up', workflowRunId: 'run-1' },
      { attempt: 2, status: 'open', sentAt: NOW + 9 },
    ])
  })

  test('waits at a limit that has no room for a new one, and is followed by it later', async () => {
    const { db, store, task, taken, claim, runs } = await interrupted({ workflowRunId: 'run-1' })
    const setLimit = (limit: TaskLimit) =>
      db.transaction().execute((trx) => setTaskLimit(trx, task.id, limit))
    await setLimit({ nano: 0n, currency: 'USD' })
    const absent = { attempt: 1, status: 'absent', learnt: 'look-up', usage: {}, ids: {} } as const
    expect(await store.beginAttempt(claim, taken, NOW + 9, [absent])).toBeUndefined()
    expect(await runs()).toMatchObject([{ attempt: 1, status: 'absent' }])
    expect(await store.claim(taken, NOW + 10)).toBeUndefined()
    await setLimit({ nano: 1n, currency: 'USD' })
    expect(await store.claim(taken, NOW + 11)).toMatchObject({ attempt: 2, open: [] })
  })

  test('is looked up by whoever calls its row next: a stop, a resume and a retry do not clear it', async () => {
    const { engine, task, take, store, claim, runs } = await interrupted({})
    await engine.stop(task.id, 'mei')
    await engine.resume(task.id, 'mei')
    const resumed = present(await take())
    expect(await store.claim(resumed, NOW)).toMatchObject({
      attempt: 1,
      open: [{ attempt: 1, stopReason: 'person' }],
    })
    const failed: Settlement = { status: 'failed', error: 'Timed out.', usage: {} }
    await store.settle({ ...claim, epoch: resumed.epoch }, failed, { ...entry, ends: [] })
    await engine.retry(task.id, 'mei')
    expect(await store.claim(resumed, NOW)).toMatchObject({ attempt: 1, open: [{ attempt: 1 }] })
    expect(await runs()).toMatchObject([{ status: 'open' }])
  })

  test('has its end written once, with what it cost, together with its row', async () => {
    const { db, store, claim, runs } = await interrupted({})
    const end = {
      attempt: 1,
      status: 'succeeded',
      learnt: 'look-up',
      usage,
      ids: { messageId: 'm' },
    } as const
    expect(await store.settle({ ...claim, epoch: 1 }, done, { ...entry, ends: [end] })).toBe(false)
    expect(await runs()).toMatchObject([{ status: 'open' }])
    expect(await store.settle(claim, done, { ...entry, ends: [end] })).toBe(true)
    expect(await runs()).toMatchObject([
      { status: 'succeeded', learnt: 'look-up', usage, endedAt: NOW, messageId: 'm' },
    ])
    const row = await db.selectFrom('task_executions').select(['tokens', 'price_nano']).executeTakeFirst()
    expect(row).toEqual({ tokens: 3, price_nano: nano(0.5) })
  })

  test('that succeeded is a second success if its row has a result; if not, it is left to the row', async () => {
    const { db, store, claim, engine, task, runs } = await interrupted({})
    const end = { attempt: 1, status: 'succeeded', learnt: 'look-up', usage, ids: {} } as const
    const [run] = claim.open
    await engine.stop(task.id, 'mei')
    expect(await store.endStopped(present(run), end, NOW)).toBe(false)
    await db.updateTable('task_executions').set({ status: 'succeeded' }).execute()
    expect(await store.endStopped(present(run), end, NOW)).toBe(true)
    expect(await store.endStopped(present(run), end, NOW)).toBe(false)
    expect(await runs()).toMatchObject([{ status: 'succeeded' }])
    expect(await db.selectFrom('task_executions').select('price_nano').execute()).toEqual([
      { price_nano: nano(0.5) },
    ])
  })
})

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected something to be there')
  return value
}
