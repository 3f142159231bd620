import type { Outcome } from './outcome.ts'
import type { Learnt, RunEnd, Usage } from './run.ts'
import { type Coded, say, type Sentence } from './sentence.ts'
import type { RunStream } from './stream.ts'
import type { CallingTask, Claim, Task } from './task.ts'
import type { Tracked } from './tracked.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'

/** Aborts a running task because a person stopped it: Dify is asked to stop what is in flight. */
export const STOPPED = Symbol('stopped')
/** Aborts it because this process ends: the runs go on at Dify, and the next runner looks them up. */
export const LEAVING = Symbol('leaving')

/** What an attempt needs. */
export interface AttemptContext {
  task: CallingTask & Pick<Task, 'timeoutSeconds' | 'retries' | 'createdAt'>
  runtime: WorkflowRuntime
  services: RunnerServices
  signal: AbortSignal
  /** by the clock's `uptime`; the claim was made, or begun anew, not earlier than this */
  claimedAt: number
}

/** A run that is followed to its end: by its stream, as long as there is one, and by look-ups. */
export interface Following extends AttemptContext {
  claim: Claim
  tracked: Tracked
  /** earlier runs of the row that are presumed lost in Dify's queue, but may start after all */
  rivals: Tracked[]
  /** ends of rivals that have ended meanwhile */
  ends: RunEnd[]
  stream?: RunStream
  /** the outcome if Dify has no such run: a failure that Dify reported although nothing ran */
  ifUnknown?: Outcome
  /** the last error of its stream */
  words?: Sentence
  /** how often it was looked up since the last sign of life */
  lookUps: number
  /** when it was last looked up, on the monotonic clock */
  askedAtMs: number
  hasJoined: boolean
  /** the claim is lost, so the call was not made */
  isTaken?: true
}

type Waiting = Extract<Outcome, { kind: 'waiting' }>

/** How following a run ended. */
export type End =
  /** it is over, and so is the attempt */
  | { kind: 'over'; outcome: Outcome; status: RunEnd['status']; learnt: Learnt }
  /** the run is over or never started, which is not the row's fault: another call is made */
  | { kind: 'anew'; status: RunEnd['status']; learnt: Learnt; words: Sentence; usage?: Usage }
  /** presumed lost in Dify's queue: another call is made, and the old run may still win */
  | { kind: 'overdue' }
  /** not known yet: it is looked up again after `askAfterMs`, and until then the row waits without a lane */
  | { kind: 'open'; outcome: Outcome; askAfterMs?: number }
  /** it waits for a person: the row waits without a lane, and is asked for now and then (paused-runs.ts) */
  | { kind: 'waiting'; outcome: Waiting }
  /** we stop waiting for it, though its end is not known */
  | { kind: 'given-up'; outcome: Outcome }
  /** the task was stopped, this runner leaves, or the claim was found to be lost before the call was made */
  | { kind: 'left' }

export function followingOf(
  context: AttemptContext,
  claim: Claim,
  tracked: Tracked,
  rivals: Tracked[] = [],
): Following {
  const askedAtMs = context.services.clock.monotonicNow()
  return { ...context, claim, tracked, rivals, ends: [], lookUps: 0, askedAtMs, hasJoined: false }
}

export function limitMs({ task }: Pick<Following, 'task'>): number {
  return task.timeoutSeconds * 1000
}

/** How long the run may wait in Dify's queue. While its stream is open: at least as long as a row may run. */
export function queueMs({
  runtime,
  stream,
  task,
}: Pick<Following, 'runtime' | 'task'> & { stream?: unknown }): number {
  return stream === undefined ? runtime.queueMs : Math.max(runtime.queueMs, limitMs({ task }))
}

export function timedOut(following: Pick<Following, 'task'>): Coded {
  return say('timed-out', { ms: limitMs(following) })
}

/** The time of day in the machine's own time zone, such as `14:02`. @param at ms since 1970 */
export function timeOfDay(at: number): string {
  return new Date(at).toTimeString().slice(0, 5)
}
