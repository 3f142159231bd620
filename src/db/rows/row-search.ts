import { setImmediate } from 'node:timers/promises'
import type { ExecutionStatus } from '../../engine/states.ts'
import { errorKey, failedRows } from './failed-rows.ts'
import { withoutNul } from '../json.ts'
import type { Db } from '../schema.ts'
import { type Expression, type SqlBool, sql } from 'kysely'

/** Of the sheet, at once: SQLite answers on our thread, and a chat waits no longer than for one of these. */
const WINDOW_ROWS = 2_000

/** The numbers of the failed rows with one of these errors, or with one that says the same, and with this in them. */
export async function rowNumbersByError(
  db: Db,
  taskId: string,
  errors: string[],
  search = '',
): Promise<number[]> {
  const keys = new Set(errors.map(errorKey))
  const numbers: number[] = []
  for await (const rows of failedRows(db, taskId)) {
    for (const { row, error } of rows) if (keys.has(errorKey(error))) numbers.push(row)
  }
  if (search.trim() === '' || numbers.length === 0) return numbers
  const found = new Set(await rowNumbersBySearch(db, taskId, search, ['failed']))
  return numbers.filter((number) => found.has(number))
}

/** The numbers of the rows with this in their cells, outputs or error; only of those in these states, if any are given. */
export async function rowNumbersBySearch(
  db: Db,
  taskId: string,
  search: string,
  statuses: ExecutionStatus[] = [],
): Promise<number[]> {
  const needle = withoutNul(search).trim()
  // Cells and outputs are kept as JSON, in which a quotation mark or a line break is written as an escape.
  const inJson = JSON.stringify(needle).slice(1, -1)
  let query = db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where((eb) =>
      eb.or([
        containing(eb.ref('cells'), inJson),
        containing(eb.ref('outputs'), inJson),
        containing(eb.ref('error'), needle),
      ]),
    )
  if (statuses.length > 0) query = query.where('status', 'in', statuses)

  const numbers: number[] = []
  const last = await lastRow(db, taskId)
  for (let from = 0; from < last; from += WINDOW_ROWS) {
    if (from > 0) await setImmediate()
    const rows = await query
      .where('row_number', '>', from)
      .where('row_number', '<=', from + WINDOW_ROWS)
      .orderBy('row_number')
      .execute()
    for (const { row_number } of rows) numbers.push(row_number)
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

/**
 * The text has this in it, whatever the case; `%`, `_` and `\` mean themselves. Both sides are lowered by the database,
 * so that they are lowered alike: SQLite knows the case of ASCII letters only.
 */
export function containing(text: Expression<string | null>, search: string): Expression<SqlBool> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<SqlBool>`lower(${text}) like lower(${pattern}) escape ${sql.lit('\\')}`
}
