import { durationText } from './duration.ts'
import type { Outcome } from './outcome.ts'
import type { Learnt, RunEnd, Usage } from './run.ts'
import type { RunStream } from './stream.ts'
import type { Claim, Task } from './task.ts'
import type { Tracked } from './tracked.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'

/** Aborts a running task because a person stopped it: Dify is asked to stop what is in flight. */
export const STOPPED = Symbol('stopped')
/** Aborts it because this process ends: the runs go on at Dify, and the next runner asks what became of them. */
export const LEAVING = Symbol('leaving')

/** What a row is run with. */
export interface AttemptContext {
  task: Pick<Task, 'nonce' | 'timeoutSeconds' | 'retries' | 'createdAt'>
  runtime: WorkflowRuntime
  services: RunnerServices
  signal: AbortSignal
}

/** A run being followed to its end, by its stream as long as there is one and by asking Dify. */
export interface Following extends AttemptContext {
  claim: Claim
  tracked: Tracked
  /** earlier runs of the row that must be lost in Dify's queue, but may begin after all */
  rivals: Tracked[]
  /** of those that have ended meanwhile */
  ends: RunEnd[]
  stream?: RunStream
  /** what the run came to should Dify have no such run: a failure that it made up */
  ifUnknown?: Outcome
  /** what its stream said last */
  words?: string
  /** since it was last heard of */
  lookUps: number
  askedAtMs: number
  hasJoined: boolean
}

/** What following a run has come to. */
export type End =
  /** it is over, and so is the attempt */
  | { kind: 'over'; outcome: Outcome; status: RunEnd['status']; learnt: Learnt }
  /** over or never begun, which says nothing of the row: another call is made */
  | { kind: 'anew'; status: RunEnd['status']; learnt: Learnt; words: string; usage?: Usage }
  /** it must be lost in Dify's queue: another call is made beside it */
  | { kind: 'overdue' }
  /** not known yet: it is asked for again in so long, and the row waits for that in line, not in a lane */
  | { kind: 'open'; outcome: Outcome; askAfterMs?: number }
  /** nobody waits for it any longer */
  | { kind: 'given-up'; outcome: Outcome }
  /** the task was stopped, or this runner leaves */
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

/** How long it may wait in Dify's queue; one that we still listen to, no shorter than a row may run. */
export function queueMs({
  runtime,
  stream,
  task,
}: Pick<Following, 'runtime' | 'task'> & { stream?: unknown }): number {
  return stream === undefined ? runtime.queueMs : Math.max(runtime.queueMs, limitMs({ task }))
}

export function timeoutText({ task }: Pick<Following, 'task'>): string {
  return `Timed out after ${durationText(task.timeoutSeconds * 1000)}.`
}

/** The machine's own time of day, as its people read it. */
export function timeOfDay(at: number): string {
  return new Date(at).toTimeString().slice(0, 5)
}
