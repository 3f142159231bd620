import { chmodSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { UserError } from '../../engine/user-error.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** Empty if there is none. @throws UserError */
export function readIfThere(file: string, setup: Texts['setup']): string {
  if (!existsSync(file)) return ''
  try {
    return readFileSync(file, 'utf8')
  } catch (fault) {
    throw new UserError(setup.unreadable(file, messageOf(fault)))
  }
}

/** Writes a file that only its owner may read: whole or not at all, and where a link leads. @throws UserError */
export function writePrivately(file: string, text: string, setup: Texts['setup']): void {
  try {
    const path = existsSync(file) ? realpathSync(file) : file
    const beside = `${path}.${process.pid}.part`
    try {
      writeFileSync(beside, text, { mode: 0o600, flag: 'wx' })
      chmodSync(beside, 0o600) // the umask may have taken more away
      renameSync(beside, path)
    } finally {
      rmSync(beside, { force: true })
    }
  } catch (fault) {
    throw new UserError(setup.unwritable(file, messageOf(fault)))
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
