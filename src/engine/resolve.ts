import { type Clock, sleep } from './clock.ts'
import type { LookUpResult, Outcome, RunIds, RunRef } from './outcome.ts'
import type { Claim, Task } from './task.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'
import { durationText } from './duration.ts'

/** Aborts a running task because a person stopped it: Dify is asked to stop what is in flight. */
export const STOPPED = Symbol('stopped')
/** Aborts it because this process ends: the runs go on at Dify, and the next runner asks what became of them. */
export const LEAVING = Symbol('leaving')

/** A run being asked after. */
export interface AttemptContext {
  claim: Claim
  /** what is known of it so far */
  ids: RunIds
  task: Pick<Task, 'nonce' | 'timeoutSeconds'>
  runtime: WorkflowRuntime
  services: RunnerServices
  signal: AbortSignal
  /** when the connection was lost; absent for an attempt from before a crash */
  lostAt?: number
}

/**
 * To be asked again after so long. `unlisted`: Dify has no such run yet, but it may only be waiting in its queue;
 * `overdue`: its time is up and it goes on all the same.
 */
type Deferred = { kind: 'unlisted'; askAfterMs: number } | { kind: 'overdue'; askAfterMs: number }
type Resolved = Exclude<LookUpResult, { kind: 'running' }> | Deferred

/** What became of a run that we no longer hear of. Waits for its end, and ends it at the row's time limit. */
export async function resolve(context: AttemptContext): Promise<Resolved> {
  const { services, signal } = context
  for (;;) {
    if (signal.aborted) return signal.reason === STOPPED ? stopRun(context) : LEFT_OPEN
    const result = await lookUp(context, signal)
    if (signal.aborted) continue
    if (result.kind === 'unknown') return unlisted(context) ?? result
    if (isFinal(result)) return result

    const left = remainingMs(context)
    if (left <= 0) return result.kind === 'running' ? stopAtTimeLimit(context) : lost(result)
    await sleep(services.clock, Math.min(left, services.timing.lookUpEveryMs), signal)
  }
}

/** Asks Dify to stop a run that nobody hears of any more: its task was stopped, and its runner is dead. */
export async function askToStop(
  claim: Claim,
  task: Pick<Task, 'nonce'>,
  runtime: WorkflowRuntime,
  { clock, timing }: Pick<RunnerServices, 'clock' | 'timing'>,
): Promise<void> {
  const { workflowRunId, difyTaskId, attemptedAt } = claim
  const ids = { ...(workflowRunId && { workflowRunId }), ...(difyTaskId && { difyTaskId }) }
  const run: RunRef = { ...ids, user: userOf(claim, task), attemptedAt }
  await withTimeLimit(clock, timing.stopWithinMs, undefined, (signal) => runtime.app.stop(run, signal))
}

/** Runs `action` with a signal that is aborted after `ms`, or together with `outer`. */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const abort = () => limit.abort(outer?.reason)
  const cancel = clock.after(Math.max(ms, 0), abort)
  outer?.addEventListener('abort', abort)
  if (outer?.aborted) abort()
  try {
    return await action(limit.signal)
  } finally {
    cancel()
    outer?.removeEventListener('abort', abort)
  }
}

/** The `user` of an attempt: no other attempt of any task or installation has it, so its run can be found by it. */
export function userOf({ taskId, rowNumber, attempt }: Claim, { nonce }: Pick<Task, 'nonce'>): string {
  return `rowbot-${taskId}-${nonce}-${rowNumber}-${attempt}`
}

export function timeoutText({ task, ids }: AttemptContext): string {
  const limit = `Timed out after ${durationText(task.timeoutSeconds * 1000)}.`
  return ids.workflowRunId ? limit : `${limit} Dify never said that the run had started.`
}

export function remainingMs({ claim, task, services }: AttemptContext): number {
  return claim.attemptedAt + task.timeoutSeconds * 1000 - services.clock.now()
}

const LEFT_OPEN: Outcome = { kind: 'lost', error: 'Rowbot was shut down while the row ran.' }
/** An answer to a look-up is small: a server that takes longer is not answering. */
const LOOK_UP_MS = 15_000

/** A person stopped it: Dify is told. What it answers would come too late to be written. */
async function stopRun(context: AttemptContext): Promise<Outcome> {
  const { services, runtime } = context
  await withTimeLimit(services.clock, services.timing.stopWithinMs, undefined, (signal) =>
    runtime.app.stop(refOf(context), signal),
  )
  return { kind: 'failed', error: 'Stopped.' }
}

/**
 * Its time is up: asks Dify to stop the run, then looks once more, since Dify says yes whatever happens and the run may
 * have finished meanwhile. One that goes on is neither over nor called again, for as long as Dify lets a run go on.
 */
async function stopAtTimeLimit(context: AttemptContext): Promise<Resolved> {
  const { services, runtime } = context
  await withTimeLimit(services.clock, services.timing.stopWithinMs, undefined, (signal) =>
    runtime.app.stop(refOf(context), signal),
  )
  const result = await lookUp(context)
  switch (result.kind) {
    case 'succeeded':
    case 'halted':
      return result
    case 'lost':
    case 'throttled':
      return lost(result)
    case 'running':
      if (services.clock.now() - context.claim.attemptedAt < services.timing.runEndsMs) {
        return { kind: 'overdue', askAfterMs: services.timing.lookUpEveryMs * 5 }
      }
      return { kind: 'failed', error: `${timeoutText(context)} Dify did not stop the run.` }
    case 'unknown':
      return { kind: 'failed', error: timeoutText(context) }
    case 'failed':
    case 'rejected':
      return { kind: 'failed', error: timeoutText(context), ...(result.usage && { usage: result.usage }) }
  }
}

async function lookUp(context: AttemptContext, signal?: AbortSignal): Promise<LookUpResult> {
  const result = await withTimeLimit(context.services.clock, LOOK_UP_MS, signal, (limit) =>
    context.runtime.app.lookUp(refOf(context), limit),
  )
  Object.assign(context.ids, result.ids)
  return result
}

/** Dify knows what became of it. */
function isFinal(
  result: Exclude<LookUpResult, { kind: 'unknown' }>,
): result is Exclude<Outcome, { kind: 'lost' | 'throttled' }> {
  return result.kind !== 'running' && result.kind !== 'lost' && result.kind !== 'throttled'
}

/** Too early for “no such run” to mean anything: Dify lists a run only once a worker has taken it from its queue. */
function unlisted({
  claim,
  lostAt = claim.attemptedAt,
  runtime,
  services,
}: AttemptContext): Deferred | undefined {
  const askAfterMs = lostAt + runtime.queueMs - services.clock.now()
  return askAfterMs > 0 ? { kind: 'unlisted', askAfterMs } : undefined
}

/** Dify could not be asked, whatever the reason: the fate stays open. */
function lost(result: LookUpResult): Resolved {
  return 'error' in result ? { kind: 'lost', error: result.error } : LEFT_OPEN
}

function refOf({ claim, ids, task }: AttemptContext): RunRef {
  return { ...ids, user: userOf(claim, task), attemptedAt: claim.attemptedAt }
}
