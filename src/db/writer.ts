import { setImmediate } from 'node:timers/promises'
import { DatabaseLocked } from './locked.ts'
import type { Db, Trx } from './schema.ts'

/** Runs a write in a transaction of its own or with others; resolves once it is on disk. */
export type Write = <T>(work: (trx: Trx) => Promise<T>) => Promise<T>

interface QueuedWrite {
  run(trx: Trx): Promise<void>
  done(): void
  fail(fault: unknown): void
}

export interface WriterOptions {
  /** Aborted when this process is about to end: from then on, a write that meets a lock fails with DatabaseLocked. */
  leaving?: AbortSignal
  /** Another program has had the database locked for LOCK_WAIT_MS; called again after each further one. */
  onLocked?: (fault: DatabaseLocked) => void
}

/**
 * Writes for the runner. Those that are asked for in one turn of the event loop are committed together, so that lanes
 * that finish at the same moment share one flush of the disk; a single write does not wait for others. A write is on
 * disk once it resolves, and writes keep their order.
 *
 * While another program has the database locked, writes wait, however long: a result that is given up would have to be
 * asked for again, and of some apps paid again.
 *
 * `work` must not throw on purpose: if a commit fails, each of its works is tried once more by itself.
 */
export function createWriter(db: Db, { leaving, onLocked = () => {} }: WriterOptions = {}): Write {
  let waiting: QueuedWrite[] = []
  let flushing = false

  return (work) =>
    new Promise((resolve, reject) => {
      let result: () => void
      waiting.push({
        async run(trx) {
          const value = await work(trx)
          result = () => resolve(value)
        },
        done: () => result(),
        fail: reject,
      })
      if (flushing) return
      flushing = true
      void flush()
    })

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await setImmediate()
      const jobs = waiting
      waiting = []
      if (!(await commit(jobs))) for (const job of jobs) await commit([job])
    }
    flushing = false
  }

  /** False when several failed together: none of them is written, and each is to be tried by itself. */
  async function commit(jobs: QueuedWrite[]): Promise<boolean> {
    try {
      await inTransaction(jobs)
    } catch (fault) {
      // A lock is the fault of none of them: tried one by one, each would wait for it again.
      if (jobs.length > 1 && !(fault instanceof DatabaseLocked)) return false
      for (const job of jobs) job.fail(fault)
      return true
    }
    for (const job of jobs) job.done()
    return true
  }

  /** Waits for other programs' locks. */
  async function inTransaction(jobs: QueuedWrite[]): Promise<void> {
    for (;;) {
      try {
        await db.transaction().execute(async (trx) => {
          for (const job of jobs) await job.run(trx)
        })
        return
      } catch (fault) {
        if (!(fault instanceof DatabaseLocked)) throw fault
        onLocked(fault)
        if (leaving?.aborted) throw fault
      }
    }
  }
}
