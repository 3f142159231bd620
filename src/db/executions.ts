import type { ExpressionBuilder, Selectable, Updateable } from 'kysely'
import type { RunIds, Usage } from '../engine/outcome.ts'
import type { Settlement } from '../engine/settle.ts'
import type { Claim, Execution } from '../engine/task.ts'
import { executionStatesBefore } from '../engine/states.ts'
import { compiledOnce } from './compiled.ts'
import { parseInputs, toText } from './json.ts'
import type { Db, ExecutionTable, Schema, Trx } from './schema.ts'

const claimNext = compiledOnce((db, { taskId, epoch, now }: { taskId: string; epoch: number; now: number }) =>
  db
    .updateTable('task_executions')
    .set((eb) => ({
      status: 'running',
      // An unresolved attempt is taken up again, not begun anew: it is looked up under its own user.
      attempt: eb('attempt', '+', eb.case().when('unresolved', '=', 1).then(0).else(1).end()),
      attempted_at: eb.case().when('unresolved', '=', 1).then(eb.ref('attempted_at')).else(now).end(),
      workflow_run_id: eb.case().when('unresolved', '=', 1).then(eb.ref('workflow_run_id')).else(null).end(),
      dify_task_id: eb.case().when('unresolved', '=', 1).then(eb.ref('dify_task_id')).else(null).end(),
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

/** A new attempt within the claim: Dify never had the run of the last one. */
export async function beginAttempt(db: Db | Trx, claim: Claim, now: number): Promise<Claim | undefined> {
  const attempt = claim.attempt + 1
  const { numUpdatedRows } = await db
    .updateTable('task_executions')
    .set({ attempt, unresolved: 0, attempted_at: now, workflow_run_id: null, dify_task_id: null })
    .where((eb) => whileClaimed(eb, claim))
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return undefined
  return { ...claim, attempt, unresolved: false, attemptedAt: now, workflowRunId: null, difyTaskId: null }
}

export async function checkpointExecution(
  db: Db | Trx,
  claim: Claim,
  { workflowRunId, difyTaskId }: RunIds,
): Promise<void> {
  await updateClaimed(db, {
    ...fenceOf(claim),
    ...(workflowRunId && { workflow_run_id: workflowRunId }),
    ...(difyTaskId && { dify_task_id: difyTaskId }),
  })
}

/** Writes what became of the attempt. False, and nothing changed, when the claim no longer stands. */
export async function settleExecution(
  db: Trx,
  claim: Claim,
  settlement: Settlement,
  { now, ids }: { now: number; ids: RunIds },
): Promise<boolean> {
  const { numAffectedRows } = await updateClaimed(db, {
    ...fenceOf(claim),
    ...changes(settlement, now),
    ...spent(settlement.usage, claim, now),
    workflow_run_id: ids.workflowRunId ?? null,
    dify_task_id: ids.difyTaskId ?? null,
  })
  return numAffectedRows === 1n
}

type Fence = Pick<Claim, 'id' | 'taskId' | 'attempt' | 'epoch'>

/** What this attempt took is added to what the earlier ones did. */
const updateClaimed = compiledOnce(
  (
    db,
    {
      id,
      taskId,
      attempt,
      epoch,
      tokens,
      price,
      ...set
    }: Fence & Omit<Updateable<ExecutionTable>, keyof Fence>,
  ) =>
    db
      .updateTable('task_executions')
      .set((eb) => ({
        ...set,
        ...(tokens != null && { tokens: eb(eb.fn.coalesce('tokens', eb.lit(0)), '+', tokens) }),
        ...(price != null && { price: eb(eb.fn.coalesce('price', eb.lit(0)), '+', price) }),
      }))
      .where((eb) => whileClaimed(eb, { id, taskId, attempt, epoch })),
)

function fenceOf({ id, taskId, attempt, epoch }: Claim): Fence {
  return { id, taskId, attempt, epoch }
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
    unresolved: row.unresolved === 1,
    attemptedAt: row.attempted_at,
    workflowRunId: row.workflow_run_id,
    difyTaskId: row.dify_task_id,
  }
}

type Eb = ExpressionBuilder<Schema, 'task_executions'>

/** The fence: the row is still running in this attempt, and the task in the epoch of the claim. */
function whileClaimed(eb: Eb, { id, taskId, attempt, epoch }: Fence) {
  return eb.and([
    eb('id', '=', id),
    eb('status', '=', 'running'),
    eb('attempt', '=', attempt),
    inEpoch(eb, taskId, epoch),
  ])
}

/** Of a task that is tried first, no row beyond the first: however many lanes look for one. */
function mayRunYet(eb: Eb, taskId: string) {
  const last = eb.selectFrom('batch_tasks').select('pause_after').where('id', '=', taskId)
  return eb('row_number', '<=', eb.fn.coalesce(last, eb.val(MAX_ROW_NUMBER)))
}

/** Excel has 2²⁰ rows; a CSV may have more. */
const MAX_ROW_NUMBER = 2 ** 31 - 1

function inEpoch(eb: Eb, taskId: string, epoch: number, statuses?: ['running']) {
  let task = eb.selectFrom('batch_tasks').select('id').where('id', '=', taskId).where('epoch', '=', epoch)
  if (statuses) task = task.where('status', 'in', statuses)
  return eb.exists(task)
}

function changes(settlement: Settlement, now: number) {
  switch (settlement.status) {
    case 'succeeded':
      return {
        status: settlement.status,
        outputs: toText(settlement.outputs),
        warning: settlement.warning,
        error: null,
        unresolved: 0,
        finished_at: now,
      }
    case 'failed':
      return { status: settlement.status, error: settlement.error, unresolved: 0, finished_at: now }
    case 'pending':
      return {
        status: settlement.status,
        error: settlement.error,
        available_at: settlement.availableAt,
        failures: settlement.failures,
        throttles: settlement.throttles,
        unresolved: settlement.unresolved ? 1 : 0,
      }
  }
}

function spent({ seconds, tokens, price, currency }: Usage, claim: Claim, now: number) {
  return {
    seconds: seconds ?? (now - claim.attemptedAt) / 1000,
    ...(tokens !== undefined && { tokens }),
    ...(price !== undefined && { price }),
    ...(currency !== undefined && { currency }),
  }
}
