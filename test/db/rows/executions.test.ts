import { describe, expect, test } from 'bun:test'
import { findNextAvailableAt } from '../../../src/db/rows/claims.ts'
import { beginAttempt, checkpointExecution } from '../../../src/db/rows/executions.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Settlement } from '../../../src/engine/settle.ts'
import type { Task } from '../../../src/engine/task.ts'
import { openShelf } from '../../support/runner-store.ts'

const NOW = 2_000_000
const done: Settlement = { status: 'succeeded', outputs: { text: 'hi' }, warning: null, usage: { tokens: 5 } }
const again: Settlement = {
  status: 'pending',
  availableAt: NOW + 5_000,
  failures: 1,
  throttles: 0,
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

  test('a zombie’s late write after a take-over changes nothing, and neither does its checkpoint', async () => {
    const { db, store, claim, take } = await runningTask(1)
    const zombie = await claim()
    const taken = present(await take())
    expect(await store.settle(zombie, done, entry)).toBe(false)
    await checkpointExecution(db, zombie, { workflowRunId: 'zombie' })
    expect(await claim(taken)).toMatchObject({ attempt: 1, unresolved: true, workflowRunId: null })
  })

  test('nor does it once the new runner has taken up the very same attempt', async () => {
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

describe('an attempt whose fate is open', () => {
  async function interrupted(ids: { workflowRunId?: string }) {
    const running = await runningTask(1)
    await running.store.checkpoint(await running.claim(), ids)
    const taken = present(await running.take())
    return { ...running, claim: await running.claim(taken) }
  }

  test('is taken up under its own number, time and ids after a crash', async () => {
    const { claim } = await interrupted({ workflowRunId: 'run-1' })
    expect(claim).toMatchObject({ attempt: 1, attemptedAt: NOW, workflowRunId: 'run-1', unresolved: true })
  })

  test('gives way to a new one when Dify never had it', async () => {
    const { db, claim } = await interrupted({ workflowRunId: 'run-1' })
    const begun = present(await beginAttempt(db, claim, NOW + 9))
    expect(begun).toMatchObject({ attempt: 2, attemptedAt: NOW + 9, workflowRunId: null, unresolved: false })
    expect(await beginAttempt(db, claim, NOW + 9)).toBeUndefined()
  })
})

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected something to be there')
  return value
}
