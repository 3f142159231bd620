import { setImmediate } from 'node:timers/promises'
import type { ExecutionStatus } from '../engine/states.ts'
import { containing } from './containing.ts'
import { errorKey } from './error-key.ts'
import { withoutNul } from './json.ts'
import type { Db } from './schema.ts'

/** Of a sheet, at once: SQLite answers on our thread, and a chat waits no longer than for one of these. */
const WINDOW_ROWS = 5_000

export interface FoundRow {
  row: number
  error: string
  finishedAt: number | null
}

/** Every row that is wanted, in the sheet’s order, some at a time, so that a large task does not hold up the others. */
export async function* foundRows(
  db: Db,
  taskId: string,
  { statuses = [], search = '' }: { statuses?: ExecutionStatus[] | undefined; search?: string | undefined },
): AsyncGenerator<FoundRow[]> {
  let query = db
    .selectFrom('task_executions')
    .select(['row_number as row', 'error', 'finished_at as finishedAt'])
    .where('task_id', '=', taskId)
  if (statuses.length > 0) query = query.where('status', 'in', statuses)
  const needle = withoutNul(search).trim()
  if (needle !== '') {
    // Cells and outputs are kept as JSON, in which a quotation mark or a line break is written as an escape.
    const inJson = JSON.stringify(needle).slice(1, -1)
    query = query.where((eb) =>
      eb.or([
        containing(eb.ref('cells'), inJson),
        containing(eb.ref('outputs'), inJson),
        containing(eb.ref('error'), needle),
      ]),
    )
  }
  const last = await lastRow(db, taskId)
  for (let from = 0; from < last; from += WINDOW_ROWS) {
    if (from > 0) await setImmediate()
    const rows = await query
      .where('row_number', '>', from)
      .where('row_number', '<=', from + WINDOW_ROWS)
      .orderBy('row_number')
      .execute()
    if (rows.length > 0) yield rows.map((row) => ({ ...row, error: row.error ?? '' }))
  }
}

/** The numbers of all rows that match. Of errors, also those that say the same (error-key.ts). */
export async function matchingRowNumbers(
  db: Db,
  taskId: string,
  { statuses, errors, search }: { statuses?: ExecutionStatus[]; errors?: string[]; search?: string },
): Promise<number[]> {
  const keys = errors && new Set(errors.map(errorKey))
  // A row that waits again still has its last error, but it has not failed.
  const wanted = keys ? (statuses ?? ['failed']).filter((status) => status === 'failed') : statuses
  if (keys && wanted?.length === 0) return []

  const numbers: number[] = []
  for await (const rows of foundRows(db, taskId, { statuses: wanted, search })) {
    for (const { row, error } of rows) if (!keys || keys.has(errorKey(error))) numbers.push(row)
  }
  return numbers
}

async function lastRow(db: Db, taskId: string): Promise<number> {
  const { last } = await db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.max<number | null>('row_number').as('last'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return last ?? 0
}
