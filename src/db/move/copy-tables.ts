import type Database from 'better-sqlite3'
import { sql } from 'kysely'
import type { Trx } from '../schema.ts'
import { canonical, Checksum, takenByPostgres, type StoredValue } from './checksum.ts'
import type { SharedTable } from './tables.ts'

type Row = Record<string, StoredValue>

/** Rows of one statement, unless their texts are longer. */
const ROWS_AT_ONCE = 500
const CHARS_AT_ONCE = 4_000_000

export interface Copied {
  checksum: Checksum
  /** texts that Postgres would not have taken as they were */
  changed: number
}

/**
 * Copies the rows of a table, a batch at a time. Rows with bytes, which may be large, go one by one.
 * @param onRows is called with how many are copied so far
 */
export async function copyTable(
  sqlite: Database.Database,
  trx: Trx,
  table: SharedTable,
  onRows: (rows: number) => void,
): Promise<Copied> {
  const copied: Copied = { checksum: new Checksum(), changed: 0 }
  const hasBytes = table.columns.some(({ kind }) => kind === 'bytes')
  let batch: Row[] = []
  let chars = 0
  for (const row of rowsOf(sqlite, table)) {
    copied.changed += makeTaken(row)
    copied.checksum.add(table.columns.map((column) => canonical(row[column.name] ?? null, column)))
    if (hasBytes) {
      await insertRow(trx, table, row)
    } else {
      batch.push(row)
      chars += lengthOf(row)
    }
    if (batch.length < ROWS_AT_ONCE && chars < CHARS_AT_ONCE) continue
    await insertBatch(trx, table, batch)
    batch = []
    chars = 0
    onRows(copied.checksum.rows)
  }
  await insertBatch(trx, table, batch)
  onRows(copied.checksum.rows)
  return copied
}

function rowsOf(sqlite: Database.Database, { name }: SharedTable): IterableIterator<Row> {
  return sqlite.prepare<[], Row>(`select * from [${name}]`).safeIntegers(true).iterate()
}

/** @returns how many texts have become others */
function makeTaken(row: Row): number {
  let changed = 0
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== 'string') continue
    const taken = takenByPostgres(value)
    if (taken === value) continue
    row[name] = taken
    changed += 1
  }
  return changed
}

function lengthOf(row: Row): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 8),
    0,
  )
}

/** As JSON, so that a batch is one parameter, and integers are exact: JSON has no limit on their digits. */
async function insertBatch(trx: Trx, { name, columns }: SharedTable, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const names = sql.join(columns.map((column) => sql.ref(column.name)))
  await sql`
    insert into ${sql.table(name)} (${names}) overriding system value
    select ${names} from json_populate_recordset(null::${sql.table(name)}, ${jsonOf(rows)}::json)
  `.execute(trx)
}

function jsonOf(rows: Row[]): string {
  const lines = rows.map(
    (row) =>
      `{${Object.entries(row)
        .map(([name, value]) => `${JSON.stringify(name)}:${scalarOf(value)}`)
        .join(',')}}`,
  )
  return `[${lines.join(',')}]`
}

function scalarOf(value: StoredValue): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

async function insertRow(trx: Trx, { name, columns }: SharedTable, row: Row): Promise<void> {
  const names = sql.join(columns.map((column) => sql.ref(column.name)))
  const values = sql.join(columns.map((column) => row[column.name] ?? null))
  await sql`insert into ${sql.table(name)} (${names}) overriding system value values (${values})`.execute(trx)
}

/** Reads a table as it is in Postgres now. */
export async function checksumOf(trx: Trx, { name, columns }: SharedTable): Promise<Checksum> {
  const checksum = new Checksum()
  const hasBytes = columns.some(({ kind }) => kind === 'bytes')
  // As text: the driver would round large integers.
  const selected = columns.map((column) =>
    column.kind === 'bytes'
      ? sql.ref(column.name)
      : sql`${sql.ref(column.name)}::text as ${sql.ref(column.name)}`,
  )
  await sql`declare moved no scroll cursor for select ${sql.join(selected)} from ${sql.table(name)}`.execute(
    trx,
  )
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(hasBytes ? 1 : ROWS_AT_ONCE)} from moved`.execute(trx)
    if (rows.length === 0) break
    for (const row of rows) checksum.add(columns.map((column) => canonical(row[column.name] ?? null, column)))
  }
  await sql`close moved`.execute(trx)
  return checksum
}

/** So that the next row that is written gets a number after those that were copied. */
export async function advanceSequences(trx: Trx, { name, columns }: SharedTable): Promise<void> {
  for (const column of columns) {
    if (column.kind !== 'integer') continue
    const { rows } = await sql<{ sequence: string | null }>`
      select pg_get_serial_sequence(quote_ident(${name}), ${column.name}) as sequence`.execute(trx)
    const sequence = rows[0]?.sequence
    if (sequence === null || sequence === undefined) continue
    await sql`
      select setval(${sequence}::regclass, max(${sql.ref(column.name)})::bigint) from ${sql.table(name)}`.execute(
      trx,
    )
  }
}
