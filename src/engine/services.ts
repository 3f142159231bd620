import type { Clock } from './clock.ts'
import type { DifyApp, RunIds, Usage } from './outcome.ts'
import type { Timing } from './timing.ts'
import type { Settlement } from './settle.ts'
import type { Claim, Task } from './task.ts'
import type { Throttle } from './throttle.ts'
import type { Variable } from './workflow.ts'

/** Everything a running task needs of the world; main.ts hands it in. */
export interface RunnerServices {
  rows: RowStore
  clock: Clock
  timing: Timing
  /** 0 ≤ x < 1 */
  random: () => number
  /** Something of this task has changed. Must not throw and is not waited for. */
  report(taskId: string): void
}

/** The workflow of a running task. */
export interface WorkflowRuntime {
  app: DifyApp
  variables: Variable[]
  throttle: Throttle
  /** how long a run may wait in Dify's queue, where it is not listed */
  queueMs: number
}

/**
 * Where executions are kept. Every write holds only while the claim stands: the row still `running` in the same
 * attempt, and the task still in the epoch that the claim was made in.
 */
export interface RowStore {
  /** Takes the first row that may run now, in the sheet's order; undefined when there is none or the epoch is over. */
  claim(task: Pick<Task, 'id' | 'epoch'>, now: number): Promise<Claim | undefined>
  /** When the next waiting row may run; undefined when none waits. */
  nextAvailableAt(taskId: string): Promise<number | undefined>
  /**
   * Dify never had the run of an unresolved attempt, or it was stopped: a new one begins.
   * Undefined when the claim no longer stands.
   * @param usage what the stopped one took
   */
  beginAttempt(claim: Claim, now: number, usage?: Usage): Promise<Claim | undefined>
  /** Keeps what Dify calls the run, so that it can be found again after a crash. */
  checkpoint(claim: Claim, ids: RunIds): Promise<void>
  /** Writes what became of the attempt, and its log entry. False, and nothing changed, when the claim no longer stands. */
  settle(claim: Claim, settlement: Settlement, entry: AttemptEntry): Promise<boolean>
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
}
