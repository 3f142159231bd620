import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { Kysely, sql, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { Migrator } from 'kysely/migration'
import * as init from './migrations/0001-init.ts'
import * as drafts from './migrations/0002-drafts.ts'
import * as page from './migrations/0003-page.ts'
import * as submissions from './migrations/0004-submissions.ts'
import * as stops from './migrations/0005-stops.ts'
import * as progress from './migrations/0006-progress.ts'
import * as runs from './migrations/0007-runs.ts'
import * as pace from './migrations/0008-pace.ts'
import * as headingRow from './migrations/0009-heading-row.ts'
import { UserError } from '../engine/user-error.ts'
import type { Db, Schema, Trx } from './schema.ts'

/** How long a write waits for another process that writes. */
const BUSY_MS = 5_000
const BUSY_STEP_MS = 20

/**
 * The database in one file, migrated to the newest schema.
 * @param path of the file, or `:memory:`
 * @throws UserError when a newer Rowbot wrote it; nothing is changed then
 */
export async function openSqlite(path: string): Promise<Db> {
  const sqlite = new Database(path)
  sqlite.pragma(`busy_timeout = ${BUSY_MS}`)
  refuseNewer(sqlite)
  await switchToWal(sqlite)
  // better-sqlite3 is built with WAL meaning NORMAL: a settled row must outlive a power cut.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: prepared(sqlite) }) })

  // Kysely locks nothing on SQLite: of two commands that start at once on a new folder, one must wait for the other.
  sqlite.exec('begin immediate')
  try {
    await migrate(db)
    sqlite.exec('commit')
  } catch (fault) {
    sqlite.exec('rollback')
    throw fault
  }
  return db
}

const MIGRATIONS = {
  '0001-init': init,
  '0002-drafts': drafts,
  '0003-page': page,
  '0004-submissions': submissions,
  '0005-stops': stops,
  '0006-progress': progress,
  '0007-runs': runs,
  '0008-pace': pace,
  '0009-heading-row': headingRow,
}

export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('The database could not be migrated.')
}

/** A newer schema may mean something else by the same columns: what we would write into it could harm it. */
function refuseNewer(sqlite: Database.Database): void {
  const hasMigrations = sqlite
    .prepare("select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'")
    .get()
  if (!hasMigrations) return
  const applied = sqlite.prepare('select name from kysely_migration order by name').all()
  const unknown = applied
    .map((row) => (row as { name: string }).name) // the query selects just that
    .filter((name) => !Object.hasOwn(MIGRATIONS, name))
  if (unknown.length === 0) return
  sqlite.close()
  throw new UserError(
    `This database was written by a newer Rowbot: this one does not know ${unknown.join(', ')}. Nothing was changed.`,
    'Update Rowbot, or set ROWBOT_DATA_DIR to a backup from before the update.',
  )
}

/**
 * A transaction of rows that mean nothing yet: they may come before what they refer to, and they are on disk with the
 * next ordinary commit, not before. A power cut takes them only where it takes that one too.
 */
export async function inLooseTransaction(db: Db, work: (trx: Trx) => Promise<void>): Promise<void> {
  await db.connection().execute(async (connection) => {
    // Not within the transaction, where SQLite would not hear of it. Nobody else has the connection meanwhile.
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

/** The switch itself does not wait as other writes do: of two commands on a new folder, one may find it locked. */
async function switchToWal(sqlite: Database.Database): Promise<void> {
  for (let waited = 0; ; waited += BUSY_STEP_MS) {
    try {
      sqlite.pragma('journal_mode = WAL')
      return
    } catch (fault) {
      const isBusy = fault instanceof Database.SqliteError && fault.code.startsWith('SQLITE_BUSY')
      if (!isBusy || waited >= BUSY_MS) throw fault
      await setTimeout(BUSY_STEP_MS)
    }
  }
}

/**
 * Keeps prepared statements: Kysely prepares anew for every query, which costs more than running it. And begins
 * transactions IMMEDIATE: ours all write, and a deferred one that meets another process fails without waiting.
 */
function prepared(sqlite: Database.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const text = sql === 'begin' ? 'begin immediate' : sql
      const cached = statements.get(text)
      if (cached) return cached
      const statement = sqlite.prepare(text)
      if (text.length < MAX_CACHED_CHARS && statements.size < MAX_CACHED) statements.set(text, statement)
      return statement
    },
  }
}

/** Longer ones are bulk inserts and lists of ids, seldom the same twice. */
const MAX_CACHED_CHARS = 4_000
/** More than there are queries: should one not be the same twice after all, it must not fill the memory. */
const MAX_CACHED = 500

/** Whether the database answers. */
export async function answers(db: Db): Promise<boolean> {
  try {
    await db.selectFrom('workflows').select('id').limit(1).execute()
    return true
  } catch {
    return false // whatever it is: whoever needs an answer runs into it, and logs it
  }
}
