import type { ExecutionStatus } from './states.ts'
import type { Cell, Outputs } from './task.ts'

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
  workflowRunId: string | null
}
