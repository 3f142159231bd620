/** What Dify calls a run. Known from the first event that has them. */
export interface RunIds {
  workflowRunId?: string
  difyTaskId?: string
  /** chat and completion apps */
  messageId?: string
}

/** What one run took, as far as Dify tells. */
export interface Usage {
  seconds?: number
  tokens?: number
  price?: number
  currency?: string
}

/**
 * What became of a run. `open`: not known yet, so it is asked for before its row is called again. `refused`: the call was
 * turned away and nothing ran. `absent`: Dify never had it. `unknown`: nobody can tell any more; it may have been paid.
 */
export type CallStatus = 'open' | 'succeeded' | 'failed' | 'stopped' | 'refused' | 'absent' | 'unknown'

/** How the end of a run was learnt. */
export type Learnt = 'stream' | 'look-up' | 're-attach' | 'never'

/** Why Dify was asked to stop a run: a person stopped its task, its time was up, or another run of its row began first. */
export type StopReason = 'person' | 'limit' | 'twin'

/** One call to Dify and what is known of the run it made. Written before the call; nothing of it is ever cleared. */
export interface Run extends RunIds {
  executionId: string
  taskId: string
  /** the row's number in the person's sheet */
  rowNumber: number
  attempt: number
  /** no other call has it */
  user: string
  sentAt: number
  /** Dify took the call */
  acceptedAt: number | null
  /** a worker began it: from then on the row's time limit counts */
  startedAt: number | null
  heardAt: number | null
  /** its stream broke, or never came */
  lostAt: number | null
  stopAskedAt: number | null
  stopReason: StopReason | null
  /** no longer waited for, though its end is not known */
  givenUpAt: number | null
}

export type RunKey = Pick<Run, 'executionId' | 'attempt'>

/** What is learnt of a run while it goes on. What is there is never taken back. */
export type RunNote = RunIds &
  Partial<
    Record<
      'acceptedAt' | 'startedAt' | 'heardAt' | 'lostAt' | 'askedAt' | 'stopAskedAt' | 'givenUpAt',
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
  /** as far as they are known: those of a quick run are written with its end */
  times?: Pick<Run, 'acceptedAt' | 'startedAt' | 'heardAt'>
}

/** A call that is about to be made. */
export function newRun(
  { id, taskId, rowNumber, attempt }: { id: string; taskId: string; rowNumber: number; attempt: number },
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
    acceptedAt: null,
    startedAt: null,
    heardAt: null,
    lostAt: null,
    stopAskedAt: null,
    stopReason: null,
    givenUpAt: null,
  }
}

/** The `user` of a call: no other of any task or installation has it, so its run can be found by it. */
export function userOf(
  { taskId, rowNumber, attempt }: { taskId: string; rowNumber: number; attempt: number },
  { nonce }: { nonce: string },
): string {
  return `rowbot-${taskId}-${nonce}-${rowNumber}-${attempt}`
}

/** What is told of them. A stream that was joined again gives the run's id for the task's, by which nothing is stopped. */
export function idsOf({ workflowRunId, difyTaskId, messageId }: RunIds): RunIds {
  return {
    ...(workflowRunId && { workflowRunId }),
    ...(difyTaskId && difyTaskId !== workflowRunId && { difyTaskId }),
    ...(messageId && { messageId }),
  }
}
