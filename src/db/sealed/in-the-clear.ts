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
export async function listClearColumns(db: Db | Trx): Promise<string[]> {
  const found: string[] = []
  for (const table of SEALED_TABLES) {
    for (const column of columnsOf(table)) {
      const { rows } = await sql`select 1 from ${sql.table(table)} where ${isClear(column)} limit 1`.execute(
        db,
      )
      if (rows.length > 0) found.push(`${table}.${column}`)
    }
  }
  return found
}
