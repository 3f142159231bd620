import { type Clock, sleep } from './clock.ts'
import type { Fate, Outcome, RunIds, RunRef } from './outcome.ts'
import type { Claim, Task } from './task.ts'
import type { Line, World } from './world.ts'
import { durationText } from './duration.ts'

/** Aborts a running task because a person stopped it: Dify is asked to stop what is in flight. */
export const STOPPED = Symbol('stopped')
/** Aborts it because this process ends: the runs go on at Dify, and the next runner asks what became of them. */
export const LEAVING = Symbol('leaving')

/** A run being asked after. */
export interface Chase {
  claim: Claim
  /** what is known of it so far */
  ids: RunIds
  task: Pick<Task, 'nonce' | 'timeoutSeconds'>
  line: Line
  world: World
  signal: AbortSignal
  /** when the connection was lost; absent for an attempt from before a crash */
  lostAt?: number
}

/** `unlisted`: Dify has no such run yet, but it may only be waiting in its queue; to be asked again after so long. */
type Resolved = Exclude<Fate, { kind: 'running' }> | { kind: 'unlisted'; askAfterMs: number }

/** What became of a run that we no longer hear of. Waits for its end, and ends it at the row's time limit. */
export async function resolve(chase: Chase): Promise<Resolved> {
  const { world, signal } = chase
  for (;;) {
    if (signal.aborted) return signal.reason === STOPPED ? end(chase, 'Stopped.') : LEFT_OPEN
    const fate = await lookUp(chase, signal)
    if (signal.aborted) continue
    if (fate.kind === 'unknown') return unlisted(chase) ?? fate
    if (isFinal(fate)) return fate

    const left = remainingMs(chase)
    if (left <= 0) return fate.kind === 'running' ? end(chase, timedOut(chase)) : lost(fate)
    await sleep(world.clock, Math.min(left, world.pace.lookUpEveryMs), signal)
  }
}

/** Asks Dify to stop a run that nobody hears of any more: its task was stopped, and its runner is dead. */
export async function askToStop(
  claim: Claim,
  task: Pick<Task, 'nonce'>,
  line: Line,
  { clock, pace }: Pick<World, 'clock' | 'pace'>,
): Promise<void> {
  const { workflowRunId, difyTaskId, attemptedAt } = claim
  const ids = { ...(workflowRunId && { workflowRunId }), ...(difyTaskId && { difyTaskId }) }
  const run: RunRef = { ...ids, user: userOf(claim, task), attemptedAt }
  await limited(clock, pace.stopWithinMs, undefined, (signal) => line.app.stop(run, signal))
}

/** Runs `action` with a signal that is aborted after `ms`, or together with `outer`. */
export async function limited<T>(
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

export function timedOut({ task, ids }: Chase): string {
  const limit = `Timed out after ${durationText(task.timeoutSeconds * 1000)}.`
  return ids.workflowRunId ? limit : `${limit} Dify never said that the run had started.`
}

export function remainingMs({ claim, task, world }: Chase): number {
  return claim.attemptedAt + task.timeoutSeconds * 1000 - world.clock.now()
}

const LEFT_OPEN: Outcome = { kind: 'lost', error: 'Rowbot was shut down while the row ran.' }
/** An answer to a look-up is small: a server that takes longer is not answering. */
const LOOK_UP_MS = 15_000

/** Asks Dify to stop the run, then looks once more: it says yes whatever happens, and the run may have finished. */
async function end(chase: Chase, error: string): Promise<Resolved> {
  const { world, line } = chase
  const fate = await limited(world.clock, world.pace.stopWithinMs, undefined, async (signal) => {
    await line.app.stop(refOf(chase), signal)
    return line.app.lookUp(refOf(chase), signal)
  })
  if (fate.kind === 'succeeded' || fate.kind === 'halted') return fate
  return fate.kind === 'lost' || fate.kind === 'throttled' ? lost(fate) : { kind: 'failed', error }
}

async function lookUp(chase: Chase, signal: AbortSignal): Promise<Fate> {
  const fate = await limited(chase.world.clock, LOOK_UP_MS, signal, (limit) =>
    chase.line.app.lookUp(refOf(chase), limit),
  )
  Object.assign(chase.ids, fate.ids)
  return fate
}

/** Dify knows what became of it. */
function isFinal(
  fate: Exclude<Fate, { kind: 'unknown' }>,
): fate is Exclude<Outcome, { kind: 'lost' | 'throttled' }> {
  return fate.kind !== 'running' && fate.kind !== 'lost' && fate.kind !== 'throttled'
}

/** Too early for “no such run” to mean anything: Dify lists a run only once a worker has taken it from its queue. */
function unlisted({ claim, lostAt = claim.attemptedAt, world }: Chase): Resolved | undefined {
  const askAfterMs = lostAt + world.pace.lookUpGraceMs - world.clock.now()
  return askAfterMs > 0 ? { kind: 'unlisted', askAfterMs } : undefined
}

/** Dify could not be asked, whatever the reason: the fate stays open. */
function lost(fate: Fate): Resolved {
  return 'error' in fate ? { kind: 'lost', error: fate.error } : LEFT_OPEN
}

function refOf({ claim, ids, task }: Chase): RunRef {
  return { ...ids, user: userOf(claim, task), attemptedAt: claim.attemptedAt }
}
