import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../schema.ts'
import { SEALED_COLUMNS } from './columns.ts'

/** What SQL itself writes in place of what was deleted says nothing. */
const SAYS_NOTHING = sql`('', '{}', '[]')`

/** Condition: the column has a text that is not encrypted. */
export function isClear(column: string): RawBuilder<boolean> {
  const text = sql.ref(column)
  return sql<boolean>`(${text} is not null and ${text} not like 'sealed:1:%' and ${text} not like 'sealed:2:%' and ${text} not in ${SAYS_NOTHING})`
}

/** Condition: the column has a text that is encrypted. */
export function isEncrypted(column: string): RawBuilder<boolean> {
  const text = sql.ref(column)
  return sql<boolean>`(${text} like 'sealed:1:%' or ${text} like 'sealed:2:%')`
}

/** Condition: one of these columns is so. */
export function someAre(
  columns: readonly string[],
  isSo: (column: string) => RawBuilder<boolean>,
): RawBuilder<boolean> {
  return sql<boolean>`(${sql.join(columns.map(isSo), sql` or `)})`
}

export type SealedTable = keyof typeof SEALED_COLUMNS
export const SEALED_TABLES = Object.keys(SEALED_COLUMNS) as SealedTable[] // the keys of SEALED_COLUMNS

export function columnsOf(table: SealedTable): string[] {
  return Object.keys(SEALED_COLUMNS[table])
}

/** Columns that have a text that is not encrypted, as `table.column`. Reads every row. */
export function listClearColumns(db: Db | Trx): Promise<string[]> {
  return listColumns(db, isClear)
}

/** The same of texts that are encrypted. */
export function listEncryptedColumns(db: Db | Trx): Promise<string[]> {
  return listColumns(db, isEncrypted)
}

async function listColumns(db: Db | Trx, isSo: (column: string) => RawBuilder<boolean>): Promise<string[]> {
  const found: string[] = []
  for (const table of SEALED_TABLES) {
    // One pass for all columns of a table: most of them have no such text, and are read to their end.
    const columns = columnsOf(table)
    const has = columns.map(
      (column) => sql`max(case when ${isSo(column)} then 1 else 0 end) as ${sql.ref(column)}`,
    )
    const { rows } = await sql<Record<string, unknown>>`
      select ${sql.join(has)} from ${sql.table(table)}`.execute(db)
    found.push(...columns.filter((column) => rows[0]?.[column] === 1).map((column) => `${table}.${column}`))
  }
  return found
}
