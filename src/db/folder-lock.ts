import Database from 'better-sqlite3'
import { UserError } from '../engine/user-error.ts'
import { isBusy } from './locked.ts'

/** The lock of a data folder. The one process that runs its tasks holds it. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the lock, or returns undefined while another process has it. It is a file lock of the operating system, taken
 * through SQLite, which supports every platform. A process that dies by `kill -9` leaves no lock behind.
 * @throws UserError if it cannot be written, as on a disk that is full
 */
export function lockFolder(path: string): FolderLock | undefined {
  let lock: Database.Database | undefined
  try {
    lock = new Database(path, { timeout: 0 })
    lock.pragma('journal_mode = DELETE')
    lock.exec('begin exclusive')
  } catch (fault) {
    lock?.close()
    if (isBusy(fault)) return undefined
    throw new UserError(
      `The lock ${path} cannot be taken: ${fault instanceof Error ? fault.message : String(fault)}.`,
      'Make room on that disk, and let Rowbot write to the folder.',
    )
  }
  const taken = lock
  return { release: () => taken.close() }
}
