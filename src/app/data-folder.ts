import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../engine/user-error.ts'

/** The folder for everything that must last. Only its owner may read it. */
export interface DataFolder {
  database: string
  lock: string
  log: string
  /** the folder of the file store; made when it is first used */
  files: string
  /**
   * The key that encrypts workflow keys: the given one, or one made and stored here.
   * @throws UserError if there is a database but its key is missing: a new key could not decrypt what is in it
   */
  secret(given: string | undefined): string
  /** whether a key is stored here */
  hasSecret(): boolean
  /** @throws UserError if its data has moved to Postgres: what is here is not what people work with any more */
  requireNotMoved(): void
  /** the token that opens the page: the given one, or one made and stored here */
  adminToken(given: string | undefined): AdminToken
}

export interface AdminToken {
  token: string
  /** made: only just now, so nobody has seen it yet */
  from: 'settings' | 'stored' | 'made'
}

/** Left by `rowbot migrate-to`. */
export const MOVED_FILE = 'moved-to-postgres.txt'
export const DATABASE_FILE = 'rowbot.db'
export const SECRET_KEY_FILE = 'secret.key'
export const ADMIN_TOKEN_FILE = 'admin.token'

/** @throws UserError if the folder cannot be made or written */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (fault) {
    throw new UserError(
      `The data folder ${path} cannot be made: ${messageOf(fault)}.`,
      'Set ROWBOT_DATA_DIR to one that can.',
    )
  }
  const files = {
    database: join(path, DATABASE_FILE),
    lock: join(path, 'runner.lock'),
    log: join(path, 'rowbot.log'),
  }
  const isUsed = isDatabase(files.database)
  try {
    for (const file of Object.values(files)) makePrivate(file)
  } catch (fault) {
    throw new UserError(
      `The data folder ${path} cannot be written: ${messageOf(fault)}.`,
      'Make it writable for you, or set ROWBOT_DATA_DIR to another.',
    )
  }
  return {
    ...files,
    files: join(path, 'files'),
    hasSecret: () => existsSync(join(path, SECRET_KEY_FILE)),
    secret(given) {
      if (given !== undefined) return given
      const file = join(path, SECRET_KEY_FILE)
      if (isUsed && !existsSync(file))
        throw new UserError(
          `The secret key of this database is gone: there is no ${file}, and ROWBOT_SECRET_KEY is not set. Nothing was changed.`,
          'Put the file back from your backup, or set ROWBOT_SECRET_KEY to the key used before. If it is lost, set ROWBOT_SECRET_KEY to a new one and enter the workflows’ keys again.',
        )
      return readOrCreate(file, KEY).text
    },
    requireNotMoved() {
      const note = join(path, MOVED_FILE)
      if (!existsSync(note)) return
      throw new UserError(
        `The data of this folder has moved to Postgres, as ${note} says. Nothing was changed.`,
        'Set DATABASE_URL. To start with what was left here instead, delete that file.',
      )
    },
    adminToken(given) {
      if (given !== undefined) return { token: given, from: 'settings' }
      const { text, isNew } = readOrCreate(join(path, ADMIN_TOKEN_FILE), TOKEN)
      return { token: text, from: isNew ? 'made' : 'stored' }
    },
  }
}

/** True if SQLite has written to this file. If it is damaged, opening it will report that. */
export function isDatabase(file: string): boolean {
  try {
    const fd = openSync(file, 'r')
    const head = Buffer.alloc(15)
    readSync(fd, head)
    closeSync(fd)
    return head.toString() === 'SQLite format 3'
  } catch {
    return false // it does not exist, or makePrivate reports what is wrong
  }
}

/** A secret’s name, and what to do if its file is invalid. */
interface SecretKind {
  name: string
  hint: string
}

const KEY: SecretKind = { name: 'key', hint: 'Restore it from your backup.' }
const TOKEN: SecretKind = { name: 'token', hint: 'Delete the file: a new one is made.' }

/**
 * Creates the file readable by its owner only, before SQLite opens it: SQLite would follow the umask. SQLite gives
 * the files beside it (-wal, -shm) the same mode.
 */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    try {
      chmodSync(each, 0o600)
    } catch (fault) {
      if (!isCode(fault, 'ENOENT')) throw fault // SQLite removes these two when nobody has the database open
    }
  }
}

/**
 * Reads the secret from the file, or makes it.
 * @throws UserError if it cannot be read or written, or is not a secret of ours
 */
function readOrCreate(file: string, { name, hint }: SecretKind): { text: string; isNew: boolean } {
  try {
    const isNew = !existsSync(file) && createSecret(file)
    chmodSync(file, 0o600)
    const text = readFileSync(file, 'utf8').trim()
    if (text.length >= 16) return { text, isNew }
  } catch (fault) {
    throw new UserError(`The ${name} in ${file} cannot be stored: ${messageOf(fault)}.`)
  }
  throw new UserError(`The ${name} in ${file} is too short to be one of ours.`, hint)
}

/**
 * Writes a temporary file, then links it to its name: if two commands start at once, neither reads half a file.
 * False: the other one was faster.
 */
function createSecret(file: string): boolean {
  const whole = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(whole, newSecret(), { mode: 0o600 })
  try {
    linkSync(whole, file)
    return true
  } catch (fault) {
    if (!isCode(fault, 'EEXIST')) throw fault
    return false
  } finally {
    unlinkSync(whole)
  }
}

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function isCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
