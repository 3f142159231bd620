import type { Task } from '../engine/task.ts'

/** A call of a row whose outcome was written. Without any text of the row. */
export interface TracedCall {
  row: number
  attempt: number
  /** ms since 1970 */
  began: number
  ended: number
  /** the outcome's kind */
  outcome: string
  /** what became of the row */
  status: string
  /** the run's id at Dify */
  runId?: string | undefined
}

/** Tells a collector of traces what runs; serve/traces.ts implements it. */
export interface Traces {
  /** one span, in the trace of its task */
  called(taskId: string, call: TracedCall): void
  /** The task's own span: all others of the trace are within it. */
  ended(task: Pick<Task, 'id' | 'workflowId' | 'createdAt' | 'finishedAt'> & { status: string }): void
  /** Sends what is left. */
  close(): Promise<void>
}
