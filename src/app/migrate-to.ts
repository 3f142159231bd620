import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '../db/folder-lock.ts'
import {
  type MovedTables,
  moveDatabase,
  type MoveProgress,
  requireEmptyTarget,
} from '../db/move/move-database.ts'
import { filesIn, openSource, sealedBy } from '../db/move/open-source.ts'
import { openPostgres } from '../db/postgres.ts'
import type { Db } from '../db/schema.ts'
import { keysIn } from '../db/sealed/data-key.ts'
import type { SharedName } from '../db/shared-values.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { REAL_CLOCK } from '../engine/clock.ts'
import { type FileHome, isEncryptedName, keptName, type KeptName } from '../engine/files.ts'
import { UserError } from '../engine/user-error.ts'
import { FolderHome } from '../files/folder-home.ts'
import type { Config } from './config.ts'
import {
  ADMIN_TOKEN_FILE,
  type DataFolder,
  DATABASE_FILE,
  isDatabase,
  MOVED_FILE,
  openDataFolder,
} from './data-folder.ts'
import { fileHomesOf } from './file-homes.ts'
import { checkOf } from './shared-secrets.ts'

export interface Moved extends MovedTables {
  files: number
  /** files that the database refers to and that were no longer kept */
  missing: number
  /** of the database, without its user and password */
  to: string
}

export type MovingProgress = MoveProgress | { files: number; of: number }

/**
 * Copies a data folder with SQLite to an empty Postgres database: first the files, which a second try finds there, then
 * all rows in one transaction. The folder stays as it is, but for a note because of which it is not started any more.
 * @throws UserError if the folder is in use, tasks are under way, or the database is not empty
 */
export async function migrateTo(
  config: Config,
  url: string,
  { now, onProgress }: { now: Date; onProgress: (progress: MovingProgress) => void },
): Promise<Moved> {
  const { dataDir } = config
  const path = join(dataDir, DATABASE_FILE)
  if (!isDatabase(path))
    throw new UserError(
      `There is no database in ${dataDir}.`,
      'Set ROWBOT_DATA_DIR to the folder that has it.',
    )
  const folder = openDataFolder(dataDir)
  folder.requireNotMoved()
  const lock = lockFolder(folder.lock)
  if (!lock)
    throw new UserError(
      'A Rowbot runs the tasks of this data folder. Nothing was changed.',
      'Stop it, and try again.',
    )
  try {
    const source = openSource(path)
    try {
      const box = createSecretBox(folder.secret(config.secretKey))
      const postgres = await openPostgres(url, { connections: 2, answerMs: 0 })
      try {
        const sealed = sealedBy(source)
        // What is encrypted is copied as it is: it must be read there.
        if (sealed[0]) keysIn(sealed[0].value, box)
        const shared = [...sharedBy(config, box), ...sealed]
        await requireEmptyTarget(source, postgres)
        const hashes = filesIn(source)
        const missing = await moveFiles(hashes, { config, url, folder, postgres, onProgress })
        const tables = await moveDatabase(source, postgres, shared, onProgress)
        const to = withoutPassword(url)
        writeFileSync(join(dataDir, MOVED_FILE), noteOf(to, now), { mode: 0o600 })
        return { ...tables, files: hashes.length - missing, missing, to }
      } finally {
        await postgres.destroy()
      }
    } finally {
      source.close()
    }
  } finally {
    lock.release()
  }
}

interface MovingFiles {
  config: Config
  url: string
  folder: DataFolder
  postgres: Db
  onProgress: (progress: MovingProgress) => void
}

/** To where machines on Postgres keep them. Each is read again there. @returns how many are no longer kept */
async function moveFiles(
  hashes: string[],
  { config, url, folder, postgres, onProgress }: MovingFiles,
): Promise<number> {
  const [home] = fileHomesOf({ ...config, databaseUrl: url }, postgres, REAL_CLOCK)
  if (!home) throw new Error('with Postgres there is a place for files')
  const from = new FolderHome(folder.files)
  let missing = 0
  for (const [n, sha256] of hashes.entries()) {
    onProgress({ files: n, of: hashes.length })
    const names = [keptName(sha256, 'encrypted'), keptName(sha256, 'plain')]
    const name = names.find((one) => existsSync(from.path(one)))
    if (name === undefined) {
      if (!(await isThere(home, names))) missing += 1
      continue
    }
    const path = from.path(name)
    // As it is kept: what is encrypted stays so, and is compared without its key.
    const expected = name === sha256 ? sha256 : await hashOf(Bun.file(path).stream())
    if ((await hashIn(home, name)) === expected) continue
    await home.keep({ path, name, size: Bun.file(path).size })
    if ((await hashIn(home, name)) !== expected)
      throw new UserError('A file has not arrived as it was. Nothing was changed.', 'Try again.')
  }
  return missing
}

/** In one of these forms, as with a bucket, which has been the place all along. */
async function isThere(home: FileHome, names: KeptName[]): Promise<boolean> {
  for (const name of names) {
    const hash = await hashIn(home, name)
    if (hash !== undefined && (isEncryptedName(name) || hash === name)) return true
  }
  return false
}

/** Reads it to its end. Undefined: it is not there. */
async function hashIn(home: FileHome, name: KeptName): Promise<string | undefined> {
  const pieces = await home.open(name)
  return pieces && hashOf(pieces)
}

async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** The admin token goes along where it is kept in the folder, so that people stay signed in. */
function sharedBy({ dataDir, http }: Config, box: SecretBox): { name: SharedName; value: string }[] {
  const key = { name: 'secret key' as const, value: checkOf(box) }
  const file = join(dataDir, ADMIN_TOKEN_FILE)
  if (http.adminToken !== undefined || !existsSync(file)) return [key]
  return [key, { name: 'admin token', value: box.seal(readFileSync(file, 'utf8').trim()) }]
}

function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

function noteOf(to: string, now: Date): string {
  return `On ${now.toISOString()} rowbot migrate-to copied the data of this folder to Postgres (${to}).
As long as this file is here, Rowbot starts in this folder only with DATABASE_URL set.
rowbot.db and files/ are as they were then. Delete this file to start with them again:
what has happened in Postgres since is not in them.
`
}
