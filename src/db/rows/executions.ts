import type { Updateable } from 'kysely'
import type { Nano } from '../../engine/money.ts'
import { newRun, type Run, type RunEnd } from '../../engine/run.ts'
import type { Settlement } from '../../engine/settle.ts'
import { admitsCall } from '../tasks/admission.ts'
import type { CallingTask, Claim, Outputs } from '../../engine/task.ts'
import { type Eb, inEpoch } from './claims.ts'
import { compiledOnce } from '../compiled.ts'
import { filesIn } from '../../engine/output-files.ts'
import { toText } from '../json.ts'
import { insertOutputFiles } from './output-files.ts'
import { priceAdded } from './price-added.ts'
import { endRuns, insertRun } from '../runs/runs.ts'
import { NOT_REVIEWED } from './reviews.ts'
import type { ExecutionTable, Trx } from '../schema.ts'
import { errorColumns, warningColumns } from '../sentences.ts'

/* What a lane writes about the execution it holds. Nothing is written once the claim no longer stands. */

/**
 * Begins a new attempt within the claim and writes its run, before Dify is called.
 * @param ends of the runs before it
 * @returns the claim of the new attempt; undefined when the claim no longer stands, and when a limit lets no further call
 * be made: then the row waits again. One whose earlier call may still start in Dify's queue is not held back
 */
export async function beginAttempt(
  trx: Trx,
  claim: Claim,
  task: CallingTask,
  now: number,
  ends: RunEnd[] = [],
): Promise<Claim | undefined> {
  const attempt = claim.attempt + 1
  const started = { attempt, attempted_at: now, workflow_run_id: null }
  const { numAffectedRows } = await updateClaimed(trx, { ...fenceOf(claim), ...started, ...spent(ends) })
  if (numAffectedRows === 0n) return undefined
  await endRuns(trx, { taskId: claim.taskId, executionId: claim.id }, ends, now)
  const ended = new Set(ends.map((end) => end.attempt))
  const open = claim.open.filter((run) => !ended.has(run.attempt))
  if (open.length === 0 && !(await admitsCall(trx, task, now))) {
    const waits = { status: 'pending', available_at: 0, attempt: claim.attempt } as const
    await updateClaimed(trx, { ...fenceOf({ ...claim, attempt }), ...waits })
    return undefined
  }
  await insertRun(trx, newRun({ ...claim, attempt }, task, now))
  return { ...claim, attempt, attemptedAt: now, open }
}

/**
 * Stores when the run of a claim is asked for. Whoever takes the row over then waits for a while until it is sure that Dify
 * does not have it. False, and nothing changed, when the claim no longer stands.
 */
export async function postRun(
  trx: Trx,
  claim: Claim,
  { uploadingAt }: Pick<Run, 'uploadingAt'>,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('runs')
    .set(uploadingAt === null ? { sent_at: now } : { posted_at: now })
    .where('execution_id', '=', claim.id)
    .where('attempt', '=', claim.attempt)
    .where('status', '=', 'open')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('task_executions')
          .select('id')
          .where((row) => whileClaimed(row, fenceOf(claim))),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What is stored of a settled attempt besides its settlement. */
export interface SettledAttempt {
  now: number
  /** how long the attempt took */
  ms: number
  /** of its runs; they are written by themselves */
  ends: RunEnd[]
  /** id of the run that decided the attempt */
  runId: string | null
  /** of the workflow, if the attempt succeeded */
  version: string | null
}

/** Writes the settlement. False, and nothing changed, when the claim no longer stands. */
export async function settleExecution(
  trx: Trx,
  claim: Claim,
  settlement: Settlement,
  { now, ms, ends, runId, version }: SettledAttempt,
): Promise<boolean> {
  const { numAffectedRows } = await updateClaimed(trx, {
    ...fenceOf(claim),
    ...changes(settlement, now),
    ...spent(ends),
    seconds: settlement.usage.seconds ?? ms / 1000,
    workflow_run_id: runId,
    ...(settlement.status === 'succeeded' && {
      workflow_version: version,
      origin_task: null,
      origin_row: null,
      ...NOT_REVIEWED,
    }),
  })
  if (numAffectedRows === 0n) return false
  const files = settlement.status === 'succeeded' ? filesIn(settlement.outputs) : []
  // A row that has run again has no files of the run before.
  if (files.length > 0 || (claim.attempt > 1 && settlement.status === 'succeeded'))
    await insertOutputFiles(trx, claim, files, now)
  return true
}

interface Fence extends Pick<Claim, 'id' | 'taskId' | 'epoch'> {
  /** attempt of the claim; the statement may set a new one */
  claimed: number
}

/** The tokens and price of this attempt are added to those of earlier ones. */
const updateClaimed = compiledOnce(
  (
    db,
    {
      id,
      taskId,
      claimed,
      epoch,
      tokens,
      price_nano,
      currency,
      ...set
    }: Fence & Omit<Updateable<ExecutionTable>, keyof Fence>,
  ) =>
    db
      .updateTable('task_executions')
      .set((eb) => ({
        ...set,
        ...(tokens != null && { tokens: eb(eb.fn.coalesce('tokens', eb.lit(0)), '+', tokens) }),
        ...(price_nano != null && priceAdded(eb, price_nano, currency ?? undefined)),
      }))
      .where((eb) => whileClaimed(eb, { id, taskId, claimed, epoch })),
  'by key',
)

function fenceOf({ id, taskId, attempt, epoch }: Claim): Fence {
  return { id, taskId, claimed: attempt, epoch }
}

/** The fence: the row is still running in this attempt, and the task is still in the claim's epoch. */
function whileClaimed(eb: Eb, { id, taskId, claimed, epoch }: Fence) {
  return eb.and([
    eb('id', '=', id),
    eb('status', '=', 'running'),
    eb('attempt', '=', claimed),
    inEpoch(eb, taskId, epoch),
  ])
}

function changes(settlement: Settlement, now: number) {
  switch (settlement.status) {
    case 'succeeded':
      return {
        status: settlement.status,
        outputs: toText(settlement.outputs),
        ...warningColumns(settlement.warning),
        error: null,
        finished_at: now,
      }
    case 'failed':
      return {
        status: settlement.status,
        ...errorColumns(settlement.error),
        finished_at: now,
        ...incomplete(settlement.outputs),
      }
    case 'waiting':
      return {
        status: settlement.status,
        ...errorColumns(settlement.error),
        available_at: Math.round(settlement.availableAt),
        throttles: 0,
        turned_away_at: null,
      }
    case 'pending':
      return {
        status: settlement.status,
        ...errorColumns(settlement.error),
        available_at: Math.round(settlement.availableAt),
        failures: settlement.failures,
        throttles: settlement.throttles,
        turned_away_at: settlement.turnedAwayAt,
        ...incomplete(settlement.outputs),
      }
  }
}

/** What there is of a row that lacks an output is kept for people to see. It is no answer that somebody has reviewed. */
function incomplete(outputs: Outputs | undefined) {
  return outputs && { outputs: toText(outputs), ...NOT_REVIEWED }
}

/** The sum of what these runs cost: every one was paid. Of several currencies it is that of the first priced run. */
function spent(ends: RunEnd[]): { tokens?: number; price_nano?: Nano; currency?: string } {
  const tokens = ends.flatMap(({ usage }) => usage.tokens ?? [])
  const prices = ends.flatMap(({ usage: { price, currency } }) =>
    price === undefined ? [] : [{ price, currency }],
  )
  const [first] = prices
  const alike = prices.filter(({ currency }) => currency === first?.currency)
  return {
    ...(tokens.length > 0 && { tokens: tokens.reduce((sum, count) => sum + count) }),
    ...(first && { price_nano: alike.reduce((sum, { price }) => sum + price, 0n) }),
    ...(first?.currency !== undefined && { currency: first.currency }),
  }
}
