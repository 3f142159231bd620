import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { copySqlite, examineSqlite, migrateSqlite } from '../db/sqlite-copy.ts'
import { unknownMigrations } from '../db/migrations.ts'
import { VERSION } from '../engine/this-program.ts'
import { hashIn } from '../engine/files.ts'
import { UserError } from '../engine/user-error.ts'
import { type BackupPart, NotABackup, readBackup, writeBackup } from '../files/backup-zip.ts'
import { BucketHome } from '../files/bucket-home.ts'
import { FileStore } from '../files/file-store.ts'
import type { Config } from './config.ts'
import { ADMIN_TOKEN_FILE, DATABASE_FILE, isDatabase, SECRET_KEY_FILE } from './data-folder.ts'
import { keyOfRestored, type RestoredKey } from './restored-key.ts'

/** What a backup says of itself: `backup.json` in it. */
const About = z.object({
  format: z.literal(1),
  version: z.string(),
  madeAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tasks: z.record(z.string(), z.number()),
  database: z.object({ sha256: z.string(), size: z.number() }),
})

export interface Backup {
  about: z.output<typeof About>
  /** in bytes, of the whole file */
  size: number
  files: number
  /** files that the database refers to and that were no longer kept */
  missing: number
}

type BackedUp = Pick<Config, 'dataDir' | 'databaseUrl' | 'bucket' | 'secretKey' | 'secretKeyOld'>

/**
 * Writes a backup of a data folder to one file, while Rowbot runs: the database as it is at one moment, and the files it
 * refers to. Then the file is read again to its end.
 * @param withKeys the secret key and the admin token as well, where they are in the folder
 * @throws UserError if there is no database, or there is such a file already
 */
export async function makeBackup(
  config: BackedUp,
  path: string,
  { withKeys, now }: { withKeys: boolean; now: Date },
): Promise<Backup> {
  const { dataDir, bucket } = config
  requireSqlite(config, 'back it up')
  const source = join(dataDir, DATABASE_FILE)
  if (!isDatabase(source))
    throw new UserError(
      `There is no database in ${dataDir}.`,
      'Set ROWBOT_DATA_DIR to the folder that has it.',
    )
  if (existsSync(path))
    throw new UserError(
      `There is a file ${path} already. Nothing was written.`,
      'Choose another name, such as one with the date.',
    )
  const folder = await folderBeside(path)
  try {
    const copy = join(folder, DATABASE_FILE)
    copySqlite(source, copy)
    const { files: hashes, migrations, tasks } = examineSqlite(copy)
    const about = {
      format: 1 as const,
      version: VERSION,
      madeAt: now.toISOString(),
      migrations,
      tasks,
      database: await hashOf(copy),
    }
    const keys = withKeys ? keyFilesIn(dataDir) : {}
    const store = new FileStore(join(dataDir, 'files'), bucket ? [new BucketHome(bucket)] : [], {
      isOn: false,
      key: () => Promise.resolve(undefined), // as they are kept: nothing is decrypted
    })
    const texts = { 'backup.json': JSON.stringify(about, undefined, 2) }
    const missing = await writeBackup(
      path,
      { texts, paths: { [DATABASE_FILE]: copy, ...keys }, hashes },
      store,
    )
    requireComplete(about, await readBackup(path))
    return {
      about,
      size: (await stat(path)).size,
      files: hashes.length - missing.length,
      missing: missing.length,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Puts a backup into a data folder that has no database: everything is unpacked and checked beside it first, so that a
 * fault leaves the folder as it was.
 * @throws UserError if the folder is in use, or the backup is damaged or of a newer version, or has the right key and
 * another one is in its way
 */
export async function restoreBackup(config: BackedUp, path: string): Promise<Backup & { key: RestoredKey }> {
  const { dataDir } = config
  requireSqlite(config, 'restore it')
  await requireUnused(dataDir)
  if (!existsSync(path)) throw new UserError(`There is no file ${path}.`, 'See that its name is right.')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(dataDir, 'restoring-'))
  try {
    const parts = await readBackup(path, folder)
    const about = await aboutIn(folder)
    requireComplete(about, parts)
    const unknown = unknownMigrations(about.migrations)
    if (unknown.length > 0)
      throw new UserError(
        `This backup was made by a newer Rowbot (${about.version}): this one does not know ${unknown.join(', ')}. Nothing was changed.`,
        'Update Rowbot, then restore it.',
      )
    const database = join(folder, DATABASE_FILE)
    const { files: hashes } = examineSqlite(database)
    const sealed = await migrateSqlite(database)
    const key = keyOfRestored(sealed, config, folder)
    const kept = new Set(parts.filter(isFile).map(({ name }) => hashIn(basename(name))))
    await moveIn(folder, dataDir)
    return {
      about,
      size: (await stat(path)).size,
      files: kept.size,
      missing: hashes.filter((sha256) => !kept.has(sha256)).length,
      key,
    }
  } catch (fault) {
    if (!(fault instanceof NotABackup)) throw fault
    throw new UserError(
      `${path} is damaged, or is no backup of Rowbot. Nothing was changed.`,
      'Use another backup.',
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function requireSqlite({ databaseUrl }: BackedUp, act: string): void {
  if (databaseUrl === undefined) return
  throw new UserError(
    `The database is Postgres (DATABASE_URL is set): ${act} with its own programs.`,
    'docs/backup.md says how.',
  )
}

/** Also what SQLite writes beside a database: of another one, it would be mixed into this one. */
async function requireUnused(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => [])
  const database = join(dataDir, DATABASE_FILE)
  const leftovers = names.filter((name) => BESIDE.has(name))
  if (!isDatabase(database) && leftovers.length === 0) return
  throw new UserError(
    `There is a database in ${dataDir} already. Nothing was changed.`,
    `Stop Rowbot and move the folder away (mv ${dataDir} ${dataDir}.before), or set ROWBOT_DATA_DIR to another one. Then restore again.`,
  )
}

const BESIDE = new Set(['-wal', '-shm', '-journal'].map((end) => `${DATABASE_FILE}${end}`))

function requireComplete(about: Backup['about'], parts: BackupPart[]): void {
  const database = parts.find(({ name }) => name === DATABASE_FILE)
  if (database?.sha256 !== about.database.sha256) throw new NotABackup('its database is another')
}

async function aboutIn(folder: string): Promise<Backup['about']> {
  try {
    return About.parse(JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8')))
  } catch (fault) {
    throw new NotABackup(fault)
  }
}

/** The database last: until it is there, the folder has none, and can be restored again. */
async function moveIn(folder: string, dataDir: string): Promise<void> {
  for (const prefix of await readdir(join(folder, 'files')).catch(() => [])) {
    const to = join(dataDir, 'files', prefix)
    await mkdir(to, { recursive: true, mode: 0o700 })
    for (const name of await readdir(join(folder, 'files', prefix)))
      await rename(join(folder, 'files', prefix, name), join(to, name))
  }
  for (const name of [SECRET_KEY_FILE, ADMIN_TOKEN_FILE]) {
    const from = join(folder, name)
    if (existsSync(from) && !existsSync(join(dataDir, name))) await rename(from, join(dataDir, name))
  }
  await rename(join(folder, DATABASE_FILE), join(dataDir, DATABASE_FILE))
}

/** In the same file system as what will be written there. */
async function folderBeside(path: string): Promise<string> {
  const folder = dirname(resolve(path))
  try {
    return await mkdtemp(join(folder, '.rowbot-backup-'))
  } catch (fault) {
    throw new UserError(
      `Nothing can be written to ${folder}: ${fault instanceof Error ? fault.message : String(fault)}.`,
      'Choose another folder for the backup.',
    )
  }
}

function keyFilesIn(dataDir: string): Record<string, string> {
  const names = [SECRET_KEY_FILE, ADMIN_TOKEN_FILE].filter((name) => existsSync(join(dataDir, name)))
  return Object.fromEntries(names.map((name) => [name, join(dataDir, name)]))
}

async function hashOf(path: string): Promise<{ sha256: string; size: number }> {
  const hash = new Bun.CryptoHasher('sha256')
  for await (const piece of Bun.file(path).stream()) hash.update(piece)
  return { sha256: hash.digest('hex'), size: Bun.file(path).size }
}

function isFile({ name }: BackupPart): boolean {
  return name.startsWith('files/')
}
