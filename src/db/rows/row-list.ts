import { type Selectable, sql } from 'kysely'
import { inChunks } from '../in-chunks.ts'
import type { ResultRow, Inputs } from '../../engine/task.ts'
import { EXECUTION_MOVES, type ExecutionStatus } from '../../engine/states.ts'
import type { RowColumn } from '../../engine/row-column.ts'
import type { Money } from '../../engine/money.ts'
import { parseInputs } from '../json.ts'
import { listRowsToLookAt } from './flags.ts'
import { guessIn, toResultRow } from './result-rows.ts'
import { listReviewedRows } from './reviews.ts'
import { rowNumbersByError, rowNumbersBySearch } from './row-search.ts'
import { findGuesses } from '../runs/prices.ts'
import type { Db, ExecutionTable } from '../schema.ts'
import { countInFlight } from '../stats/task-facts.ts'
import type { Page } from '../tasks/task-list.ts'

/** A field that is not given does not filter. */
export interface RowFilter {
  statuses?: ExecutionStatus[]
  /** rows that failed with one of these errors, or with one that has the same key (error-key.ts) */
  errors?: string[]
  /** a part of the cells, the outputs (names included) or the error; case does not matter. Reads every row. */
  search?: string
  /** the search looks only at this input or output, as text */
  column?: RowColumn | undefined
  /** only rows that succeeded, by how long they took; without a search or another filter */
  slowestFirst?: boolean
  /** only rows with something to look at, or only those that somebody has edited or kept; other fields are ignored */
  only?: 'flagged' | 'reviewed'
}

/** A row as the page shows it. */
export interface ListedRow extends ResultRow {
  /** as sent to Dify */
  inputs: Inputs
  /** when the last attempt began */
  attemptedAt: number | null
  finishedAt: number | null
  /** of a waiting row: not tried again before this time */
  availableAt: number
}

/** In the sheet’s order, unless the slowest come first. `total` counts the rows of all pages. */
export async function listRowPage(
  db: Db,
  taskId: string,
  filter: RowFilter,
  page: Page,
): Promise<{ rows: ListedRow[]; total: number }> {
  const { numbers, total } = filter.only
    ? await numbersOnly(db, taskId, filter.only, page)
    : filter.slowestFirst
      ? await numbersBySeconds(db, taskId, page)
      : filter.errors === undefined && (filter.search ?? '').trim() === ''
        ? await numbersByStatus(db, taskId, filter.statuses ?? [], page)
        : await numbersBySearch(db, taskId, filter, page)
  if (numbers.length === 0) return { rows: [], total }
  const rows = await db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', 'in', numbers)
    .orderBy('row_number')
    .execute()
  const guesses = await findGuesses(db, taskId, rows)
  const byNumber = new Map(rows.map((row) => [row.row_number, toListedRow(row, guesses.get(row.row_number))]))
  return { rows: numbers.flatMap((number) => byNumber.get(number) ?? []), total }
}

/** The rows before and after one, in the sheet. */
export async function neighboursOf(
  db: Db,
  taskId: string,
  rowNumber: number,
): Promise<{ before: number | undefined; after: number | undefined }> {
  const of = db.selectFrom('task_executions').where('task_id', '=', taskId)
  const before = await of
    .select((eb) => eb.fn.max<number | null>('row_number').as('row'))
    .where('row_number', '<', rowNumber)
    .executeTakeFirst()
  const after = await of
    .select((eb) => eb.fn.min<number | null>('row_number').as('row'))
    .where('row_number', '>', rowNumber)
    .executeTakeFirst()
  return { before: before?.row ?? undefined, after: after?.row ?? undefined }
}

/** The states of these rows of a task. */
export async function statesOfRows(
  db: Db,
  taskId: string,
  rows: number[],
): Promise<Map<number, ExecutionStatus>> {
  const states = new Map<number, ExecutionStatus>()
  for (const chunk of inChunks(rows)) {
    const found = await db
      .selectFrom('task_executions')
      .select(['row_number', 'status'])
      .where('task_id', '=', taskId)
      .where('row_number', 'in', chunk)
      .execute()
    for (const { row_number, status } of found) states.set(row_number, status)
  }
  return states
}

export async function findListedRow(
  db: Db,
  taskId: string,
  rowNumber: number,
): Promise<ListedRow | undefined> {
  const row = await db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', '=', rowNumber)
    .executeTakeFirst()
  return row && toListedRow(row, (await findGuesses(db, taskId, [row])).get(rowNumber))
}

/** From the counts stored with the task. Only the running rows are counted here, and they are few. */
export async function countRowsByStatus(db: Db, taskId: string): Promise<Record<ExecutionStatus, number>> {
  const task = await db
    .selectFrom('batch_tasks')
    .select(['total', 'succeeded', 'failed', 'cancelled', 'waiting'])
    .where('id', '=', taskId)
    .executeTakeFirst()
  const { total, ...rest } = task ?? { total: 0, succeeded: 0, failed: 0, cancelled: 0, waiting: 0 }
  const { succeeded, failed, cancelled, waiting } = rest
  const running = await countInFlight(db, taskId)
  // The counts are read one after the other: a row settled in between must not make this negative.
  const pending = Math.max(0, total - succeeded - failed - cancelled - waiting - running)
  return { pending, running, waiting, succeeded, failed, cancelled }
}

async function numbersOnly(db: Db, taskId: string, only: 'flagged' | 'reviewed', { limit, offset }: Page) {
  const numbers =
    only === 'flagged'
      ? (await listRowsToLookAt(db, taskId)).map(({ row }) => row)
      : await listReviewedRows(db, taskId)
  return { numbers: numbers.slice(offset, offset + limit), total: numbers.length }
}

/**
 * Reads the row numbers first, from an index alone, and then the rows of this page: a page deep in a large task does
 * not read the rows before it.
 */
async function numbersByStatus(db: Db, taskId: string, wanted: ExecutionStatus[], { limit, offset }: Page) {
  const counts = await countRowsByStatus(db, taskId)
  const all = Object.keys(EXECUTION_MOVES) as ExecutionStatus[] // the keys of EXECUTION_MOVES are the states
  const statuses = wanted.length === 0 ? all : all.filter((status) => wanted.includes(status))
  const total = statuses.reduce((sum, status) => sum + counts[status], 0)

  const of = db.selectFrom('task_executions').select('row_number').where('task_id', '=', taskId)
  const [first, ...others] =
    statuses.length === all.length ? [of] : statuses.map((status) => of.where('status', '=', status))
  // One query per state, merged: the index has each state in order. With `in`, SQLite would have to sort all of them.
  const numbers = await others
    .reduce((union, other) => union.unionAll(other), first ?? of)
    .orderBy('row_number')
    .limit(limit)
    .offset(offset)
    .execute()
  return { numbers: numbers.map(({ row_number }) => row_number), total }
}

/** From the index of seconds, which has the rows that succeeded. */
async function numbersBySeconds(db: Db, taskId: string, { limit, offset }: Page) {
  const numbers = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where(sql<boolean>`status = 'succeeded'`) // exactly as in the index, else the index is not used
    .orderBy('seconds', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const { succeeded: total } = await countRowsByStatus(db, taskId)
  return { numbers: numbers.map(({ row_number }) => row_number), total }
}

async function numbersBySearch(db: Db, taskId: string, filter: RowFilter, { limit, offset }: Page) {
  const { statuses = [], errors, search = '', column } = filter
  // A row that waits again still has its last error, but has not failed with it.
  const isFailedWanted = statuses.length === 0 || statuses.includes('failed')
  const numbers =
    errors === undefined
      ? await rowNumbersBySearch(db, taskId, search, { statuses, column })
      : isFailedWanted
        ? await rowNumbersByError(db, taskId, errors, search)
        : []
  return { numbers: numbers.slice(offset, offset + limit), total: numbers.length }
}

function toListedRow(row: Selectable<ExecutionTable>, guess: Money | undefined): ListedRow {
  return {
    ...toResultRow(row),
    ...guessIn(row, guess),
    inputs: parseInputs(row.inputs),
    attemptedAt: row.attempted_at,
    finishedAt: row.finished_at,
    availableAt: row.available_at,
  }
}
