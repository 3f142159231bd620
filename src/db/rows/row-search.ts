import type { RowColumn } from '../../engine/row-column.ts'
import { setImmediate } from 'node:timers/promises'
import type { ExecutionStatus } from '../../engine/states.ts'
import { errorKey, failedRows } from './failed-rows.ts'
import { reviewedOutputs } from '../../engine/review.ts'
import { parseEdits, parseOutputs, withoutNul } from '../json.ts'
import type { Db } from '../schema.ts'
import { mayBeSealed } from '../sealed/compare.ts'
import { endOfChunk } from './result-rows.ts'
import { type Expression, OperatorNode, type SqlBool, sql } from 'kysely'

/** Rows of the sheet per query. SQLite runs on our thread: a chat has to wait for one query at most. */
export const WINDOW_ROWS = 2_000

/** Row numbers of the failed rows that contain `text` and have one of these errors, or one with the same key. */
export async function rowNumbersByError(
  db: Db,
  taskId: string,
  errors: string[],
  { search = '', column }: { search?: string; column?: RowColumn | undefined } = {},
): Promise<number[]> {
  const keys = new Set(errors.map(errorKey))
  const numbers: number[] = []
  for await (const rows of failedRows(db, taskId)) {
    for (const { row, key } of rows) if (keys.has(key)) numbers.push(row)
  }
  if (search.trim() === '' || numbers.length === 0) return numbers
  const found = new Set(await rowNumbersBySearch(db, taskId, search, { statuses: ['failed'], column }))
  return numbers.filter((number) => found.has(number))
}

/**
 * Row numbers of the rows with `text` in their cells, outputs or error; or only in one input or output. Only in these
 * states if any are given.
 */
export async function rowNumbersBySearch(
  db: Db,
  taskId: string,
  search: string,
  { statuses = [], column }: { statuses?: ExecutionStatus[]; column?: RowColumn | undefined } = {},
): Promise<number[]> {
  const needle = withoutNul(search).trim()
  if (await mayBeSealed(db)) return rowNumbersByReading(db, taskId, needle, { statuses, column })
  // Cells and outputs are stored as JSON, which escapes quotation marks and line breaks.
  const inJson = JSON.stringify(needle).slice(1, -1)
  let query = db
    .selectFrom('task_executions')
    .select('row_number')
    .$if(column?.of === 'inputs', (of) => of.select('inputs'))
    .$if(column?.of === 'outputs', (of) => of.select(['outputs', 'edited_outputs']))
    .where('task_id', '=', taskId)
    .where((eb) =>
      eb.or([
        ...SEARCHED[column?.of ?? 'all'].map((name) => containing(eb.ref(name), inJson)),
        ...(column ? [] : [containing(eb.ref('error'), needle)]),
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
    for (const row of rows) if (!column || isIn(row, column, needle)) numbers.push(row.row_number)
  }
  return numbers
}

/** So much is read and decrypted at once: some milliseconds, during which everybody else waits. */
const READ_AT_ONCE = { most: 250, mostBytes: 2 ** 20 }

/**
 * The same where texts may be encrypted, so that the database cannot look into them. What is no ASCII letter is found
 * whatever its case, too.
 */
async function rowNumbersByReading(
  db: Db,
  taskId: string,
  needle: string,
  { statuses, column }: { statuses: ExecutionStatus[]; column: RowColumn | undefined },
): Promise<number[]> {
  const wanted = needle.toLowerCase()
  const inJson = JSON.stringify(needle).slice(1, -1).toLowerCase()
  const has = (text: string | null | undefined, part: string) => text?.toLowerCase().includes(part) === true
  const numbers: number[] = []
  for (let after = 0; ;) {
    const last = await endOfChunk(db, taskId, after, READ_AT_ONCE)
    let query = db
      .selectFrom('task_executions')
      .select('row_number')
      .$if(column?.of === 'inputs', (of) => of.select('inputs'))
      .$if(column?.of !== 'inputs', (of) => of.select(['outputs', 'edited_outputs']))
      .$if(!column, (of) => of.select(['cells', 'error']))
      .where('task_id', '=', taskId)
      .where('row_number', '>', after)
    if (last !== undefined) query = query.where('row_number', '<=', last)
    if (statuses.length > 0) query = query.where('status', 'in', statuses)
    for (const row of await query.orderBy('row_number').execute()) {
      const isFound =
        SEARCHED[column?.of ?? 'all'].some((name) => has(row[name], inJson)) ||
        (!column && has(row.error, wanted))
      if (isFound && (!column || isIn(row, column, needle))) numbers.push(row.row_number)
    }
    if (last === undefined) return numbers
    after = last
    await setImmediate()
  }
}

/** What is stored as JSON. A person’s value stands beside the machine’s, and is the one that is shown. */
const SEARCHED = {
  inputs: ['inputs'],
  outputs: ['outputs', 'edited_outputs'],
  all: ['cells', 'outputs', 'edited_outputs'],
} as const

interface FoundRow {
  inputs?: string | undefined
  outputs?: string | null | undefined
  edited_outputs?: string | null | undefined
}

/** The database has found it anywhere in the JSON: whether it is in this value, as it is shown. */
function isIn(row: FoundRow, { of, name }: RowColumn, needle: string): boolean {
  const edits = row.edited_outputs ? parseEdits(row.edited_outputs) : undefined
  const value = reviewedOutputs(parseOutputs(row[of] ?? '{}'), edits)?.[name]
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.toLowerCase().includes(needle.toLowerCase())
}

export async function lastRow(db: Db, taskId: string): Promise<number> {
  const { last } = await db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.max<number | null>('row_number').as('last'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return last ?? 0
}

/**
 * Condition: the column contains the text; `%`, `_` and `` have no special meaning. Case does not matter: in SQLite
 * where it is ASCII, which is all that its `like` knows; to lower both sides first would take twice as long.
 */
export function containing(text: Expression<string | null>, search: string): Expression<SqlBool> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<SqlBool>`${text} ${ILIKE} ${pattern} escape ${sql.lit('\\')}`
}

/** In SQLite it is `like` (sqlite-dialect.ts). */
const ILIKE: Expression<unknown> = {
  get expressionType(): unknown {
    return undefined
  },
  toOperationNode: () => OperatorNode.create('ilike'),
}
