import type { ExpressionBuilder, UpdateObject } from 'kysely'
import {
  type ExecutionStatus,
  executionStatesBefore,
  type TaskStatus,
  taskStatesBefore,
} from '../engine/states.ts'
import type { Claim, Task } from '../engine/task.ts'
import { toExecution } from './executions.ts'
import { insertLog } from './logs.ts'
import type { Schema, Trx } from './schema.ts'
import { deleteUnusedUpload } from './uploads.ts'
import { type TaskView, toTaskView } from './tasks.ts'

/*
 * Every change of a task's state. Each asks the table of legal moves in its WHERE, writes its log entry in the same
 * transaction, and gives the task as it is afterwards, or undefined when the move was not legal.
 */

/** Takes a task to run it: a new epoch, and what an earlier runner left in flight waits to be asked after. */
export async function takeTask(trx: Trx, id: string, now: number): Promise<TaskView | undefined> {
  const task = await move(trx, id, 'running', ['pending', 'running'], (eb) => ({
    epoch: eb('epoch', '+', 1),
    started_at: eb.fn.coalesce('started_at', eb.val(now)),
    finished_at: null,
    error: null,
  }))
  if (!task) return undefined

  const interrupted = await trx
    .updateTable('task_executions')
    .set({ status: 'pending', unresolved: 1, available_at: 0 })
    .where('task_id', '=', id)
    .where('status', '=', 'running')
    .returning(['id', 'attempt'])
    .execute()
  await insertLog(trx, {
    taskId: id,
    at: now,
    event: 'task.taken',
    message: '',
    details: { epoch: task.epoch },
  })
  for (const { id: executionId, attempt } of interrupted) {
    const message = 'Its runner ended while it ran; Dify is asked what became of it.'
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
  return task
}

/** Its runner leaves: the next one may take it. */
export async function releaseTask(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const task = await move(trx, id, 'pending', ['running'], () => ({}), epoch)
  if (task) await insertLog(trx, { taskId: id, at: now, event: 'task.released', message: '' })
  return task
}

/** Every row is settled. Undefined also when one waits again, because a person has asked for a retry meanwhile. */
export async function completeTask(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const waiting = await trx
    .selectFrom('task_executions')
    .select('id')
    .where('task_id', '=', id)
    .where('status', 'in', ['pending', 'running'])
    .limit(1)
    .executeTakeFirst()
  if (waiting) return undefined
  const task = await move(
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

/** No row can survive: it stops by itself, and says why and what to do. */
export async function haltTask(
  trx: Trx,
  { id, epoch }: Pick<Task, 'id' | 'epoch'>,
  error: string,
  now: number,
) {
  const task = await move(
    trx,
    id,
    'failed',
    taskStatesBefore('failed'),
    () => ({ error, finished_at: now }),
    epoch,
  )
  if (task)
    await insertLog(trx, { taskId: id, at: now, level: 'error', event: 'task.failed', message: error })
  return task
}

/** No further row is begun; those in flight settle. */
export async function pauseTask(trx: Trx, id: string, by: string, now: number) {
  const task = await move(trx, id, 'paused', taskStatesBefore('paused'), () => ({}))
  if (task) await insertLog(trx, { taskId: id, at: now, event: 'task.paused', message: `by ${by}` })
  return task
}

/** Pauses a task that is being tried, once its first rows are settled. */
export async function pauseTried(trx: Trx, { id, epoch }: Pick<Task, 'id' | 'epoch'>, now: number) {
  const tried = await trx
    .selectFrom('batch_tasks')
    .select('id')
    .where('id', '=', id)
    .where('pause_after', 'is not', null)
    .where((eb) => eb.not(eb.exists(openUpToPause(eb, id, ['pending', 'running']))))
    .executeTakeFirst()
  if (!tried) return undefined
  const task = await move(trx, id, 'paused', ['running'], () => ({}), epoch)
  if (task)
    await insertLog(trx, { taskId: id, at: now, event: 'task.paused', message: 'after its first row' })
  return task
}

/** Waits for a runner again; of a stopped task, the rows that were cancelled too. */
export async function resumeTask(trx: Trx, id: string, by: string, now: number) {
  const from = ['paused', 'failed', 'cancelled'] as const
  const task = await move(trx, id, 'pending', from, (eb) => ({
    error: null,
    finished_at: null,
    cancelled: 0,
    // Tried: now all of it. Not yet tried, because it was stopped meanwhile: still the first row only.
    pause_after: eb
      .case()
      .when(eb.exists(openUpToPause(eb, id, ['pending', 'running', 'cancelled'])))
      .then(eb.ref('pause_after'))
      .else(null)
      .end(),
  }))
  if (!task) return undefined
  await trx
    .updateTable('task_executions')
    .set({ status: 'pending', available_at: 0, throttles: 0, error: null, finished_at: null })
    .where('task_id', '=', id)
    .where('status', '=', 'cancelled')
    .execute()
  await insertLog(trx, { taskId: id, at: now, event: 'task.resumed', message: `by ${by}` })
  return task
}

/** Ends it now: waiting and running rows are cancelled, and a late answer changes nothing. `inFlight`: what ran. */
export async function stopTask(trx: Trx, id: string, by: string, now: number) {
  const stopped = await move(trx, id, 'cancelled', taskStatesBefore('cancelled'), (eb) => ({
    epoch: eb('epoch', '+', 1),
    finished_at: now,
    error: null,
  }))
  if (!stopped) return undefined

  const open = trx.updateTable('task_executions').where('task_id', '=', id)
  const running = await open
    .set({ status: 'cancelled', unresolved: 1, finished_at: now })
    .where('status', '=', 'running')
    .returningAll()
    .execute()
  const waiting = await open
    .set({ status: 'cancelled', finished_at: now })
    .where('status', 'in', executionStatesBefore('cancelled'))
    .executeTakeFirst()
  const cancelled = running.length + Number(waiting.numUpdatedRows)
  await trx.updateTable('batch_tasks').set({ cancelled }).where('id', '=', id).execute()

  await insertLog(trx, {
    taskId: id,
    at: now,
    event: 'task.stopped',
    message: `by ${by}`,
    details: { cancelled },
  })
  for (const { id: executionId, attempt } of running) {
    await insertLog(trx, {
      taskId: id,
      executionId,
      at: now,
      event: 'row.stopped',
      message: 'It ran when the task was stopped.',
      details: { attempt },
    })
  }
  const task = { ...stopped, counts: { ...stopped.counts, cancelled, left: 0 } }
  return {
    task,
    inFlight: running.map((row): Claim => ({
      ...toExecution(row),
      epoch: task.epoch,
      attemptedAt: row.attempted_at ?? now,
    })),
  }
}

/**
 * Failed rows wait again, all or these; what they cost before stays on their account.
 * `rows` of the answer: how many. Undefined: there is no such task.
 */
export async function retryTask(
  trx: Trx,
  id: string,
  rowNumbers: number[] | undefined,
  by: string,
  now: number,
) {
  const update = trx
    .updateTable('task_executions')
    .set({ status: 'pending', failures: 0, throttles: 0, available_at: 0, finished_at: null })
    .where('task_id', '=', id)
    .where('status', '=', 'failed')
  const { numUpdatedRows } = await (
    rowNumbers ? update.where('row_number', 'in', rowNumbers) : update
  ).executeTakeFirst()
  const rows = Number(numUpdatedRows)
  if (rows > 0) {
    await trx
      .updateTable('batch_tasks')
      .set((eb) => ({ failed: eb('failed', '-', rows) }))
      .where('id', '=', id)
      .execute()
    await move(trx, id, 'pending', ['completed', 'failed', 'cancelled'], () => ({
      error: null,
      finished_at: null,
    }))
    await insertLog(trx, {
      taskId: id,
      at: now,
      event: 'task.retried',
      message: `by ${by}`,
      details: { rows },
    })
  }
  const row = await trx.selectFrom('batch_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  return row && { task: toTaskView(row), rows }
}

/** Deletes the task with its rows and its log, and the upload when no other task has it. False while it may run. */
export async function deleteTask(trx: Trx, id: string): Promise<boolean> {
  const deleted = await trx
    .deleteFrom('batch_tasks')
    .where('id', '=', id)
    .where('status', 'not in', ['pending', 'running'])
    .returning('upload_id')
    .executeTakeFirst()
  if (deleted) await deleteUnusedUpload(trx, deleted.upload_id)
  return deleted !== undefined
}

function openUpToPause(
  eb: ExpressionBuilder<Schema, 'batch_tasks'>,
  id: string,
  statuses: ExecutionStatus[],
) {
  return eb
    .selectFrom('task_executions')
    .select('task_executions.id')
    .where('task_id', '=', id)
    .where('task_executions.status', 'in', statuses)
    .whereRef('row_number', '<=', 'batch_tasks.pause_after')
}

type Change = Omit<UpdateObject<Schema, 'batch_tasks'>, 'status'>

async function move(
  trx: Trx,
  id: string,
  to: TaskStatus,
  from: readonly TaskStatus[],
  change: (eb: ExpressionBuilder<Schema, 'batch_tasks'>) => Change,
  epoch?: number,
): Promise<TaskView | undefined> {
  let update = trx
    .updateTable('batch_tasks')
    .set((eb) => ({ ...change(eb), status: to }))
    .where('id', '=', id)
    .where('status', 'in', from)
  if (epoch !== undefined) update = update.where('epoch', '=', epoch)
  const row = await update.returningAll().executeTakeFirst()
  return row && toTaskView(row)
}
