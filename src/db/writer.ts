import { setImmediate } from 'node:timers/promises'
import { DatabaseAway } from './away.ts'
import type { Db, Trx } from './schema.ts'
import { hasMetAnother } from './transaction.ts'

/**
 * Runs a write in a transaction of its own or with others; resolves once it is on disk.
 * @param alone the same, if no other write happens to be with it and it is one statement that may be repeated: a
 * transaction around it would only cost two more
 */
export type Write = <T>(work: (trx: Trx) => Promise<T>, alone?: () => Promise<T>) => Promise<T>

interface QueuedWrite {
  run(trx: Trx): Promise<void>
  runAlone: (() => Promise<void>) | undefined
  done(): void
  fail(fault: unknown): void
}

export interface WriterOptions {
  /** Aborted when this process is about to end: from then on, a write fails with DatabaseAway when the database is. */
  leaving?: AbortSignal
  /** The database has been away for ten seconds; called again after each further ten. */
  onAway?: (fault: DatabaseAway) => void
}

/**
 * Writes for the runner. Those that are asked for in one turn of the event loop are committed together, so that lanes
 * that finish at the same moment share one flush of the disk; a single write does not wait for others. A write is on
 * disk once it resolves, and writes keep their order.
 *
 * While the database is away, writes wait, however long: a result that is given up would have to be asked for again, and
 * of some apps paid again.
 *
 * `work` must not throw on purpose: if a commit fails, each of its works is tried once more by itself.
 */
export function createWriter(db: Db, { leaving, onAway = () => {} }: WriterOptions = {}): Write {
  let waiting: QueuedWrite[] = []
  let flushing = false

  return (work, alone) =>
    new Promise((resolve, reject) => {
      let result: () => void
      waiting.push({
        async run(trx) {
          const value = await work(trx)
          result = () => resolve(value)
        },
        runAlone:
          alone &&
          (async () => {
            const value = await alone()
            result = () => resolve(value)
          }),
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
      // That the database is away is the fault of none of them: tried one by one, each would wait for it again.
      if (jobs.length > 1 && !(fault instanceof DatabaseAway)) return false
      for (const job of jobs) job.fail(fault)
      return true
    }
    for (const job of jobs) job.done()
    return true
  }

  /**
   * Waits while the database is away. Works fence themselves by the row of their task (rows/claims.ts), so they need no
   * more than each statement's own view of the database.
   */
  async function inTransaction(jobs: QueuedWrite[]): Promise<void> {
    for (;;) {
      try {
        const [only, ...others] = jobs
        if (only?.runAlone && others.length === 0) await only.runAlone()
        else
          await db.transaction().execute(async (trx) => {
            for (const job of jobs) await job.run(trx)
          })
        return
      } catch (fault) {
        if (hasMetAnother(fault)) continue
        if (!(fault instanceof DatabaseAway)) throw fault
        onAway(fault)
        if (leaving?.aborted) throw fault
      }
    }
  }
}
