import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { DatabaseLocked } from './away.ts'

/** How long to wait for other programs' locks on which file. */
export interface LockWait {
  file: string
  /** 0: try once */
  waitMs: number
}

const FIRST_PAUSE_MS = 2
const MAX_PAUSE_MS = 250

/**
 * Tries again and again while another program has the database locked, with growing pauses. SQLite's own busy_timeout
 * is not used: it sleeps on the main thread, and nothing else is answered meanwhile.
 * @param work must have changed nothing when it finds the database locked: one statement, or the start of a transaction
 * @param pause lets so many milliseconds pass
 * @throws DatabaseLocked after `waitMs`
 */
export async function untilUnlocked<T>(
  { file, waitMs }: LockWait,
  work: () => T | Promise<T>,
  pause: (ms: number) => Promise<void> = (ms) => setTimeout(ms),
): Promise<T> {
  const until = performance.now() + waitMs
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
    try {
      return await work()
    } catch (fault) {
      if (!isBusy(fault)) throw fault
      const leftMs = until - performance.now()
      if (leftMs <= 0) throw new DatabaseLocked(file)
      await pause(Math.min(ms, leftMs))
    }
  }
}

/** SQLITE_BUSY and its kinds, such as SQLITE_BUSY_RECOVERY: another connection has the lock. */
export function isBusy(fault: unknown): boolean {
  return fault instanceof Database.SqliteError && fault.code.startsWith('SQLITE_BUSY')
}
