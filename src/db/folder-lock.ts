import Database from 'better-sqlite3'
import { isBusy } from './locked.ts'

/** The lock of a data folder. The one process that runs its tasks holds it. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the lock, or returns undefined while another process has it. It is a file lock of the operating system, taken
 * through SQLite, which supports every platform. A process that dies by `kill -9` leaves no lock behind.
 */
export function lockFolder(path: string): FolderLock | undefined {
  const lock = new Database(path, { timeout: 0 })
  try {
    lock.pragma('journal_mode = DELETE')
    lock.exec('begin exclusive')
  } catch (fault) {
    lock.close()
    if (isBusy(fault)) return undefined
    throw fault
  }
  return { release: () => lock.close() }
}
