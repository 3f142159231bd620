import { tmpdir } from 'node:os'
import { UserError } from '../engine/user-error.ts'
import { IS_EXECUTABLE } from '../engine/this-program.ts'

/** Why the database in `dataDir` could not be opened, for the person who starts Rowbot. */
export function unopened(fault: unknown, dataDir: string): UserError {
  if (fault instanceof UserError) return fault
  if (isNotLoaded(fault)) return IS_EXECUTABLE ? notUnpacked() : notBuilt(fault)
  return new UserError(
    `The database rowbot.db in ${dataDir} cannot be opened: ${messageOf(fault)}.`,
    hintFor(fault),
  )
}

/** A backup is older than what is there, so only a damaged file is worth one. */
function hintFor(fault: unknown): string {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : ''
  if (/^(SQLITE_(FULL|IOERR)|ENOSPC|EIO)/.test(code))
    return 'Is the disk full? Make room on it, then try again. Nothing of the database is lost.'
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS)/.test(code))
    return 'See that whoever runs Rowbot may read and write the file and its folder.'
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return 'Put it back from a backup, or set ROWBOT_DATA_DIR to another folder.'
  return 'Keep a copy of the folder, and report this. If you cannot wait, put the database back from a backup.'
}

/** The system loads libraries from files only, so Bun writes the one in the executable to the folder for temporary files. */
function notUnpacked(): UserError {
  const folder = process.env['BUN_TMPDIR'] || process.env['TMPDIR'] || tmpdir()
  const example = process.platform === 'linux' ? ' (BUN_TMPDIR=/dev/shm)' : ''
  return new UserError(
    `Rowbot’s SQLite library could not be loaded from ${folder}: the folder cannot be written, or is mounted noexec.`,
    `Set BUN_TMPDIR to a folder that can be written and executed from${example}. It needs 3 MB there.`,
  )
}

function notBuilt(fault: unknown): UserError {
  return new UserError(
    `Rowbot’s SQLite library cannot be loaded on this machine: ${messageOf(fault)}.`,
    'Install Rowbot again on this machine: what was installed on another system or processor does not fit.',
  )
}

/** What Bun and Node throw for a native module. */
function isNotLoaded(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ERR_DLOPEN_FAILED'
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
