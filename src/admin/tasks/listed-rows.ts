import { listErrorGroups } from '../../db/rows/error-groups.ts'
import {
  listRowNumbers,
  listRowPage,
  listRowsAt,
  type ListedRow,
  neighboursOf,
  pageOf,
  readsEveryRow,
  type RowFilter,
} from '../../db/rows/row-list.ts'
import type { Sentence } from '../../engine/sentence.ts'
import type { ListedTask, Page } from '../../db/tasks/task-list.ts'
import type { AdminContext } from '../options.ts'
import { rowsQueries } from './facts.ts'
import {
  besideOf,
  columnSearched,
  groupKey,
  orderOf,
  ROWS_A_PAGE,
  rowsShown,
  taskPath,
  type TaskQuery,
} from './task-query.ts'

const MAX_GROUPS = 500

/**
 * One page of the rows that the query asks for. A search, or an order that no index has, reads every row of the task. The
 * row numbers that it finds are kept as all queries over all rows are (`rowsQueries` in facts.ts: 30 s for a large task),
 * so that its other pages come as quickly as any, and do not move while people read.
 */
export async function findRowPage(
  task: ListedTask,
  query: TaskQuery,
  context: AdminContext,
): Promise<{ rows: ListedRow[]; total: number; error: Sentence | undefined }> {
  const { filter, error } = await filterOf(task, query, context)
  const at: Page = { limit: ROWS_A_PAGE, offset: ((query.page ?? 1) - 1) * ROWS_A_PAGE }
  if (!readsEveryRow(filter)) return { ...(await listRowPage(context.db, task.id, filter, at)), error }
  const { numbers, total } = pageOf(await allNumbers(task, query, filter, context), at)
  return { rows: await listRowsAt(context.db, task.id, numbers), total, error }
}

/** The rows before and after one among those that the query asks for, in its order. */
export async function findRowsBeside(
  task: ListedTask,
  row: number,
  query: TaskQuery,
  context: AdminContext,
): Promise<{ before: number | undefined; after: number | undefined }> {
  const { filter } = await filterOf(task, query, context)
  const { statuses, order } = filter
  if (!readsEveryRow(filter)) {
    const { before, after } = await neighboursOf(context.db, task.id, row, statuses)
    return order?.isDescending ? { before: after, after: before } : { before, after }
  }
  const numbers = await allNumbers(task, query, filter, context)
  const at = numbers.indexOf(row)
  // What it was listed by has changed since.
  if (at < 0) return neighboursOf(context.db, task.id, row)
  return { before: numbers[at - 1], after: numbers[at + 1] }
}

async function filterOf(
  { id }: ListedTask,
  query: TaskQuery,
  { db }: AdminContext,
): Promise<{ filter: RowFilter; error: Sentence | undefined }> {
  const group =
    query.error === undefined
      ? undefined
      : (await listErrorGroups(db, id, MAX_GROUPS)).find(({ message }) => groupKey(message) === query.error)
  const shown = rowsShown(query)
  const filter: RowFilter = {
    ...(shown === 'flagged' || shown === 'reviewed'
      ? { only: shown }
      : shown && shown !== 'left-out' && { statuses: [shown] }),
    ...(group && { errors: [group.message] }),
    ...(query.find?.trim() && { search: query.find, column: columnSearched(query) }),
    order: orderOf(query),
  }
  return { filter, error: group?.said }
}

function allNumbers(
  task: ListedTask,
  query: TaskQuery,
  filter: RowFilter,
  context: AdminContext,
): Promise<number[]> {
  const about = taskPath('', besideOf(query))
  return rowsQueries(task, context)(`numbers:${about}`, () => listRowNumbers(context.db, task.id, filter))
}
