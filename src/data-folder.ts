import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { UserError } from './engine/user-error.ts'

/** Where everything that lasts is kept: for its owner alone. */
export interface DataFolder {
  database: string
  lock: string
  log: string
  /** the key that workflow keys are encrypted with: the given one, or one made and kept here */
  secret(given: string | undefined): string
}

/** @throws UserError when the folder cannot be made or written */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (fault) {
    throw new UserError(
      `The data folder ${path} cannot be made: ${messageOf(fault)}.`,
      'Set ROWBOT_DATA_DIR to one that can.',
    )
  }
  const kept = {
    database: join(path, 'rowbot.db'),
    lock: join(path, 'runner.lock'),
    log: join(path, 'rowbot.log'),
  }
  try {
    for (const file of Object.values(kept)) keepPrivate(file)
  } catch (fault) {
    throw new UserError(
      `The data folder ${path} cannot be written: ${messageOf(fault)}.`,
      'Make it writable for you, or set ROWBOT_DATA_DIR to another.',
    )
  }
  return {
    ...kept,
    secret: (given) => given ?? keptSecret(join(path, 'secret.key')),
  }
}

/**
 * Makes the file for its owner alone before anybody else opens it: SQLite would make it as the umask says, and gives the
 * files beside it (-wal, -shm) the mode of this one.
 */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    try {
      chmodSync(each, 0o600)
    } catch (fault) {
      if (!isCode(fault, 'ENOENT')) throw fault // SQLite takes the two away when nobody has the database open
    }
  }
}

function keptSecret(file: string): string {
  if (!existsSync(file)) {
    // Written beside it and linked: of two commands that start at once, neither reads a file that is half there.
    const whole = `${file}.${randomBytes(4).toString('hex')}`
    writeFileSync(whole, randomBytes(32).toString('base64url'), { mode: 0o600 })
    try {
      linkSync(whole, file)
    } catch (fault) {
      if (!isCode(fault, 'EEXIST')) throw fault
    } finally {
      unlinkSync(whole)
    }
  }
  const secret = readSecret(file)
  if (secret.length >= 16) return secret
  throw new UserError(
    `The key in ${file} is too short to be one of ours.`,
    'Put the one from your backup back.',
  )
}

function readSecret(file: string): string {
  try {
    chmodSync(file, 0o600)
    return readFileSync(file, 'utf8').trim()
  } catch (fault) {
    throw new UserError(`The key in ${file} cannot be read: ${messageOf(fault)}.`)
  }
}

function isCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
