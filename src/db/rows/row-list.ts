import type { Selectable } from 'kysely'
import type { ResultRow, Inputs } from '../../engine/task.ts'
import { EXECUTION_MOVES, type ExecutionStatus } from '../../engine/states.ts'
import { parseInputs } from '../json.ts'
import { toResultRow } from './result-rows.ts'
import { rowNumbersByError, rowNumbersBySearch } from './row-search.ts'
import type { Db, ExecutionTable } from '../schema.ts'
import { countInFlight } from '../stats/task-facts.ts'
import type { Page } from '../tasks/task-list.ts'

/** What is not given filters nothing. */
export interface RowFilter {
  statuses?: ExecutionStatus[]
  /** rows that failed with one of these, or with one that says the same (error-key.ts) */
  errors?: string[]
  /** a part of the cells, the outputs (their names too) or the error, whatever the case. Reads every row. */
  search?: string
}

/** A row as the page shows it. */
export interface ListedRow extends ResultRow {
  /** what is sent */
  inputs: Inputs
  /** when the last attempt began */
  attemptedAt: number | null
  finishedAt: number | null
  /** waiting: not tried again before then */
  availableAt: number
}

/** In the sheet’s order. `total` counts the rows of all pages. */
export async function listRowPage(
  db: Db,
  taskId: string,
  filter: RowFilter,
  page: Page,
): Promise<{ rows: ListedRow[]; total: number }> {
  const { numbers, total } =
    filter.errors === undefined && (filter.search ?? '').trim() === ''
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
  return { rows: rows.map(toListedRow), total }
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
  return row && toListedRow(row)
}

/** Of the counts that are kept with the task: only the rows that run are counted here, and they are few. */
export async function countRowsByStatus(db: Db, taskId: string): Promise<Record<ExecutionStatus, number>> {
  const task = await db
    .selectFrom('batch_tasks')
    .select(['total', 'succeeded', 'failed', 'cancelled'])
    .where('id', '=', taskId)
    .executeTakeFirst()
  const { total, succeeded, failed, cancelled } = task ?? { total: 0, succeeded: 0, failed: 0, cancelled: 0 }
  const running = await countInFlight(db, taskId)
  // Counted a moment apart: a row that was settled between must not make less than none.
  const pending = Math.max(0, total - succeeded - failed - cancelled - running)
  return { pending, running, succeeded, failed, cancelled }
}

/**
 * The numbers come first, from an index alone, and then the rows of this page: so a page deep in a large task does not
 * read what it skips.
 */
async function numbersByStatus(db: Db, taskId: string, wanted: ExecutionStatus[], { limit, offset }: Page) {
  const counts = await countRowsByStatus(db, taskId)
  const all = Object.keys(EXECUTION_MOVES) as ExecutionStatus[] // the keys of EXECUTION_MOVES are the states
  const statuses = wanted.length === 0 ? all : all.filter((status) => wanted.includes(status))
  const total = statuses.reduce((sum, status) => sum + counts[status], 0)

  const of = db.selectFrom('task_executions').select('row_number').where('task_id', '=', taskId)
  const [first, ...others] =
    statuses.length === all.length ? [of] : statuses.map((status) => of.where('status', '=', status))
  // Each state by itself, to be merged: each is in order in the index, and with `in` all would have to be sorted.
  const numbers = await others
    .reduce((union, other) => union.unionAll(other), first ?? of)
    .orderBy('row_number')
    .limit(limit)
    .offset(offset)
    .execute()
  return { numbers: numbers.map(({ row_number }) => row_number), total }
}

async function numbersBySearch(db: Db, taskId: string, filter: RowFilter, { limit, offset }: Page) {
  const { statuses = [], errors, search = '' } = filter
  // A row that waits again still has its last error, but it has not failed with it.
  const isFailedWanted = statuses.length === 0 || statuses.includes('failed')
  const numbers =
    errors === undefined
      ? await rowNumbersBySearch(db, taskId, search, statuses)
      : isFailedWanted
        ? await rowNumbersByError(db, taskId, errors, search)
        : []
  return { numbers: numbers.slice(offset, offset + limit), total: numbers.length }
}

function toListedRow(row: Selectable<ExecutionTable>): ListedRow {
  return {
    ...toResultRow(row),
    inputs: parseInputs(row.inputs),
    attemptedAt: row.attempted_at,
    finishedAt: row.finished_at,
    availableAt: row.available_at,
  }
}
