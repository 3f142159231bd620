import Database from 'better-sqlite3'
import { UserError } from '../../engine/user-error.ts'
import { isBusy } from '../locked.ts'
import { MIGRATIONS } from '../migrations.ts'
import type { SharedName } from '../shared-values.ts'
import { FILES_REFERRED_TO } from '../sqlite-copy.ts'

/**
 * Opens a SQLite database for nobody else: what another process wrote meanwhile would not be copied. Nothing is changed
 * in it.
 * @throws UserError if another process has it open, it was written by another version, or tasks are under way
 */
export function openSource(path: string): Database.Database {
  const sqlite = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    sqlite.pragma('locking_mode = exclusive')
    sqlite.exec('begin immediate')
    requireSameVersion(sqlite)
    requireAtRest(sqlite)
    return sqlite
  } catch (fault) {
    sqlite.close()
    if (!isBusy(fault)) throw fault
    throw new UserError(
      'Another program has the database open. Nothing was changed.',
      'Stop every Rowbot on this data folder (serve, run, resume), close database browsers, and try again.',
    )
  }
}

function requireSameVersion(sqlite: Database.Database): void {
  const names = Object.keys(MIGRATIONS)
  const has = sqlite.prepare<[], string>('select name from kysely_migration').pluck().all()
  const lacks = names.filter((name) => !has.includes(name))
  if (lacks.length === 0 && has.every((name) => names.includes(name))) return
  throw new UserError(
    'The data folder was last used with another version of Rowbot. Nothing was changed.',
    lacks.length > 0
      ? 'Start this version on it once (rowbot tasks is enough), and try again.'
      : 'Use the version that it was last used with, or a newer one.',
  )
}

/** A task under way has calls at Dify whose results this process would not wait for. */
function requireAtRest(sqlite: Database.Database): void {
  const under = sqlite
    .prepare<[], { id: string; name: string }>(
      "select id, name from batch_tasks where status in ('pending', 'running') order by created_at",
    )
    .all()
  if (under.length === 0) return
  const named = under.slice(0, NAMED).map(({ id, name }) => `“${name}” (${id.slice(0, ID_CHARS)})`)
  throw new UserError(
    `${under.length === 1 ? 'A task waits or runs' : `${under.length} tasks wait or run`}: ${named.join(', ')}${under.length > NAMED ? ', …' : ''}. Nothing was changed.`,
    'Let them end, or pause them (rowbot pause ID), and stop Rowbot. Then try again.',
  )
}

const NAMED = 3
const ID_CHARS = 8

/** Hashes of the files that uploads and outputs refer to. */
export function filesIn(sqlite: Database.Database): string[] {
  return sqlite.prepare<[], string>(FILES_REFERRED_TO).pluck().all()
}

/** The data key, as it is stored, what is encrypted with it, and whether to encrypt. Empty: nothing is. */
export function sealedBy(sqlite: Database.Database): { name: SharedName; value: string }[] {
  const find = sqlite.prepare<[string], string>('select value from shared_values where name = ?').pluck()
  const key = find.get('data key')
  if (key === undefined) return []
  return [
    { name: 'data key', value: key },
    { name: 'encrypted', value: find.get('encrypted') ?? 'partly' },
    { name: 'encrypting', value: find.get('encrypting') ?? 'false' },
  ]
}
