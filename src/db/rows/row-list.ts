import type { Selectable } from 'kysely'
import type { ResultRow, Inputs } from '../../engine/task.ts'
import { EXECUTION_MOVES, type ExecutionStatus } from '../../engine/states.ts'
import type { RowColumn, RowOrder } from '../../engine/row-column.ts'
import type { Money } from '../../engine/money.ts'
import { parseInputs } from '../json.ts'
import { listRowsToLookAt } from './flags.ts'
import { guessIn, toResultRow } from './result-rows.ts'
import { listReviewedRows } from './reviews.ts'
import { sortedRowNumbers } from './row-order.ts'
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
  /** only rows with something to look at, or only those that somebody has edited or kept */
  only?: 'flagged' | 'reviewed'
  /** only rows of the sheet after this one */
  after?: number
  /** absent: in the sheet’s order */
  order?: RowOrder | undefined
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

/** A page of the rows; `total` counts those of all pages. */
export async function listRowPage(
  db: Db,
  taskId: string,
  filter: RowFilter,
  page: Page,
): Promise<{ rows: ListedRow[]; total: number }> {
  const { after = 0 } = filter
  const { numbers, total } = readsEveryRow(filter)
    ? pageOf(
        (await listRowNumbers(db, taskId, filter)).filter((number) => number > after),
        page,
      )
    : await numbersByStatus(db, taskId, filter, page)
  return { rows: await listRowsAt(db, taskId, numbers), total }
}

/** No index knows which rows these are, or their order: `listRowNumbers` is worth keeping for the next page. */
export function readsEveryRow({ errors, search = '', only, order }: RowFilter): boolean {
  const isSorted = order !== undefined && order.by !== 'row'
  return isSorted || errors !== undefined || only !== undefined || search.trim() !== ''
}

/** The numbers of all rows that the filter lets through, in its order. */
export async function listRowNumbers(db: Db, taskId: string, filter: RowFilter): Promise<number[]> {
  const { statuses, order = SHEET_ORDER } = filter
  const numbers = await numbersFiltered(db, taskId, filter)
  if (order.by !== 'row') {
    const among = numbers && new Set(numbers)
    return sortedRowNumbers(db, taskId, order, { statuses: among ? [] : statuses, among })
  }
  const inOrder = numbers ?? (await sortedRowNumbers(db, taskId, SHEET_ORDER, { statuses }))
  return order.isDescending ? inOrder.toReversed() : inOrder
}

const SHEET_ORDER: RowOrder = { by: 'row', isDescending: false }

/** A part of a list, and how long the list is. */
export function pageOf(numbers: number[], { limit, offset }: Page): { numbers: number[]; total: number } {
  return { numbers: numbers.slice(offset, offset + limit), total: numbers.length }
}

/** These rows, in this order; without those that do not exist any more. */
export async function listRowsAt(db: Db, taskId: string, numbers: number[]): Promise<ListedRow[]> {
  if (numbers.length === 0) return []
  const rows = await db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', 'in', numbers)
    .orderBy('row_number')
    .execute()
  const guesses = await findGuesses(db, taskId, rows)
  const byNumber = new Map(rows.map((row) => [row.row_number, toListedRow(row, guesses.get(row.row_number))]))
  return numbers.flatMap((number) => byNumber.get(number) ?? [])
}

/** The rows before and after one in the sheet, of all or of those in one of these states. */
export async function neighboursOf(
  db: Db,
  taskId: string,
  rowNumber: number,
  statuses: ExecutionStatus[] = [],
): Promise<{ before: number | undefined; after: number | undefined }> {
  let of = db.selectFrom('task_executions').where('task_id', '=', taskId)
  if (statuses.length > 0) of = of.where('status', 'in', statuses)
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

/**
 * Reads the row numbers first, from an index alone, and then the rows of this page: a page deep in a large task does
 * not read the rows before it.
 */
async function numbersByStatus(
  db: Db,
  taskId: string,
  { statuses: wanted = [], after, order = SHEET_ORDER }: RowFilter,
  { limit, offset }: Page,
) {
  const all = Object.keys(EXECUTION_MOVES) as ExecutionStatus[] // the keys of EXECUTION_MOVES are the states
  const statuses = wanted.length === 0 ? all : all.filter((status) => wanted.includes(status))

  let of = db.selectFrom('task_executions').select('row_number').where('task_id', '=', taskId)
  if (after !== undefined) of = of.where('row_number', '>', after)
  const [first, ...others] =
    statuses.length === all.length ? [of] : statuses.map((status) => of.where('status', '=', status))
  // One query per state, merged: the index has each state in order. With `in`, SQLite would have to sort all of them.
  const united = others.reduce((union, other) => union.unionAll(other), first ?? of)
  const numbers = await united
    .orderBy('row_number', order.isDescending ? 'desc' : 'asc')
    .limit(limit)
    .offset(offset)
    .execute()
  const total =
    after === undefined
      ? await countByStatus(db, taskId, statuses)
      : await db
          .selectFrom(united.as('rows'))
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
          .then(({ count }) => count)
  return { numbers: numbers.map(({ row_number }) => row_number), total }
}

async function countByStatus(db: Db, taskId: string, statuses: ExecutionStatus[]): Promise<number> {
  const counts = await countRowsByStatus(db, taskId)
  return statuses.reduce((sum, status) => sum + counts[status], 0)
}

/** In the sheet’s order; undefined: only the states filter, if anything does. */
async function numbersFiltered(
  db: Db,
  taskId: string,
  { statuses = [], errors, search = '', column, only }: RowFilter,
): Promise<number[] | undefined> {
  if (only !== undefined) {
    const numbers =
      only === 'flagged'
        ? (await listRowsToLookAt(db, taskId)).map(({ row }) => row)
        : await listReviewedRows(db, taskId)
    if (search.trim() === '' || numbers.length === 0) return numbers
    const found = new Set(await rowNumbersBySearch(db, taskId, search, { column }))
    return numbers.filter((number) => found.has(number))
  }
  // A row that waits again still has its last error, but has not failed with it.
  const isFailedWanted = statuses.length === 0 || statuses.includes('failed')
  if (errors !== undefined)
    return isFailedWanted ? rowNumbersByError(db, taskId, errors, { search, column }) : []
  return search.trim() === '' ? undefined : rowNumbersBySearch(db, taskId, search, { statuses, column })
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
