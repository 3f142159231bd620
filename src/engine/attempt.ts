import type { Outcome, RunIds } from './outcome.ts'
import {
  type AttemptContext,
  LEAVING,
  withTimeLimit,
  remainingMs,
  resolve,
  STOPPED,
  timeoutText,
  userOf,
} from './resolve.ts'
import type { Claim, Task } from './task.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'

/**
 * What an attempt came to. `open`: the fate of its run is still not known. `askAfterMs`: Dify had no such run yet, and
 * is asked again after so long; the row waits for that in line, not in a lane.
 */
export interface AttemptResult {
  claim: Claim
  outcome: Outcome
  ids: RunIds
  unresolved: boolean
  askAfterMs?: number
}

/**
 * Takes one claimed row through the workflow. A run whose fate is not known, from before a crash or because the
 * connection was cut, is asked after before anything else: nothing is paid twice that can be found again.
 * Undefined: this runner is leaving or the claim is lost, so there is nothing to settle.
 */
export async function attempt(
  claimed: Claim,
  task: Pick<Task, 'nonce' | 'timeoutSeconds' | 'retries'>,
  runtime: WorkflowRuntime,
  services: RunnerServices,
  signal: AbortSignal,
): Promise<AttemptResult | undefined> {
  const context: AttemptContext = { claim: claimed, ids: runIdsOf(claimed), task, runtime, services, signal }

  if (claimed.unresolved) {
    const result = await resolve(context)
    if ('askAfterMs' in result)
      return deferred(context, { kind: 'lost', error: NO_RUN_FOUND }, result.askAfterMs)

    const isStopped = result.kind === 'failed' && result.stopped === true
    if (result.kind !== 'unknown' && !(isStopped && claimed.stopped)) {
      // Stopped by us when its time was up, and only now known to be.
      const late = isStopped && remainingMs(context) <= 0
      return attemptResult(context, late ? { ...result, error: timeoutText(context) } : result)
    }
    if (claimed.failures > task.retries)
      return attemptResult(context, { kind: 'rejected', error: NO_RUN_FOUND })

    const usage = 'usage' in result ? result.usage : undefined
    const nextAttempt = await services.rows.beginAttempt(claimed, services.clock.now(), usage)
    if (!nextAttempt) return undefined
    context.claim = nextAttempt
    context.ids = {}
  }

  const outcome = await call(context)
  if (outcome.kind !== 'lost') return attemptResult(context, outcome)

  context.lostAt = services.clock.now()
  const result = await resolve(context)
  if (result.kind === 'overdue')
    return deferred(context, { kind: 'lost', error: timeoutText(context) }, result.askAfterMs)
  if (result.kind !== 'unknown' && result.kind !== 'unlisted') return attemptResult(context, result)
  const error = remainingMs(context) > 0 ? `${outcome.error} No run of it was found.` : timeoutText(context)
  const failed = { kind: 'failed', error } as const
  return result.kind === 'unlisted'
    ? deferred(context, failed, result.askAfterMs)
    : attemptResult(context, failed)
}

const NO_RUN_FOUND = 'The connection was lost before Dify told of a run, and none was found.'

/** One call to Dify, no longer than the row's time limit. */
async function call(context: AttemptContext): Promise<Outcome> {
  const { claim, task, runtime, services } = context
  const checkpoints: Promise<void>[] = []
  const cut = callSignal(context)
  try {
    const outcome = await withTimeLimit(services.clock, task.timeoutSeconds * 1000, cut.signal, (limit) =>
      runtime.app.run({
        inputs: claim.inputs,
        variables: runtime.variables,
        user: userOf(claim, task),
        signal: limit,
        onProgress(ids) {
          Object.assign(context.ids, ids)
          cut.gotIds()
          const stored = services.rows.checkpoint(claim, ids)
          stored.catch(() => {}) // thrown below, where it is awaited
          checkpoints.push(stored)
        },
      }),
    )
    await Promise.all(checkpoints)
    Object.assign(context.ids, outcome.ids)
    return outcome
  } finally {
    cut.done()
  }
}

/**
 * When the call is cut: at once, but for a run that is to be stopped and whose id is not known yet. Only by its id can it
 * be stopped at Dify, and the first event, which has it, is near.
 */
function callSignal({ signal, ids, services }: AttemptContext) {
  const cut = new AbortController()
  const now = () => cut.abort()
  let cancel = () => {}
  const onAbort = () => {
    if (signal.reason === STOPPED && !ids.difyTaskId)
      cancel = services.clock.after(services.timing.stopWithinMs / 2, now)
    else now()
  }
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  return {
    signal: cut.signal,
    gotIds() {
      if (signal.aborted && ids.difyTaskId) now()
    },
    done() {
      cancel()
      signal.removeEventListener('abort', onAbort)
    },
  }
}

/** Halted or lost, the fate of a run that was asked after is still open. */
function attemptResult(
  { claim, ids, lostAt, signal }: AttemptContext,
  outcome: Outcome,
): AttemptResult | undefined {
  const asked = claim.unresolved || lostAt !== undefined
  const unresolved = asked && (outcome.kind === 'halted' || outcome.kind === 'lost')
  if (unresolved && signal.aborted && signal.reason === LEAVING) return undefined
  return { claim, outcome, ids, unresolved }
}

function deferred(
  { claim, ids, signal }: AttemptContext,
  outcome: Outcome,
  askAfterMs: number,
): AttemptResult | undefined {
  if (signal.aborted && signal.reason === LEAVING) return undefined
  return { claim, outcome, ids, unresolved: true, askAfterMs }
}

function runIdsOf({ workflowRunId, difyTaskId }: Claim): RunIds {
  return { ...(workflowRunId && { workflowRunId }), ...(difyTaskId && { difyTaskId }) }
}
