import type Database from 'better-sqlite3'
import { sql } from 'kysely'
import { UserError } from '../../engine/user-error.ts'
import type { Db, Trx } from '../schema.ts'
import { noteOldestVersion, READS_ENCRYPTED } from '../migrations.ts'
import type { SharedName } from '../shared-values.ts'
import { advanceSequences, checksumOf, copyTable } from './copy-tables.ts'
import { sharedTables } from './tables.ts'

export interface MoveProgress {
  table: string
  /** copied so far */
  rows: number
}

export interface MovedTables {
  tables: number
  rows: number
  /** texts that Postgres would not have taken as they were: a NUL character, half of a pair of surrogates */
  changedTexts: number
}

/** What arrives in these before the rows do, when files are moved. */
const FILE_TABLES = new Set(['stored_files', 'stored_file_chunks'])

/**
 * Copies every row of a SQLite database to an empty Postgres database in one transaction, reads all of it again there,
 * and compares counts and checksums: everything has arrived as it was, or nothing has.
 * @param shared what all machines on the database are to have in common
 * @throws UserError if Postgres is not empty, or has something else than was copied
 */
export async function moveDatabase(
  sqlite: Database.Database,
  postgres: Db,
  shared: { name: SharedName; value: string }[],
  onProgress: (progress: MoveProgress) => void,
): Promise<MovedTables> {
  const tables = (await sharedTables(sqlite, postgres)).filter(({ name }) => !FILE_TABLES.has(name))
  return postgres.transaction().execute(async (trx) => {
    const moved: MovedTables = { tables: tables.length, rows: 0, changedTexts: 0 }
    const checksums = new Map<string, Awaited<ReturnType<typeof copyTable>>['checksum']>()
    for (const table of tables) {
      await requireEmpty(trx, table.name)
      const { checksum, changed } = await copyTable(sqlite, trx, table, (rows) =>
        onProgress({ table: table.name, rows }),
      )
      moved.rows += checksum.rows
      moved.changedTexts += changed
      checksums.set(table.name, checksum)
    }
    for (const table of tables) {
      await advanceSequences(trx, table)
      if (checksums.get(table.name)?.equals(await checksumOf(trx, table)) !== true)
        throw new UserError(
          `The table ${table.name} has not arrived as it was. Nothing was changed.`,
          'Try again. If it happens again, please report it with the version of Postgres.',
        )
    }
    await trx.insertInto('shared_values').values(shared).execute()
    if (shared.some(({ name }) => name === 'data key')) await noteOldestVersion(trx, READS_ENCRYPTED)
    return moved
  })
}

/** @throws UserError */
export async function requireEmptyTarget(sqlite: Database.Database, postgres: Db): Promise<void> {
  for (const { name } of await sharedTables(sqlite, postgres))
    if (!FILE_TABLES.has(name)) await requireEmpty(postgres, name)
  const shared = await postgres
    .selectFrom('shared_values')
    .select('name')
    .where('name', '<>', 'oldest version')
    .execute()
  if (shared.length > 0) throw isNotEmpty()
}

async function requireEmpty(db: Db | Trx, table: string): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db)
  if (rows.length > 0) throw isNotEmpty()
}

function isNotEmpty(): UserError {
  return new UserError(
    'The Postgres database is not empty: a Rowbot has used it. Nothing was changed.',
    'Make a new database for it (createdb), and name that one.',
  )
}
