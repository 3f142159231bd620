import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
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
  return {
    database: join(path, 'rowbot.db'),
    lock: join(path, 'runner.lock'),
    log: join(path, 'rowbot.log'),
    secret: (given) => given ?? keptSecret(join(path, 'secret.key')),
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
      if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault
    } finally {
      unlinkSync(whole)
    }
  }
  chmodSync(file, 0o600)
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length >= 16) return secret
  throw new UserError(
    `The key in ${file} is too short to be one of ours.`,
    'Put the one from your backup back.',
  )
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
