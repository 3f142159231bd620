import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import { openPostgres } from './postgres.ts'
import type { Db, Trx } from './schema.ts'
import { openSqlite } from './sqlite.ts'

/** Which database has the state: the one at a Postgres URL, or that in a file. */
export interface DatabasePlace {
  url?: string | undefined
  file: string
}

/** Opens the database and migrates it to the newest schema. @throws as openPostgres and openSqlite do */
export function openDatabase({ url, file }: DatabasePlace, lockWaitMs?: number): Promise<Db> {
  return url === undefined ? openSqlite(file, lockWaitMs) : openPostgres(url)
}

export function isPostgres(db: Db | Trx): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

/** The time by the database's clock, ms since 1970, on which all machines agree. SQLite has that of its machine. */
export function databaseNow(db: Db | Trx): RawBuilder<number> {
  return isPostgres(db)
    ? sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`
    : sql<number>`cast((julianday('now') - 2440587.5) * 86400000 as integer)`
}

/**
 * A transaction of rows that nobody uses yet. They may come before the rows they refer to, and they reach the disk with
 * the next ordinary commit: a power cut can lose them only together with that one.
 */
export async function inLooseTransaction(db: Db, work: (trx: Trx) => Promise<void>): Promise<void> {
  if (isPostgres(db)) {
    await db.transaction().execute(async (trx) => {
      await sql`set local synchronous_commit = off`.execute(trx)
      await work(trx)
    })
    return
  }
  await db.connection().execute(async (connection) => {
    // Outside the transaction, because SQLite ignores it inside. Nobody else has the connection meanwhile.
    await sql`pragma foreign_keys = off`.execute(connection)
    await sql`pragma synchronous = normal`.execute(connection)
    try {
      await connection.transaction().execute(work)
    } finally {
      await sql`pragma synchronous = full`.execute(connection)
      await sql`pragma foreign_keys = on`.execute(connection)
    }
  })
}

/** The time by the database's clock when this is read, in ms since 1970: machines that share it agree on it. */
export function databaseTime(db: Db | Trx): RawBuilder<number> {
  return isPostgres(db)
    ? sql<number>`floor(cast(extract(epoch from clock_timestamp()) * 1000 as double precision))`
    : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
}

/** Tells other machines something once the transaction is committed. A file of SQLite has no others. */
export async function notify(db: Db | Trx, channel: string, text: string): Promise<void> {
  if (isPostgres(db)) await sql`select pg_notify(${channel}, ${text})`.execute(db)
}

/** Whether a read from the database works. */
export async function answers(db: Db): Promise<boolean> {
  try {
    await db.selectFrom('workflows').select('id').limit(1).execute()
    return true
  } catch {
    return false // not logged here: whoever needs the data meets the same fault and logs it
  }
}
