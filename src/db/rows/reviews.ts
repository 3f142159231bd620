import { sql } from 'kysely'
import type { Flag } from '../../engine/flag.ts'
import type { Edits, Kept } from '../../engine/edits.ts'
import type { SeenAnswer } from '../../engine/review.ts'
import type { ExecutionStatus } from '../../engine/states.ts'
import type { Inputs, Outputs } from '../../engine/task.ts'
import { parseEdits, parseFlags, parseInputs, parseKept, parseOutputs, toText } from '../json.ts'
import type { Db, Trx } from '../schema.ts'
import { hasRow } from './has-row.ts'

/* What people have said of rows' answers: engine/review.ts. */

/** For every statement that writes new outputs. */
export const NOT_REVIEWED = { edited_outputs: null, kept: null, from_before: 0 } as const

/** A row's answer, as people look at it. */
export interface ReviewedRow extends SeenAnswer {
  id: string
  taskId: string
  row: number
  status: ExecutionStatus
  inputs: Inputs
  outputs: Outputs | null
  error: string | null
  /** empty: nothing to look at, or not judged yet */
  flags: Flag[]
  edits: Edits
  kept: Kept | null
}

export async function findReviewedRow(
  db: Db | Trx,
  taskId: string,
  row: number,
): Promise<ReviewedRow | undefined> {
  const found = await db
    .selectFrom('task_executions')
    .select(['id', 'status', 'attempt', 'finished_at', 'inputs', 'outputs', 'error', 'flags'])
    .select(['edited_outputs', 'kept'])
    .where('task_id', '=', taskId)
    .where('row_number', '=', row)
    .executeTakeFirst()
  return (
    found && {
      id: found.id,
      taskId,
      row,
      status: found.status,
      attempts: found.attempt,
      finishedAt: found.finished_at,
      inputs: parseInputs(found.inputs),
      outputs: found.outputs === null ? null : parseOutputs(found.outputs),
      error: found.error === '' ? null : found.error,
      flags: found.flags === null || found.status !== 'succeeded' ? [] : parseFlags(found.flags),
      edits: found.edited_outputs === null ? {} : parseEdits(found.edited_outputs),
      kept: found.kept === null ? null : parseKept(found.kept),
    }
  )
}

/** False, and nothing is written: the row has run again since it was read, or somebody has edited or kept it. */
export async function writeReview(
  trx: Trx,
  { id, attempts, finishedAt, edits, kept }: ReviewedRow,
  now: { edits: Edits; kept: Kept | null },
): Promise<boolean> {
  const stored = await trx
    .selectFrom('task_executions')
    .select(['edited_outputs', 'kept'])
    .where('id', '=', id)
    .where('status', '=', 'succeeded')
    .where('attempt', '=', attempts)
    .where('finished_at', finishedAt === null ? 'is' : '=', finishedAt)
    .executeTakeFirst()
  // Compared here and not in SQL: they may be encrypted.
  if (stored?.edited_outputs !== editsText(edits) || stored.kept !== keptText(kept)) return false
  await trx
    .updateTable('task_executions')
    .set({ edited_outputs: editsText(now.edits), kept: keptText(now.kept) })
    .where('id', '=', id)
    .execute()
  return true
}

/** How many rows a person has edited, and of the others, how many somebody has kept. */
export async function countReviewed(db: Db, taskId: string): Promise<{ edited: number; kept: number }> {
  const { edited, all } = await db
    .selectFrom('task_executions')
    .select((eb) => [eb.fn.count<number>('edited_outputs').as('edited'), eb.fn.countAll<number>().as('all')])
    .where('task_id', '=', taskId)
    .where(IS_REVIEWED)
    .executeTakeFirstOrThrow()
  return { edited, kept: all - edited }
}

/** Whether a person has edited some row of the task, or one between these. */
export function hasEdits(db: Db, taskId: string, rows?: { from: number; to: number }): Promise<boolean> {
  return hasRow(db, taskId, sql<boolean>`${IS_REVIEWED} and edited_outputs is not null`, rows)
}

/** Numbers of the rows that somebody has edited or kept, in the sheet's order. */
export async function listReviewedRows(db: Db, taskId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where(IS_REVIEWED)
    .orderBy('row_number')
    .execute()
  return rows.map(({ row_number }) => row_number)
}

/** What has been said of the rows of a task, by their numbers. */
export async function listReviewStates(db: Db, taskId: string): Promise<Map<number, 'edited' | 'kept'>> {
  const rows = await db
    .selectFrom('task_executions')
    .select((eb) => ['row_number', eb('edited_outputs', 'is not', null).as('isEdited')])
    .where('task_id', '=', taskId)
    .where(IS_REVIEWED)
    .execute()
  return new Map(rows.map(({ row_number, isEdited }) => [row_number, isEdited ? 'edited' : 'kept']))
}

/** Exactly as in the index, else the index is not used. */
const IS_REVIEWED = sql<boolean>`(edited_outputs is not null or kept is not null)`

function editsText(edits: Edits): string | null {
  return Object.keys(edits).length === 0 ? null : toText(edits)
}

function keptText(kept: Kept | null): string | null {
  return kept === null ? null : toText(kept)
}
