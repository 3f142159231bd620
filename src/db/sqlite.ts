import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { sqliteDialect } from './sqlite-dialect.ts'
import { untilUnlocked } from './locked.ts'
import { migrate, refuseNewer } from './migrations.ts'
import type { Db, Schema } from './schema.ts'

/** How long a write waits for another program that has the database locked. */
export const LOCK_WAIT_MS = 10_000

/**
 * Opens the database in one file and migrates it to the newest schema.
 * @param path of the file, or `:memory:`; or what such a file has, which is then changed in memory alone
 * @param lockWaitMs for tests: shorter than LOCK_WAIT_MS
 * @throws UserError when a newer Rowbot wrote it; DatabaseLocked when another program does not let go of it. Nothing is
 * changed then.
 */
export async function openSqlite(path: string | Buffer, lockWaitMs = LOCK_WAIT_MS): Promise<Db> {
  const sqlite = new Database(path, { timeout: 0 }) // see untilUnlocked
  const lock = { file: typeof path === 'string' ? basename(path) : '', waitMs: lockWaitMs }
  try {
    const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, lock) })
    await refuseNewer(db)
    await untilUnlocked(lock, () => sqlite.pragma('journal_mode = WAL'))
    // better-sqlite3 is built with WAL meaning NORMAL: a settled row must survive a power cut.
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    // Kysely takes no lock for migrations on SQLite: of two commands that start at once on a new folder, one must wait.
    await untilUnlocked(lock, () => sqlite.exec('begin immediate'))
    await migrate(db)
    await untilUnlocked(lock, () => sqlite.exec('commit'))
    return db
  } catch (fault) {
    sqlite.close() // rolls back
    throw fault
  }
}
