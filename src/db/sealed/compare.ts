import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../schema.ts'
import { findShared } from '../shared-values.ts'
import { SealedParam, sealedTextsOf } from './sealed-texts.ts'

/** Condition: a column that is encrypted so that equal texts look alike (columns.ts) has this text, encrypted or not. */
export function isText(column: string, text: string): RawBuilder<boolean> {
  return isOneOf(column, [text])
}

/** The same for one of several. @param texts at least one */
export function isOneOf(column: string, texts: readonly string[]): RawBuilder<boolean> {
  const both = texts.flatMap((text) => [sql`${text}`, sql`${new SealedParam(text, 'alike')}`])
  return sql<boolean>`${sql.ref(column)} in (${sql.join(both)})`
}

/** Whether some texts of this database may be encrypted: then SQL cannot look into them. */
export async function mayBeSealed(db: Db | Trx): Promise<boolean> {
  return sealedTextsOf(db).hasKey || (await findShared(db, 'data key')) !== undefined
}
