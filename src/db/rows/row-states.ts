import { createHash } from 'node:crypto'
import { versionOf } from '../../engine/review.ts'
import type { ExecutionStatus } from '../../engine/states.ts'
import { inChunks } from '../in-chunks.ts'
import type { Db, Trx } from '../schema.ts'
import { findReviewedRow } from './reviews.ts'

export interface RowState {
  row: number
  status: ExecutionStatus
  attempts: number
  finishedAt: number | null
}

/** Of those of these rows that the task has, in the sheet’s order if the numbers are. */
export async function listRowStates(
  db: Db | Trx,
  taskId: string,
  numbers: readonly number[],
): Promise<RowState[]> {
  const states: RowState[] = []
  for (const chunk of inChunks([...numbers])) {
    const rows = await db
      .selectFrom('task_executions')
      .select(['row_number', 'status', 'attempt', 'finished_at'])
      .where('task_id', '=', taskId)
      .where('row_number', 'in', chunk)
      .orderBy('row_number')
      .execute()
    for (const { row_number: row, status, attempt: attempts, finished_at: finishedAt } of rows)
      states.push({ row, status, attempts, finishedAt })
  }
  return states
}

/** Of rows as somebody sees them: it changes whenever one of them runs. Of one row it is the version of its answer. */
export async function versionOfRows(
  db: Db | Trx,
  taskId: string,
  numbers: readonly number[],
): Promise<string> {
  const [only, ...others] = numbers
  const one = only !== undefined && others.length === 0 ? await findReviewedRow(db, taskId, only) : undefined
  if (one) return versionOf(one)
  const states = await listRowStates(
    db,
    taskId,
    numbers.toSorted((a, b) => a - b),
  )
  const seen = createHash('sha256')
  for (const { row, attempts, finishedAt } of states) seen.update(`${row} ${attempts} ${finishedAt}\n`)
  return seen.digest('base64url').slice(0, 10)
}
