import Database from 'better-sqlite3'
import { isBusy } from './locked.ts'

/** Held by the one process that runs the tasks of a data folder. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the lock, or gives undefined while another process has it. It is a file lock of the operating system (through
 * SQLite, which has them on every platform), so a process that dies by kill -9 leaves nothing behind to wait for.
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
