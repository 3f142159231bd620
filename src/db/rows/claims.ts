import type { ExpressionBuilder, Selectable } from 'kysely'
import { executionStatesBefore } from '../../engine/states.ts'
import type { Claim, Execution } from '../../engine/task.ts'
import { compiledOnce } from '../compiled.ts'
import { parseInputs } from '../json.ts'
import type { Db, ExecutionTable, Schema, Trx } from '../schema.ts'

const claimNext = compiledOnce((db, { taskId, epoch, now }: { taskId: string; epoch: number; now: number }) =>
  db
    .updateTable('task_executions')
    .set((eb) => ({
      status: 'running',
      // An unresolved attempt is taken up again, not begun anew: it is looked up under its own user.
      attempt: eb('attempt', '+', eb.case().when('unresolved', '>', 0).then(0).else(1).end()),
      attempted_at: eb.case().when('unresolved', '>', 0).then(eb.ref('attempted_at')).else(eb.val(now)).end(),
      workflow_run_id: eb.case().when('unresolved', '>', 0).then(eb.ref('workflow_run_id')).else(null).end(),
      dify_task_id: eb.case().when('unresolved', '>', 0).then(eb.ref('dify_task_id')).else(null).end(),
    }))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('task_executions')
        .select('id')
        .where('task_id', '=', taskId)
        .where('status', '=', 'pending')
        .where('available_at', '<=', now)
        .where((eb) => mayRunYet(eb, taskId))
        .orderBy('row_number')
        .limit(1),
    )
    .where('status', 'in', executionStatesBefore('running'))
    .where((eb) => inEpoch(eb, taskId, epoch, ['running']))
    .returningAll(),
)

/** Takes the first row that may run now: one UPDATE, so no two lanes take the same. */
export async function claimExecution(
  db: Db | Trx,
  { id, epoch }: { id: string; epoch: number },
  now: number,
): Promise<Claim | undefined> {
  const [row] = (await claimNext(db, { taskId: id, epoch, now })).rows
  return row && { ...toExecution(row), epoch, attemptedAt: row.attempted_at ?? now }
}

/** When the next waiting row may run. */
export async function findNextAvailableAt(db: Db, taskId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('task_executions')
    .select('available_at')
    .where('task_id', '=', taskId)
    .where('status', '=', 'pending')
    .where((eb) => mayRunYet(eb, taskId))
    .orderBy('available_at')
    .limit(1)
    .executeTakeFirst()
  return row?.available_at
}

export function toExecution(row: Selectable<ExecutionTable>): Execution {
  return {
    id: row.id,
    taskId: row.task_id,
    rowNumber: row.row_number,
    status: row.status,
    inputs: parseInputs(row.inputs),
    attempt: row.attempt,
    failures: row.failures,
    throttles: row.throttles,
    unresolved: row.unresolved > 0,
    stopped: row.unresolved === 2,
    attemptedAt: row.attempted_at,
    workflowRunId: row.workflow_run_id,
    difyTaskId: row.dify_task_id,
  }
}

export type Eb = ExpressionBuilder<Schema, 'task_executions'>

/** The task is still in the epoch, and in one of these states if they are given. */
export function inEpoch(eb: Eb, taskId: string, epoch: number, statuses?: ['running']) {
  let task = eb.selectFrom('batch_tasks').select('id').where('id', '=', taskId).where('epoch', '=', epoch)
  if (statuses) task = task.where('status', 'in', statuses)
  return eb.exists(task)
}

/** Of a task that is tried first, no row beyond the first: however many lanes look for one. */
function mayRunYet(eb: Eb, taskId: string) {
  const last = eb.selectFrom('batch_tasks').select('pause_after').where('id', '=', taskId)
  return eb('row_number', '<=', eb.fn.coalesce(last, eb.val(MAX_ROW_NUMBER)))
}

/** Excel has 2²⁰ rows; a CSV may have more. */
const MAX_ROW_NUMBER = 2 ** 31 - 1
