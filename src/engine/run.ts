import type { Nano } from './money.ts'

/** Dify's ids of a run. Known from the first event that has them. */
export interface RunIds {
  workflowRunId?: string
  difyTaskId?: string
  /** chat and completion apps */
  messageId?: string
  /** the published version of the workflow that ran: Dify’s `workflow_id` */
  workflowVersion?: string
}

/** What one run used, as far as Dify reports it. `currency` is a code such as USD. */
export interface Usage {
  seconds?: number
  tokens?: number
  price?: Nano
  currency?: string
  /** where it went, as far as a stream has told: at most MOST_STEPS */
  steps?: readonly RunStep[]
}

/** One step that Dify took in a run. */
export interface RunStep {
  title: string
  /** Dify's word for the kind of node: `llm`, `http-request` */
  type: string
  seconds: number
  tokens?: number
  /** a decimal, in the currency of the run */
  price?: string
  /** why it failed, in the server's words */
  error?: string
}

/** A loop may take thousands. */
export const MOST_STEPS = 60

/**
 * What became of a run. `open`: not known yet, so it is looked up before the next call for its row. `refused`: Dify
 * refused the call and nothing ran. `absent`: Dify never had the run. `unknown`: nobody can find out; it may have been
 * paid for.
 */
export type CallStatus = 'open' | 'succeeded' | 'failed' | 'stopped' | 'refused' | 'absent' | 'unknown'

/** How we learnt the end of a run. `never`: we did not. */
export type Learnt = 'stream' | 'look-up' | 're-attach' | 'never'

/** Why Dify was asked to stop a run: a person stopped the task, the time was up, or another run of the row started first. */
export type StopReason = 'person' | 'limit' | 'twin'

/**
 * One call to Dify, and what is known of the run that it made. Stored before the call; nothing in it is ever cleared.
 * Times are ms since 1970.
 */
export interface Run extends RunIds {
  executionId: string
  taskId: string
  /** the row's number in the person's sheet */
  rowNumber: number
  attempt: number
  /** unique to this call */
  user: string
  sentAt: number
  /** files are uploaded for it first, from then on; null: it has none */
  uploadingAt: number | null
  /** its files were uploaded, and the run itself was asked for */
  postedAt: number | null
  /** Dify accepted the call */
  acceptedAt: number | null
  /** a worker started the run; the row's time limit counts from here */
  startedAt: number | null
  /** the last sign of life */
  heardAt: number | null
  /** its stream broke or never opened */
  lostAt: number | null
  stopAskedAt: number | null
  stopReason: StopReason | null
  /** we stopped waiting for it, though its end is not known */
  givenUpAt: number | null
  /** it first waited for a person; null: never */
  pausedAt: number | null
  /** it last went on after that; the row's time limit counts from here, then */
  resumedAt: number | null
  /** what it had cost when it last paused: its stream after that has only what came later */
  spent: Pick<Usage, 'price' | 'currency'>
}

export type RunKey = Pick<Run, 'executionId' | 'attempt'>

/** News of a run while it goes on. Once stored, none of it is removed. */
export type RunNote = RunIds &
  Partial<
    Record<
      | 'uploadingAt'
      | 'postedAt'
      | 'acceptedAt'
      | 'startedAt'
      | 'heardAt'
      | 'lostAt'
      | 'askedAt'
      | 'stopAskedAt'
      | 'givenUpAt'
      | 'pausedAt',
      number
    > & { stopReason: StopReason }
  >

/** The end of a run. */
export interface RunEnd {
  attempt: number
  status: Exclude<CallStatus, 'open'>
  learnt: Learnt
  usage: Usage
  ids: RunIds
  /** as far as they are known; a quick run has them stored together with its end */
  times?: Pick<Run, 'acceptedAt' | 'startedAt' | 'heardAt'>
}

/** The run of a call that is about to be made. @param now ms since 1970 */
export function newRun(
  { id, taskId, rowNumber, attempt, inputs }: RowOfRun,
  task: { nonce: string },
  now: number,
): Run {
  return {
    executionId: id,
    taskId,
    rowNumber,
    attempt,
    user: userOf({ taskId, rowNumber, attempt }, task),
    sentAt: now,
    // If only links are to be uploaded, it is noted when that begins.
    uploadingAt: Object.values(inputs).some(hasLocalFile) ? now : null,
    postedAt: null,
    acceptedAt: null,
    startedAt: null,
    heardAt: null,
    lostAt: null,
    stopAskedAt: null,
    stopReason: null,
    givenUpAt: null,
    pausedAt: null,
    resumedAt: null,
    spent: {},
  }
}

interface RowOfRun {
  id: string
  taskId: string
  rowNumber: number
  attempt: number
  /** what the row sends, as in task.ts */
  inputs: Record<string, unknown>
}

function hasLocalFile(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasLocalFile)
  if (typeof value !== 'object' || value === null) return false
  return 'transfer_method' in value && value.transfer_method === 'local_file'
}

/** Its files are being uploaded. The run itself was not asked for, so Dify has none, and nothing was paid. */
export function isUploading(
  run: Pick<Run, 'uploadingAt' | 'postedAt' | 'acceptedAt' | 'startedAt'>,
): boolean {
  return (
    run.uploadingAt !== null && run.postedAt === null && run.acceptedAt === null && run.startedAt === null
  )
}

/** The `user` of a call. No other call of any task or installation has it, so the run can be found by it. */
export function userOf(
  { taskId, rowNumber, attempt }: { taskId: string; rowNumber: number; attempt: number },
  { nonce }: { nonce: string },
): string {
  return `rowbot-${taskId}-${nonce}-${rowNumber}-${attempt}`
}

/** The ids that are known. A stream that was joined again has the run's id in place of the task's; that stops nothing. */
export function idsOf({ workflowRunId, difyTaskId, messageId, workflowVersion }: RunIds): RunIds {
  return {
    ...(workflowRunId && { workflowRunId }),
    ...(difyTaskId && difyTaskId !== workflowRunId && { difyTaskId }),
    ...(messageId && { messageId }),
    ...(workflowVersion && { workflowVersion }),
  }
}
