import type { Run } from '../../engine/run.ts'
import type { Settlement } from '../../engine/settle.ts'
import type { Claim } from '../../engine/task.ts'
import { insertForms } from './forms.ts'
import { insertLog } from '../tasks/logs.ts'
import { toRun } from '../runs/runs.ts'
import type { Db, Trx } from '../schema.ts'

/* Rows whose run waits for a person. Nobody holds them, so each write checks that the row still waits. */

/** A row that waits, and its run. */
export interface WaitingRow {
  executionId: string
  taskId: string
  row: number
  run: Run
  /** when Dify is asked next, on the monotonic clock */
  availableAt: number
}

/** Its run has paused: stores what it asks, and what it has cost so far. Its workflow is known to pause from now on. */
export async function startWaiting(
  trx: Trx,
  { id, attempt, taskId, rowNumber }: Claim,
  { forms, usage }: Extract<Settlement, { status: 'waiting' }>,
  now: number,
): Promise<void> {
  await insertForms(trx, { executionId: id, attempt, taskId, rowNumber }, forms, now)
  await countWaiting(trx, taskId, 1)
  if (usage.price !== undefined) {
    const { price, currency = null } = usage
    await trx
      .updateTable('runs')
      .set({ price, currency })
      .where('execution_id', '=', id)
      .where('attempt', '=', attempt)
      .execute()
  }
  await trx
    .updateTable('workflows')
    .set({ pauses_since: now })
    .where('pauses_since', 'is', null)
    .where('id', '=', (eb) => eb.selectFrom('batch_tasks').select('workflow_id').where('id', '=', taskId))
    .execute()
}

/** The row whose run is to be looked up first. Undefined: no row of the task waits. */
export async function findNextWaiting(db: Db, taskId: string): Promise<WaitingRow | undefined> {
  const row = await db
    .selectFrom('task_executions')
    .select(['id', 'available_at'])
    .where('task_id', '=', taskId)
    .where('status', '=', 'waiting')
    .orderBy('available_at')
    .orderBy('row_number')
    .limit(1)
    .executeTakeFirst()
  return row && findWaitingRow(db, row.id)
}

export async function findWaitingRow(db: Db | Trx, executionId: string): Promise<WaitingRow | undefined> {
  const row = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', (join) =>
      join.onRef('e.id', '=', 'runs.execution_id').onRef('e.attempt', '=', 'runs.attempt'),
    )
    .selectAll('runs')
    .select('e.available_at')
    .where('e.id', '=', executionId)
    .where('e.status', '=', 'waiting')
    .executeTakeFirst()
  if (!row) return undefined
  const run = toRun(row)
  const { taskId, rowNumber } = run
  return { executionId, taskId, row: rowNumber, run, availableAt: row.available_at }
}

/** Dify is to be asked about its run at this time, on the monotonic clock. */
export async function lookAgainAt(trx: Trx, executionId: string, at: number): Promise<void> {
  await trx
    .updateTable('task_executions')
    .set({ available_at: Math.round(at) })
    .where('id', '=', executionId)
    .where('status', '=', 'waiting')
    .execute()
}

/**
 * Its run goes on: the row is to be claimed, and its run followed to its end. The row's time counts from now.
 * @param steady the time on the monotonic clock
 */
export async function wakeRow(
  trx: Trx,
  { executionId, taskId, run }: Pick<WaitingRow, 'executionId' | 'taskId' | 'run'>,
  steady: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('task_executions')
    .set({ status: 'pending', available_at: 0 })
    .where('id', '=', executionId)
    .where('status', '=', 'waiting')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await trx
    .updateTable('runs')
    .set({ resumed_at: Math.round(steady), heard_at: Math.round(steady) })
    .where('execution_id', '=', executionId)
    .where('attempt', '=', run.attempt)
    .execute()
  await countWaiting(trx, taskId, -1)
  return true
}

/** Nobody has answered, or its run cannot be answered any more. The run counts as over: a retry begins a new one. */
export async function failWaiting(
  trx: Trx,
  { executionId, taskId, run }: WaitingRow,
  error: string,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('task_executions')
    .set({ status: 'failed', error, finished_at: now })
    .where('id', '=', executionId)
    .where('status', '=', 'waiting')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await trx
    .updateTable('runs')
    .set({ status: 'failed', learnt: 'look-up', ended_at: now })
    .where('execution_id', '=', executionId)
    .where('attempt', '=', run.attempt)
    .where('status', '=', 'open')
    .execute()
  await trx
    .updateTable('forms')
    .set({ state: 'expired' })
    .where('execution_id', '=', executionId)
    .where('state', 'in', ['open', 'answering'])
    .execute()
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ waiting: eb('waiting', '-', 1), failed: eb('failed', '+', 1) }))
    .where('id', '=', taskId)
    .execute()
  await insertLog(trx, {
    taskId,
    executionId,
    at: now,
    level: 'error',
    event: 'row.unanswered',
    message: error,
    details: { attempt: run.attempt },
  })
  return true
}

/** @param change how many rows more */
export async function countWaiting(trx: Trx, taskId: string, change: number): Promise<void> {
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ waiting: eb('waiting', '+', change) }))
    .where('id', '=', taskId)
    .execute()
}

/** Whether anybody of the thread may answer, besides the owner and admins. */
export async function setOthersMayAnswer(trx: Trx, taskId: string, may: boolean): Promise<void> {
  await trx
    .updateTable('batch_tasks')
    .set({ others_may_answer: may ? 1 : 0 })
    .where('id', '=', taskId)
    .execute()
}
