import type { Clock } from './clock.ts'
import type { DifyApp } from './outcome.ts'
import type { Run, RunEnd, RunKey, RunNote, RunIds } from './run.ts'
import type { Timing } from './timing.ts'
import type { Settlement } from './settle.ts'
import type { RunStream } from './stream.ts'
import type { Tracked } from './tracked.ts'
import type { Claim, Task } from './task.ts'
import type { Throttle } from './throttle.ts'
import type { Variable } from './workflow.ts'

/** Everything a running task needs of the world; main.ts hands it in. */
export interface RunnerServices {
  rows: RowStore
  /** sees to runs that are to be stopped and cannot be yet */
  stopped: RunStopper
  /** when this process opened the database: what is older may be a backup, and runs may be missing in it */
  openedAt: number
  clock: Clock
  timing: Timing
  /** 0 ≤ x < 1 */
  random: () => number
  /** Something of this task has changed. Must not throw and is not waited for. */
  report(taskId: string): void
}

/** Sees to it that runs which nobody waits for any more are stopped at Dify, as soon as that can be (stopped-runs.ts). */
export interface RunStopper {
  /**
   * Resolves when its end is known or nothing more can be done. Never rejects.
   * @param stream that is still open, to be kept until it tells by which id the run is stopped
   */
  watch(tracked: Tracked, reason: 'person' | 'twin', stream?: RunStream): Promise<void>
  /** Its row is called for again, and wants what it may give: it is not stopped any more. */
  release(run: Run): Promise<void>
}

/** The workflow of a running task. */
export interface WorkflowRuntime {
  app: DifyApp
  variables: Variable[]
  throttle: Throttle
  /** how long a run may wait in Dify's queue, where it is not listed */
  queueMs: number
  /** for how long a call that Dify did not say it took may be on its way all the same */
  graceMs: number
}

/**
 * Where executions are kept. Every write holds only while the claim stands: the row still `running` in the same
 * attempt, and the task still in the epoch that the claim was made in.
 */
export interface RowStore {
  /**
   * Takes the first row that may run now, in the sheet's order, and writes its run down, unless earlier ones are to be
   * asked for first. Undefined when there is none or the epoch is over.
   * @param steady the time on the clock that never jumps; `now` where it is not given
   */
  claim(task: Pick<Task, 'id' | 'epoch' | 'nonce'>, now: number, steady?: number): Promise<Claim | undefined>
  /** When the next waiting row may run; undefined when none waits. */
  nextAvailableAt(taskId: string): Promise<number | undefined>
  /**
   * The runs before are over, or given up: a new attempt begins, its run written down with it. Undefined when the claim
   * no longer stands.
   * @param ends of the runs before
   */
  beginAttempt(
    claim: Claim,
    task: Pick<Task, 'nonce'>,
    now: number,
    ends?: RunEnd[],
  ): Promise<Claim | undefined>
  /** Keeps what is learnt of a run while it goes on, so that it can be found again after a crash. */
  note(run: RunKey, note: RunNote): Promise<void>
  /** Writes what became of the attempt, and its log entry. False, and nothing changed, when the claim no longer stands. */
  settle(claim: Claim, settlement: Settlement, entry: AttemptEntry): Promise<boolean>
  /** Writes the end of a run that nobody waits for any more. False where its row may still want what it gave. */
  endStopped(run: Run, end: RunEnd, now: number): Promise<boolean>
  /** Runs that were to be stopped since then and may still go on. */
  listToStop(since: number): Promise<Run[]>
}

/** The log entry of an attempt. */
export interface AttemptEntry {
  at: number
  /** the outcome's kind */
  outcome: string
  message: string
  /** how long the attempt took */
  ms: number
  user: string
  ids: RunIds
  limit: number
  /** the runs whose end is known now. Not given: that of this attempt, as the settlement has it */
  ends?: RunEnd[]
}
