import { sql } from 'kysely'
import { isPostgres } from '../../src/db/open.ts'
import type { Db } from '../../src/db/schema.ts'
import { later } from './bot.ts'

/**
 * From now on the database refuses a write to a table, as if its disk were full.
 * @param write such as `insert` or `update of state`
 * @returns ends it
 */
export async function refuseWrites(db: Db, write: string, table: string): Promise<() => Promise<void>> {
  const name = `refuse_${++refused}`
  const before = sql`create trigger ${sql.id(name)} before ${sql.raw(write)} on ${sql.table(table)}`
  const onPostgres = isPostgres(db)
  if (onPostgres) {
    await sql`create function ${sql.id(name)}() returns trigger language plpgsql
      as $$ begin raise exception 'disk full'; end $$`.execute(db)
    await sql`${before} for each row execute function ${sql.id(name)}()`.execute(db)
  } else {
    await sql`${before} begin select raise(abort, 'disk full'); end`.execute(db)
  }
  const end = async () => {
    if (onPostgres) await sql`drop function if exists ${sql.id(name)} cascade`.execute(db)
    else await sql`drop trigger if exists ${sql.id(name)}`.execute(db)
  }
  if (onPostgres) later(end) // another test gets this database
  return end
}

let refused = 0

/** From now on there is no such table. */
export async function hideTable(db: Db, table: string): Promise<void> {
  const hidden = `${table}_hidden`
  await db.schema.alterTable(table).renameTo(hidden).execute()
  later(() => db.schema.alterTable(hidden).renameTo(table).execute())
}
