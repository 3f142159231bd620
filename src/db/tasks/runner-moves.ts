import { taskStatesBefore } from '../../engine/states.ts'
import type { Task } from '../../engine/task.ts'
import { countUnknownCalls } from '../runs/run-facts.ts'
import { insertLog } from './logs.ts'
import { moveTask, trialIn } from './move-task.ts'
import type { ExpressionBuilder } from 'kysely'
import type { Schema, Trx } from '../schema.ts'
import type { TaskView } from './tasks.ts'
import { say, type Sentence } from '../../engine/sentence.ts'
import { errorColumns } from '../sentences.ts'

/*
 * What a runner does with a task. Each function also writes the log entry, in the same transaction. It returns the task
 * as it is afterwards, or undefined when the task's state does not allow the move (engine/states.ts) or another runner
 * has the task.
 */

/** Takes a task to run it. A new epoch begins, and rows that an earlier runner left in flight wait to be looked up. */
export async function takeTask(trx: Trx, id: string, now: number): Promise<TaskView | undefined> {
  const task = await moveTask(trx, id, 'running', ['pending', 'running'], (eb) => ({
    ...takeOver(eb),
    epoch: eb('epoch', '+', 1),
    started_at: eb.fn.coalesce('started_at', eb.val(now)),
    finished_at: null,
    error: null,
  }))
  if (!task) return undefined

  const interrupted = await trx
    .updateTable('task_executions')
    .set({ status: 'pending', available_at: 0 })
    .where('task_id', '=', id)
    .where('status', '=', 'running')
    .returning(['id', 'attempt'])
    .execute()
  await capWaits(trx, id, now)
  await sayMaybePaid(trx, id, now)
  await insertLog(trx, {
    taskId: id,
    at: now,
    event: 'task.taken',
    message: '',
    details: { epoch: task.epoch },
  })
  for (const { id: executionId, attempt } of interrupted) {
    const message = say('log-interrupted')
    await insertLog(trx, {
      taskId: id,
      executionId,
      at: now,
      level: 'warn',
      event: 'row.interrupted',
      message,
      details: { attempt },
    })
  }
  if (await hasStoppedRunners(trx, id)) {
    await haltTask(trx, task, say('task-ends-runners', { count: MOST_TAKE_OVERS }), now)
    return undefined
  }
  return task
}

/**
 * A task may be what kills its runners, for example a row whose answer does not fit into the memory. Somebody has to
 * look at it when it was taken over so often from a runner that had died, and no row had ended in between.
 */
const MOST_TAKE_OVERS = 5

function takeOver(eb: ExpressionBuilder<Schema, 'batch_tasks'>) {
  const settled = eb('succeeded', '+', eb.ref('failed'))
  return {
    take_overs: eb
      .case()
      .when(eb.and([eb('status', '=', 'running'), eb('settled_then', '=', settled)]))
      .then(eb('take_overs', '+', 1))
      .when('status', '=', 'running')
      .then(1)
      .else(0)
      .end(),
    settled_then: settled,
  }
}

async function hasStoppedRunners(trx: Trx, id: string): Promise<boolean> {
  const found = await trx
    .selectFrom('batch_tasks')
    .select('id')
    .where('id', '=', id)
    .where('take_overs', '>=', MOST_TAKE_OVERS)
    .executeTakeFirst()
  return found !== undefined
}

/** If the machine's time was set back, no row may wait for a time that is now far in the future. */
async function capWaits(trx: Trx, taskId: string, now: number): Promise<void> {
  await trx
    .updateTable('task_executions')
    .set({ available_at: now + LONGEST_WAIT_MS })
    .where('task_id', '=', taskId)
    .where('status', 'in', ['pending', 'waiting'])
    .where('available_at', '>', now + LONGEST_WAIT_MS)
    .execute()
}

/**
 * To be said before rows are called again: for an app whose runs cannot be looked up, nobody knows how a call ended.
 */
async function sayMaybePaid(trx: Trx, taskId: string, now: number): Promise<void> {
  const calls = await countUnknownCalls(trx, taskId)
  if (calls === 0) return
  const message = say('log-maybe-paid', { calls })
  await insertLog(trx, {
    taskId,
    at: now,
    level: 'warn',
    event: 'task.maybe-paid',
    message,
    details: { calls },
  })
}

/** Longer than any row waits (engine/timing.ts). */
const LONGEST_WAIT_MS = 900_000

/** Its runner is leaving: the next one may take the task. */
export async function releaseTask(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const task = await moveTask(trx, id, 'pending', ['running'], () => ({}), epoch)
  if (task) await insertLog(trx, { taskId: id, at: now, event: 'task.released', message: '' })
  return task
}

/** It was resumed while its last rows were still in flight: it stays with its runner, in the same epoch. */
export async function rejoinTask(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const task = await moveTask(trx, id, 'running', ['pending'], () => ({}), epoch)
  if (task) await insertLog(trx, { taskId: id, at: now, event: 'task.rejoined', message: '' })
  return task
}

/** Every row is settled. Also undefined when a row waits again because a person has asked for a retry meanwhile. */
export async function completeTask(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const waiting = await trx
    .selectFrom('task_executions')
    .select('id')
    .where('task_id', '=', id)
    .where('status', 'in', ['pending', 'running', 'waiting'])
    .limit(1)
    .executeTakeFirst()
  if (waiting) return undefined
  const task = await moveTask(
    trx,
    id,
    'completed',
    taskStatesBefore('completed'),
    () => ({ finished_at: now }),
    epoch,
  )
  if (task)
    await insertLog(trx, {
      taskId: id,
      at: now,
      event: 'task.completed',
      message: '',
      details: { ...task.counts },
    })
  return task
}

/** No row can succeed: the task stops by itself. `error` says why and what to do. */
export async function haltTask(
  trx: Trx,
  { id, epoch }: Pick<Task, 'id' | 'epoch'>,
  error: Sentence,
  now: number,
) {
  const task = await moveTask(
    trx,
    id,
    'failed',
    taskStatesBefore('failed'),
    () => ({ ...errorColumns(error), finished_at: now }),
    epoch,
  )
  if (task)
    await insertLog(trx, { taskId: id, at: now, level: 'error', event: 'task.failed', message: error })
  return task
}

/** Pauses a task once the rows that it tries first are settled. @param task without its epoch: whoever runs it */
export async function pauseAfterTrial(
  trx: Trx,
  { id, epoch }: Pick<Task, 'id'> & Partial<Pick<Task, 'epoch'>>,
  now: number,
) {
  const tried = await trx
    .selectFrom('batch_tasks')
    .select('id')
    .where('id', '=', id)
    .where('pause_after', 'is not', null)
    .where((eb) => eb.not(eb.exists(trialIn(eb, id, ['pending', 'running', 'waiting']))))
    .executeTakeFirst()
  if (!tried) return undefined
  const task = await moveTask(trx, id, 'paused', ['running'], () => ({ at_limit: 0 }), epoch)
  if (task)
    await insertLog(trx, { taskId: id, at: now, event: 'task.paused', message: say('log-after-trial') })
  return task
}
