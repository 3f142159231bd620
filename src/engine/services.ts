import type { Clock } from './clock.ts'
import type { DifyApp } from './outcome.ts'
import type { Run, RunEnd, RunKey, RunNote, RunIds } from './run.ts'
import type { Sentence } from './sentence.ts'
import type { RequiredOutputs } from './required-outputs.ts'
import type { Timing } from './timing.ts'
import type { Settlement } from './settle.ts'
import type { RunStream } from './stream.ts'
import type { Tracked } from './tracked.ts'
import type { CallingTask, Claim } from './task.ts'
import type { Throttle } from './throttle.ts'
import type { WaitingStore } from './waiting-row.ts'
import type { Variable } from './workflow.ts'

/** Everything a running task needs from outside; passed in, so that tests can replace it. */
export interface RunnerServices {
  rows: RowStore
  /** fetches the files among rows' outputs; absent: they are not fetched */
  outputFiles?: OutputFetcher
  /** stops runs that cannot be stopped at once */
  stopped: RunStopper
  /** when this process opened the database, ms since 1970. What is older may be a backup that lacks runs */
  openedAt: number
  clock: Clock
  timing: Timing
  /** 0 ≤ x < 1 */
  random: () => number
}

/** Fetches the files among rows' outputs, whose links die within minutes. */
export interface OutputFetcher {
  /**
   * Fetches what waits of one row, or of a whole task. Resolves within minutes, whatever became of the files. Never
   * rejects.
   * @param signal aborted when this process leaves: what is not fetched waits for the next runner
   */
  fetch(of: { taskId: string; executionId?: string }, signal: AbortSignal): Promise<void>
}

/** Stops runs at Dify that nobody waits for any more, as soon as that is possible (stopped-runs.ts). */
export interface RunStopper {
  /**
   * Resolves when the run's end is known or nothing more can be done. Never rejects.
   * @param stream the run's open stream; kept open, because only it tells the id by which the run can be stopped
   */
  watch(tracked: Tracked, reason: 'person' | 'twin', stream?: RunStream): Promise<void>
  /** The row is to run again and may use this run's result: it is no longer to be stopped. */
  release(run: Run): Promise<void>
  /**
   * Watches the runs that are to be stopped and that nobody watches: those an earlier process has left, and those of rows
   * that no lane held when their task was stopped, such as a row that waited for its next look-up.
   * @param isHeld whether a lane may still have the run, and will hand it over with its stream
   */
  takeOver(
    services: RunnerServices,
    isHeld: (run: Run) => boolean,
    runtimeOf: (run: Run) => Promise<WorkflowRuntime>,
  ): Promise<void>
}

/** What a running task needs to know of its workflow. */
export interface WorkflowRuntime {
  app: DifyApp
  variables: Variable[]
  /** absent: none */
  requiredOutputs?: RequiredOutputs
  throttle: Throttle
  /** how long a run may wait in Dify's queue, where no look-up finds it; ms */
  queueMs: number
  /** how long a call may be on its way that Dify has not accepted so far; ms */
  graceMs: number
}

/**
 * Where executions are stored. A write takes effect only while the claim holds: the row is still `running` in the same
 * attempt, and the task is still in the epoch of the claim.
 */
export interface RowStore {
  /**
   * Takes the first row that may run now, in the order of the sheet. Also stores its run, unless earlier runs must be
   * looked up first.
   * @param now ms since 1970
   * @param steady the time on the monotonic clock; `now` if not given
   * @returns undefined if no row may run now or the epoch is over
   */
  claim(task: CallingTask, now: number, steady?: number): Promise<Claim | undefined>
  /**
   * When no row could be claimed: whether a limit, of the task or a month, is why. `wait`: until the calls in flight have
   * ended. `paused`: the task has just been paused, because no further call fits.
   */
  holdAtLimit(task: CallingTask, now: number): Promise<'go' | 'wait' | 'paused'>
  /** When the next waiting row may run, on the monotonic clock; undefined: no row waits. */
  nextAvailableAt(taskId: string): Promise<number | undefined>
  /**
   * Starts a new attempt and stores its run, once the earlier runs are over or given up.
   * @param ends the ends of earlier runs
   * @returns undefined if the claim no longer holds, and if a limit lets no further call be made: then the row waits again
   */
  beginAttempt(claim: Claim, task: CallingTask, now: number, ends?: RunEnd[]): Promise<Claim | undefined>
  /**
   * Stores when the run is asked for: files were uploaded for it first, or its claim is old.
   * @param run of the claim's attempt
   * @param now on the monotonic clock
   * @returns false if the claim no longer holds: the call must not be made
   */
  posting(claim: Claim, run: Pick<Run, 'uploadingAt'>, now: number): Promise<boolean>
  /** Stores news of a run while it goes on, so that it can be found again after a crash. */
  note(run: RunKey, note: RunNote): Promise<void>
  /** Stores the result of the attempt and its log entry. False: the claim no longer holds, and nothing was changed. */
  settle(claim: Claim, settlement: Settlement, entry: AttemptEntry): Promise<boolean>
  /** Stores the end of a run that was to be stopped. False: it was not stored, because its row may still use its result. */
  endStopped(run: Run, end: RunEnd, now: number): Promise<boolean>
  /** rows whose run waits for a person */
  readonly waiting: WaitingStore
  /** Runs that were asked to stop since then and may still go on. @param since ms since 1970 */
  listToStop(since: number): Promise<Run[]>
}

/** The log entry of an attempt. */
export interface AttemptEntry {
  at: number
  /** the same on the monotonic clock; `at` if not given */
  steady?: number
  /** the outcome's kind */
  outcome: string
  message: Sentence
  /** how long the attempt took, ms */
  ms: number
  user: string
  ids: RunIds
  /** calls at once that the throttle allowed */
  limit: number
  /** the runs that are known to have ended; if not given: this attempt's, as the settlement says */
  ends?: RunEnd[]
}
