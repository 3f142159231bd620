import { type Expression, type SqlBool, sql } from 'kysely'

/**
 * The text has this in it, whatever the case; `%`, `_` and `\` mean themselves. Both sides are lowered by the database,
 * so that they are lowered alike: SQLite knows the case of ASCII letters only.
 */
export function containing(text: Expression<string | null>, search: string): Expression<SqlBool> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<SqlBool>`lower(${text}) like lower(${pattern}) escape ${sql.lit('\\')}`
}
