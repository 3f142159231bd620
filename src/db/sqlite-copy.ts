import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { UserError } from '../engine/user-error.ts'
import { isBusy } from './locked.ts'
import { findShared } from './shared-values.ts'
import { openSqlite } from './sqlite.ts'
import { findAnyKey } from './workflows/workflows.ts'

/** What a copy of a database has in it. */
export interface CopiedDatabase {
  /** names of the migrations that it has had */
  migrations: string[]
  /** number of tasks, by status */
  tasks: Record<string, number>
  /** hashes of the files that uploads and outputs refer to */
  files: string[]
}

/**
 * Writes a copy of a database as it is at one moment, while others read and write it. The copy has no file beside it.
 * @param to there must be no such file
 * @throws UserError if another program has it locked
 */
export function copySqlite(from: string, to: string): void {
  const source = new Database(from, { fileMustExist: true })
  try {
    source.prepare('vacuum into ?').run(to)
  } catch (fault) {
    if (!isBusy(fault)) throw fault
    throw new UserError(
      'The database is locked by another program. Nothing was written.',
      'Try again in a minute.',
    )
  } finally {
    source.close()
  }
}

/**
 * Checks every page and every reference of a copy, and reads what is in it.
 * @throws UserError if it is damaged
 */
export function examineSqlite(path: string): CopiedDatabase {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const faults = db.pragma('integrity_check(10)', { simple: true })
    const strays = db.pragma('foreign_key_check')
    if (faults !== 'ok' || !Array.isArray(strays) || strays.length > 0)
      throw new UserError('The copy of the database is damaged.', 'Use another backup.')
    const texts = (query: string) => db.prepare<[], string>(query).pluck().all()
    const counts = db
      .prepare<[], [string, number]>('select status, count(*) from batch_tasks group by status')
      .raw()
    return {
      migrations: texts('select name from kysely_migration order by name'),
      tasks: Object.fromEntries(counts.all()),
      files: texts(FILES_REFERRED_TO),
    }
  } finally {
    db.close()
  }
}

export const FILES_REFERRED_TO =
  'select sha256 from upload_files union select sha256 from output_files where sha256 is not null order by 1'

/**
 * Migrates a copy to this version by opening it, and leaves no file beside it.
 * @returns texts in it that were encrypted with its secret key
 * @throws as openSqlite does
 */
export async function migrateSqlite(path: string): Promise<string[]> {
  const db = await openSqlite(path)
  const sealed = [await findAnyKey(db), await findShared(db, 'data key')]
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
  await db.destroy()
  return sealed.filter((text) => text !== undefined)
}
