/*
 * Terms
 *
 * - workflow: a Dify app this bot may run, with the input variables it declares (one API key = one app)
 * - upload: the bytes of one workbook that a person sent
 * - draft: a wizard in progress; becomes a task when confirmed
 * - task: one sheet of an upload, to be run through one workflow row by row
 * - execution: one row of a task going through the workflow; it is claimed, attempted, settled
 * - attempt: one call to Dify for an execution
 * - run: what Dify creates for an attempt; stored in `runs` before the call (run.ts)
 * - outcome: the result of an attempt, as a value (outcome.ts)
 * - mapping: which column feeds which variable
 * - log entry: what happened to an execution or a task, when, and why
 * - epoch: a task's generation; it rises at every take-over and stop, and writes of an older one have no effect
 *
 * Dify has a `task_id` of its own (to stop a run) and a `workflow_run_id`: here `difyTaskId` and `workflowRunId`.
 * Times are milliseconds since 1970, durations name their unit.
 */
import type { TaskLimit } from './limits.ts'
import type { Nano } from './money.ts'
import type { Flag } from './flag.ts'
import type { Edits, Kept } from './edits.ts'
import type { Run } from './run.ts'
import type { Sentence } from './sentence.ts'
import type { ExecutionStatus, TaskStatus } from './states.ts'

/** What is sent to a workflow for one row, by variable name. */
export type Inputs = Record<string, InputValue>
export type InputValue = string | number | boolean | JsonObject | FileInput | FileInput[]
export type JsonObject = { [key: string]: unknown }

export type FileInput = LinkedFile | LocalFile

/** A file given by its URL. Dify fetches it; if the workflow accepts local files only, we upload it. */
export interface LinkedFile {
  type: FileType
  transfer_method: 'remote_url'
  url: string
}

/** A file that came along with the upload (see GivenFile). It is uploaded to Dify for each call. */
export interface LocalFile {
  type: FileType
  transfer_method: 'local_file'
  /** without folders */
  name: string
  sha256: string
  /** in bytes */
  size: number
}
export type FileType = 'image' | 'document' | 'audio' | 'video' | 'custom'

/**
 * Inputs of a row for which a person has put another value: what the file gives to them, by name. The values of the
 * person are among the inputs of the row.
 */
export type EditedInputs = Record<string, EditedInput>

export interface EditedInput {
  /** null: nothing is sent for it */
  from: InputValue | null
  by: string
  at: number
}

/** What a workflow returned for one row, by output name. */
export type Outputs = Record<string, unknown>

/** One cell of a person's sheet, as they see it. Dates are ISO text. */
export type Cell = string | number | boolean | null

/** A value that every row of a task is sent for an input without a column. */
export interface Constant {
  /** of the input */
  name: string
  label: string
  /** as a person would type it into a cell */
  text: string
  /** nobody gave it: it is the workflow’s own default */
  isDefault?: true
}

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
  /** absent: none */
  constants?: Constant[]
  /** how much it may cost; absent: as much as it does */
  limit?: TaskLimit
  /** who started it, as the result and the list name them */
  owner: string
  /** who of a chat started it and so may act on it; null: nobody of a chat */
  ownerKey: string | null
  /** part of the `user` of every attempt, so that no two tasks share one, even of different installations */
  nonce: string
  /** if set: some rows are tried first, this one the last of them; all others wait until the task is resumed */
  pauseAfter: number | null
  /** the epoch that a person's last stop began; null: never stopped. A take-over begins an epoch too, but is no stop */
  stoppedEpoch: number | null
  /** why it stopped by itself, and what to do; null: it did not */
  error: Sentence | null
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
}

/** How many executions of a task are settled, and how; `left` are pending, running or waiting for a person. */
export type Counts = Record<'total' | 'succeeded' | 'failed' | 'cancelled' | 'left', number>

export interface Execution {
  id: string
  taskId: string
  /** the row's number in the person's sheet, from 1 */
  rowNumber: number
  status: ExecutionStatus
  inputs: Inputs
  /** calls made so far, including the present one */
  attempt: number
  /** how many of them count against the retries */
  failures: number
  /** how often in a row it was turned away by “too many requests” or an unreachable server, which costs no attempt */
  throttles: number
  /** since when every call was turned away, on the monotonic clock; null: the last one was not */
  turnedAwayAt: number | null
  /** the error of the last attempt, if it did not succeed */
  error: Sentence | null
  /** when the last attempt began */
  attemptedAt: number | null
}

/** An execution that a lane holds, under the epoch it was claimed in. */
export interface Claim extends Execution {
  epoch: number
  attemptedAt: number
  /**
   * Runs of the row whose end is not known, oldest first; they must be looked up before the next call. If there are none,
   * the run of this attempt has just been stored, and its call can be made.
   */
  open: Run[]
}

/** A row of a task's result, in whatever state it is. */
export interface ResultRow {
  /** its number in the person's sheet, from 1 */
  row: number
  /** one cell per heading; more only if the row has cells beyond the headings */
  cells: Cell[]
  /** `left out`: the check found a fault, and the person chose to run the others */
  status: ExecutionStatus | 'left out'
  outputs: Outputs | null
  error: Sentence | null
  warning: Sentence | null
  attempts: number
  seconds: number | null
  tokens: number | null
  price: Nano | null
  currency: string | null
  /** an estimate, if Dify did not report the price of some of its runs: the workflow's mean price for each of them */
  priceGuess?: Nano
  workflowRunId: string | null
  /** reasons to look at its outputs; absent: none, or not judged yet */
  flags?: Flag[]
  /** a person's values in place of outputs; absent: none */
  edits?: Edits
  /** a person has found the answer right */
  kept?: Kept
  /** what it was sent by a person's will: the file gives `from`; null: nothing; absent: all is as in the file */
  editedInputs?: Record<string, EditedInput & { to: InputValue | null }>
  /** the outputs are an answer from before it was to run again, which it has not done, or has failed to */
  fromBefore?: true
  /** it was not called: it sends the same as this row, and has or will have its answer */
  asRow?: number
  /** it was not called: its answer comes from this row of an earlier task, which may be deleted by now */
  from?: { taskId: string; row: number }
}

/** What making calls needs of a task: which it is, and who pays for them. */
export type CallingTask = Pick<Task, 'id' | 'epoch' | 'nonce' | 'workflowId' | 'owner' | 'ownerKey'>

/** A row that the check found faulty, and that does not run. */
export interface LeftOutRow {
  row: number
  cells: Cell[]
  /** why, in English */
  fault: string
  /** the same as data, for other languages; absent: it was left out before Rowbot kept that */
  found?: readonly FoundFault[]
}

/** One thing that a check has found, as its code and its parts: see workbook/fault.ts. */
export interface FoundFault {
  /** the cell, or the input whose one value for all rows it is; empty: it is about the sheet */
  at: string
  fault: { code: string } & Record<string, unknown>
}
