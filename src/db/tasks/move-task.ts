import { type ExpressionBuilder, sql, type UpdateObject } from 'kysely'
import type { ExecutionStatus, TaskStatus } from '../../engine/states.ts'
import type { Schema, Trx } from '../schema.ts'
import { type TaskView, toTaskView } from './tasks.ts'

type TaskChange = Omit<UpdateObject<Schema, 'batch_tasks'>, 'status'>

/**
 * Moves a task from one of these states to another, in one UPDATE. Undefined, and nothing changed, when it is in
 * another state or another epoch.
 */
export async function moveTask(
  trx: Trx,
  id: string,
  to: TaskStatus,
  from: readonly TaskStatus[],
  change: (eb: ExpressionBuilder<Schema, 'batch_tasks'>) => TaskChange,
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

/** Query: of the rows that are tried first, those in these states. */
export function trialIn(
  eb: ExpressionBuilder<Schema, 'batch_tasks'>,
  id: string,
  statuses: ExecutionStatus[],
) {
  return eb
    .selectFrom('task_executions')
    .select('task_executions.id')
    .where('task_id', '=', id)
    .where('task_executions.status', 'in', statuses)
    .where(sql<boolean>`trial = 1`) // exactly as in the index, else the index is not used
    .whereRef('row_number', '<=', 'batch_tasks.pause_after')
}
