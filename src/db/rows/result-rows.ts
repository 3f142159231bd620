import { setImmediate } from 'node:timers/promises'
import { type Selectable, sql } from 'kysely'
import type { Money } from '../../engine/money.ts'
import type { ResultRow } from '../../engine/task.ts'
import {
  parseCells,
  parseEditedInputs,
  parseEdits,
  parseFlags,
  parseInputs,
  parseKept,
  parseOutputs,
} from '../json.ts'
import { findGuesses } from '../runs/prices.ts'
import type { Db, ExecutionTable } from '../schema.ts'
import { errorOf, warningOf } from '../sentences.ts'

/** A chunk of rows ends at whichever limit comes first: a model's answer may be one line or megabytes. */
const CHUNK_ROWS = 500
const CHUNK_BYTES = 8 * 2 ** 20

/** One row of the task; not one that was left out. */
export async function findResultRow(db: Db, taskId: string, row: number): Promise<ResultRow | undefined> {
  const found = await db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', '=', row)
    .executeTakeFirst()
  if (!found) return undefined
  return (await withGuesses(db, taskId, [found]))[0]
}

/** The rows of the task that are tried before the others, or its first ones of them, in the sheet's order. */
export async function listTrialRows(db: Db, taskId: string, limit: number): Promise<ResultRow[]> {
  const rows = await db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where(sql<boolean>`trial = 1`) // exactly as in the index, else the index is not used
    .orderBy('row_number')
    .limit(limit)
    .execute()
  return withGuesses(db, taskId, rows)
}

/** Every row of the task in the sheet's order, as it is now. The task may still be running. */
export async function* resultRows(db: Db, taskId: string): AsyncGenerator<ResultRow[]> {
  for (let after = 0; ;) {
    const last = await endOfChunk(db, taskId, after)
    const ran = await executionsBetween(db, taskId, after, last)
    const rows = [...ran, ...(await leftOutBetween(db, taskId, after, last))].sort((a, b) => a.row - b.row)
    if (rows.length > 0) yield rows
    if (last === undefined) return
    after = last
    await setImmediate() // everybody else has a turn
  }
}

/** The names of all outputs so far, in the order in which they first appear. */
export async function outputNames(db: Db, taskId: string): Promise<string[]> {
  const names = new Set<string>()
  for (let after = 0; ;) {
    const last = await endOfChunk(db, taskId, after)
    let query = db
      .selectFrom('task_executions')
      .select('outputs')
      .where('task_id', '=', taskId)
      .where('outputs', 'is not', null)
      .where('row_number', '>', after)
    if (last !== undefined) query = query.where('row_number', '<=', last)
    for (const { outputs } of await query.orderBy('row_number').execute()) {
      for (const name of Object.keys(parseOutputs(outputs ?? '{}'))) names.add(name)
    }
    if (last === undefined) return [...names]
    after = last
    await setImmediate() // everybody else has a turn
  }
}

/** Row number of the last row in the chunk that begins after `after`; undefined: all remaining rows fit into it. */
export async function endOfChunk(
  db: Db,
  taskId: string,
  after: number,
  { most = CHUNK_ROWS, mostBytes = CHUNK_BYTES }: { most?: number; mostBytes?: number } = {},
): Promise<number | undefined> {
  const rows = await db
    .selectFrom('task_executions')
    .select(['row_number', sizeOf('cells').as('cells'), sizeOf('outputs').as('outputs')])
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
    .orderBy('row_number')
    .limit(most)
    .execute()
  let bytes = 0
  for (const { row_number, cells, outputs } of rows) {
    bytes += cells + outputs
    if (bytes >= mostBytes) return row_number
  }
  return rows.length < most ? undefined : rows.at(-1)?.row_number
}

/** SQLite and Postgres know this length without reading the text. */
function sizeOf(column: 'cells' | 'outputs') {
  return sql<number>`coalesce(octet_length(${sql.ref(column)}), 0)`
}

async function executionsBetween(
  db: Db,
  taskId: string,
  after: number,
  last: number | undefined,
): Promise<ResultRow[]> {
  let query = db
    .selectFrom('task_executions')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
  if (last !== undefined) query = query.where('row_number', '<=', last)
  return withGuesses(db, taskId, await query.orderBy('row_number').execute())
}

/** A price that is not completely known is an estimate, and is shown as one. */
async function withGuesses(db: Db, taskId: string, rows: Selectable<ExecutionTable>[]): Promise<ResultRow[]> {
  const guesses = await findGuesses(db, taskId, rows)
  return rows.map((row) => ({ ...toResultRow(row), ...guessIn(row, guesses.get(row.row_number)) }))
}

/** What a row with a guess shows: its price and its currency. */
export function guessIn(
  { price_nano, currency }: Pick<Selectable<ExecutionTable>, 'price_nano' | 'currency'>,
  guess: Money | undefined,
): Pick<ResultRow, 'priceGuess' | 'currency'> | undefined {
  // A mean in another currency says nothing here.
  if (!guess || (currency !== null && currency !== guess.currency)) return undefined
  return { priceGuess: (price_nano ?? 0n) + guess.nano, currency: guess.currency }
}

async function leftOutBetween(db: Db, taskId: string, after: number, last: number | undefined) {
  let query = db
    .selectFrom('left_out_rows')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
  if (last !== undefined) query = query.where('row_number', '<=', last)
  const rows = await query.orderBy('row_number').execute()
  return rows.map(({ row_number, cells, fault }): ResultRow => ({
    ...NOTHING,
    row: row_number,
    cells: parseCells(cells),
    status: 'left out',
    error: fault,
  }))
}

export function toResultRow(row: Selectable<ExecutionTable>): ResultRow {
  return {
    row: row.row_number,
    cells: parseCells(row.cells),
    status: row.status,
    outputs: row.outputs === null ? null : parseOutputs(row.outputs),
    error: row.error === '' ? null : errorOf(row),
    warning: warningOf(row),
    attempts: row.attempt,
    seconds: row.seconds,
    tokens: row.tokens,
    price: row.price_nano,
    currency: row.currency,
    workflowRunId: row.workflow_run_id,
    ...(row.leader !== null &&
      (row.status === 'succeeded' || row.status === 'pending') && { asRow: row.leader }),
    ...(row.origin_task !== null &&
      row.origin_row !== null &&
      row.status === 'succeeded' && { from: { taskId: row.origin_task, row: row.origin_row } }),
    ...(row.flags !== null && row.status === 'succeeded' && { flags: parseFlags(row.flags) }),
    ...(row.edited_outputs !== null && { edits: parseEdits(row.edited_outputs) }),
    ...(row.kept !== null && { kept: parseKept(row.kept) }),
    ...(row.edited_inputs !== null && { editedInputs: editedInputsOf(row.edited_inputs, row.inputs) }),
    ...(row.from_before === 1 && row.status !== 'succeeded' && { fromBefore: true as const }),
  }
}

function editedInputsOf(edited: string, inputs: string): NonNullable<ResultRow['editedInputs']> {
  const sent = parseInputs(inputs)
  return Object.fromEntries(
    Object.entries(parseEditedInputs(edited)).map(([name, edit]) => [
      name,
      { ...edit, to: Object.hasOwn(sent, name) ? (sent[name] ?? null) : null },
    ]),
  )
}

const NOTHING = {
  outputs: null,
  warning: null,
  attempts: 0,
  seconds: null,
  tokens: null,
  price: null,
  currency: null,
  workflowRunId: null,
}
