import { executionStatesBefore, taskStatesBefore } from '../../engine/states.ts'
import { markStopAsked } from '../runs/stopped-runs.ts'
import { insertLog } from './logs.ts'
import { moveTask, trialIn } from './move-task.ts'
import { inChunks } from '../in-chunks.ts'
import { findLeads } from '../rows/followers.ts'
import type { Trx } from '../schema.ts'
import { findComparison } from './comparisons.ts'
import { type TaskView, toTaskView } from './tasks.ts'
import { beginAgain, findWithRows, waitAgain } from './wait-again.ts'
import { deleteUnusedUpload } from '../drafts/uploads.ts'
import { say } from '../../engine/sentence.ts'
import { errorColumns } from '../sentences.ts'

/*
 * What people do with a task. Each function also writes the log entry, in the same transaction. It returns the task as
 * it is afterwards, or undefined when the task's state does not allow the move (engine/states.ts).
 */

/** Starts no further row; rows in flight go on until they are settled. */
export async function pauseTask(trx: Trx, id: string, by: string, now: number) {
  const task = await moveTask(trx, id, 'paused', taskStatesBefore('paused'), () => ({ at_limit: 0 }))
  if (task)
    await insertLog(trx, {
      taskId: id,
      at: now,
      event: 'task.paused',
      message: say('log-by', { person: by }),
    })
  return task
}

/**
 * The task waits for a runner again. If it was stopped, its cancelled rows wait again, too. If it was stopped, then
 * retried and then paused, its cancelled rows stay cancelled, as the person left them.
 */
export async function resumeTask(trx: Trx, id: string, by: string, now: number) {
  const before = await trx
    .selectFrom('batch_tasks')
    .select(['status', 'cancelled'])
    .where('id', '=', id)
    .executeTakeFirst()
  const isStopped = before?.status === 'cancelled' || before?.status === 'completed'
  if (!before || (before.status === 'completed' && before.cancelled === 0)) return undefined

  const task = await moveTask(trx, id, 'pending', ['paused', 'failed', 'cancelled', 'completed'], (eb) => ({
    error: null,
    at_limit: 0,
    finished_at: null,
    cancelled: isStopped ? 0 : before.cancelled,
    // Once the rows to be tried are settled, all may run. If the task was stopped before that, still only those.
    pause_after: eb
      .case()
      .when(eb.exists(trialIn(eb, id, ['pending', 'running', 'waiting', 'cancelled'])))
      .then(eb.ref('pause_after'))
      .else(null)
      .end(),
  }))
  if (!task) return undefined
  if (isStopped) {
    await trx
      .updateTable('task_executions')
      .set({
        status: 'pending',
        available_at: 0,
        throttles: 0,
        turned_away_at: null,
        error: null,
        finished_at: null,
      })
      .where('task_id', '=', id)
      .where('status', '=', 'cancelled')
      .execute()
    await findLeads(trx, id)
  }
  await insertLog(trx, { taskId: id, at: now, event: 'task.resumed', message: say('log-by', { person: by }) })
  return task
}

/**
 * Stops the task now: waiting and running rows are cancelled, and a late answer changes nothing.
 * @returns `inFlight`: the runs that may still go on and are to be stopped at Dify
 */
export async function stopTask(trx: Trx, id: string, by: string, now: number) {
  const stopped = await moveTask(trx, id, 'cancelled', taskStatesBefore('cancelled'), (eb) => ({
    epoch: eb('epoch', '+', 1),
    stopped_epoch: eb('epoch', '+', 1),
    finished_at: now,
    error: null,
  }))
  if (!stopped) return undefined

  const open = trx.updateTable('task_executions').where('task_id', '=', id)
  const running = await open
    .set({ status: 'cancelled', finished_at: now })
    .where('status', '=', 'running')
    .returning(['id', 'attempt'])
    .execute()
  const inFlight = await markStopAsked(trx, id, now)
  const asking = await open
    .set({ status: 'cancelled', ...errorColumns(say('still-waits-at-dify')), finished_at: now })
    .where('status', '=', 'waiting')
    .executeTakeFirst()
  const waiting = await open
    .set({ status: 'cancelled', finished_at: now })
    .where('status', 'in', executionStatesBefore('cancelled'))
    .executeTakeFirst()
  const cancelled = running.length + Number(asking.numUpdatedRows) + Number(waiting.numUpdatedRows)
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ cancelled: eb('cancelled', '+', cancelled), waiting: 0 }))
    .where('id', '=', id)
    .execute()

  await insertLog(trx, {
    taskId: id,
    at: now,
    event: 'task.stopped',
    message: say('log-by', { person: by }),
    details: { cancelled },
  })
  for (const { id: executionId, attempt } of running) {
    await insertLog(trx, {
      taskId: id,
      executionId,
      at: now,
      event: 'row.stopped',
      message: say('log-ran-when-stopped'),
      details: { attempt },
    })
  }
  const { counts } = stopped
  const task = {
    ...stopped,
    waiting: 0,
    counts: { ...counts, cancelled: counts.cancelled + cancelled, left: 0 },
  }
  return { task, inFlight }
}

/**
 * All failed rows, or only these, wait again.
 * @returns `waiting`: how many of these rows wait for a person, whose runs are only looked up; undefined when there is no
 * such task
 */
export async function retryTask(
  trx: Trx,
  id: string,
  rowNumbers: number[] | undefined,
  by: string,
  now: number,
) {
  const rows = await waitAgain(trx, id, 'failed', rowNumbers)
  if (rows > 0) await beginAgain(trx, id, { event: 'task.retried', by, now, rows })
  const found = await findWithRows(trx, id, rows)
  return found && { ...found, waiting: await lookAtWaiting(trx, id, rowNumbers) }
}

/** A row whose run waits for a person is not called again: Dify is asked at once what has become of that run. */
async function lookAtWaiting(trx: Trx, id: string, rowNumbers: number[] | undefined): Promise<number> {
  if (!rowNumbers) return 0
  let rows = 0
  for (const chunk of inChunks(rowNumbers)) {
    const { numUpdatedRows } = await trx
      .updateTable('task_executions')
      .set({ available_at: 0 })
      .where('task_id', '=', id)
      .where('status', '=', 'waiting')
      .where('row_number', 'in', chunk)
      .executeTakeFirst()
    rows += Number(numUpdatedRows)
  }
  return rows
}

/**
 * Deletes the task with its rows, its log, and the upload if no other task uses it; of a comparison, both tasks.
 * @returns the tasks as they were; none while one of them may run
 */
export async function deleteTask(trx: Trx, id: string): Promise<TaskView[]> {
  const found = await findComparison(trx, id)
  const ids = found ? [found.a, found.b] : [id]
  const rows = await trx.selectFrom('batch_tasks').selectAll().where('id', 'in', ids).execute()
  if (rows.some(({ status }) => status === 'pending' || status === 'running')) return []
  // Foreign keys delete what belongs to them, and the comparison.
  const deleted = await trx
    .deleteFrom('batch_tasks')
    .where('id', 'in', ids)
    .where('status', 'not in', ['pending', 'running'])
    .returningAll()
    .execute()
  if (deleted.length === 0) return []
  // On Postgres no key does it: see migration 0001.
  for (const table of ['task_executions', 'left_out_rows'] as const)
    await trx
      .deleteFrom(table)
      .where(
        'task_id',
        'in',
        deleted.map((task) => task.id),
      )
      .execute()
  for (const { upload_id } of deleted) await deleteUnusedUpload(trx, upload_id)
  return deleted.map(toTaskView)
}
