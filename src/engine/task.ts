/*
 * Terms
 *
 * - workflow: a Dify app this bot may run, with the input variables it declares (one API key = one app)
 * - upload: the bytes of one workbook that a person sent
 * - draft: a wizard in progress; becomes a task when confirmed
 * - task: one sheet of an upload, to be run through one workflow row by row
 * - execution: one row of a task going through the workflow; it is claimed, attempted, settled
 * - attempt: one call to Dify for an execution
 * - run: what Dify makes of an attempt; a line in `runs`, written before the call (run.ts)
 * - outcome: what an attempt came to, as a value (outcome.ts)
 * - mapping: which column feeds which variable
 * - log entry: what happened to an execution or a task, when, and why
 * - epoch: a task's generation; it rises at every take-over and stop, and a write of an older one changes nothing
 *
 * Dify has a `task_id` of its own (to stop a run) and a `workflow_run_id`: here `difyTaskId` and `workflowRunId`.
 * Times are milliseconds since 1970, durations name their unit.
 */
import type { Run } from './run.ts'
import type { ExecutionStatus, TaskStatus } from './states.ts'

/** What is sent to a workflow for one row, by variable name. */
export type Inputs = Record<string, InputValue>
export type InputValue = string | number | boolean | JsonObject | FileInput | FileInput[]
export type JsonObject = { [key: string]: unknown }

/** A file given by its address; Dify fetches it, or we upload it where the workflow takes local files only. */
export interface FileInput {
  type: FileType
  transfer_method: 'remote_url'
  url: string
}
export type FileType = 'image' | 'document' | 'audio' | 'video' | 'custom'

/** What a workflow gave for one row, by output name. */
export type Outputs = Record<string, unknown>

/** One cell of a person's sheet, as they see or mean it. Dates are ISO text. */
export type Cell = string | number | boolean | null

/** How a task is run. Ranges are in parameters.ts. */
export interface Parameters {
  name: string
  /** rows at once, 1–10 */
  concurrency: number
  /** further attempts after a failed one, 0–5 */
  retries: number
  /** time limit of one row, 60–1200 s */
  timeoutSeconds: number
}

export interface Task extends Parameters {
  id: string
  status: TaskStatus
  epoch: number
  workflowId: string
  uploadId: string
  fileName: string
  sheet: string
  /** the last row of the headings, from 1: the rows to run are below it; null: not known */
  headingRow: number | null
  /** the headings of the person's sheet, in its order */
  headings: string[]
  /** who started it, as the result and the list name them */
  owner: string
  /** who of a chat started it and so may act on it; null: nobody of a chat */
  ownerKey: string | null
  /** part of the `user` of every attempt, so that no two tasks of any installation share one */
  nonce: string
  /** tried first: rows beyond this one of the sheet wait until the task is resumed */
  pauseAfter: number | null
  /** the epoch that a person's last stop began; null: never stopped. A take-over begins an epoch, too, but stops nothing */
  stoppedEpoch: number | null
  /** why it stopped by itself, and what to do about it */
  error: string | null
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
}

/** How many executions of a task are settled, and how; `left` are pending or running. */
export type Counts = Record<'total' | 'succeeded' | 'failed' | 'cancelled' | 'left', number>

export interface Execution {
  id: string
  taskId: string
  /** the row's number in the person's sheet, from 1 */
  rowNumber: number
  status: ExecutionStatus
  inputs: Inputs
  /** calls begun so far, the present one included */
  attempt: number
  /** of those, how many failed for good reason and so count against the retries */
  failures: number
  /** turned away in a row by “too many requests” or an unreachable server: costs no attempt, but has an end */
  throttles: number
  /** since when, call after call; null: the last one was not turned away */
  turnedAwayAt: number | null
  /** what the last attempt came to, if it was no success */
  error: string | null
  /** when the last attempt began */
  attemptedAt: number | null
}

/** An execution that a lane holds, under the epoch it was claimed in. */
export interface Claim extends Execution {
  epoch: number
  attemptedAt: number
  /**
   * Runs of the row whose end is not known, oldest first: they are asked for before the row is called. None: the run of
   * this attempt has just been written down, and is to be called.
   */
  open: Run[]
}

/** A row of a task's result, whatever became of it so far. */
export interface ResultRow {
  /** its number in the person's sheet, from 1 */
  row: number
  /** as long as the headings; longer only where a row has cells beyond them */
  cells: Cell[]
  /** `left out`: the check found a fault, and the person chose to run the others */
  status: ExecutionStatus | 'left out'
  outputs: Outputs | null
  error: string | null
  warning: string | null
  attempts: number
  seconds: number | null
  tokens: number | null
  price: number | null
  currency: string | null
  /** what its price may be, where a run of it has cost something that nobody told: the workflow's mean for each */
  priceGuess?: number
  workflowRunId: string | null
}
