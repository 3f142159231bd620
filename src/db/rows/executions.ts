import type { Updateable } from 'kysely'
import type { RunIds, Usage } from '../../engine/outcome.ts'
import type { Settlement } from '../../engine/settle.ts'
import type { Claim } from '../../engine/task.ts'
import { type Eb, inEpoch } from './claims.ts'
import { compiledOnce } from '../compiled.ts'
import { toText } from '../json.ts'
import type { Db, ExecutionTable, Trx } from '../schema.ts'

/* What is written of an execution while a lane holds it: all of it only as long as the claim stands. */

/** A new attempt within the claim: Dify never had the run of the last one, or it was stopped; `usage` is what that took. */
export async function beginAttempt(
  db: Db | Trx,
  claim: Claim,
  now: number,
  usage: Usage = {},
): Promise<Claim | undefined> {
  const attempt = claim.attempt + 1
  const { numUpdatedRows } = await db
    .updateTable('task_executions')
    .set((eb) => ({
      attempt,
      unresolved: 0,
      attempted_at: now,
      workflow_run_id: null,
      dify_task_id: null,
      ...(usage.tokens !== undefined && {
        tokens: eb(eb.fn.coalesce('tokens', eb.lit(0)), '+', usage.tokens),
      }),
    }))
    .where((eb) => whileClaimed(eb, fenceOf(claim)))
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return undefined
  return {
    ...claim,
    attempt,
    unresolved: false,
    stopped: false,
    attemptedAt: now,
    workflowRunId: null,
    difyTaskId: null,
  }
}

export async function checkpointExecution(
  db: Db | Trx,
  claim: Claim,
  { workflowRunId, difyTaskId }: RunIds,
): Promise<void> {
  if (!workflowRunId && !difyTaskId) return
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

/** The fence: the row is still running in this attempt, and the task in the epoch of the claim. */
function whileClaimed(eb: Eb, { id, taskId, attempt, epoch }: Fence) {
  return eb.and([
    eb('id', '=', id),
    eb('status', '=', 'running'),
    eb('attempt', '=', attempt),
    inEpoch(eb, taskId, epoch),
  ])
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
