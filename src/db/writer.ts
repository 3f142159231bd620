import { setImmediate } from 'node:timers/promises'
import type { Db, Trx } from './schema.ts'

/** Runs a write in a transaction of its own or with others; resolves once it is on disk. */
export type Write = <T>(work: (trx: Trx) => Promise<T>) => Promise<T>

interface QueuedWrite {
  run(trx: Trx): Promise<void>
  done(): void
  fail(fault: unknown): void
}

/**
 * Commits what is asked for in one turn of the event loop together: lanes that finish at the same moment share the
 * disk's flush, nobody waits for company, and what is resolved is durable. Writes keep their order.
 * A work given here must not throw by itself: should a commit fail, each is tried once more alone.
 */
export function createWriter(db: Db): Write {
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
      if (!(await commit(jobs)) && jobs.length > 1) for (const job of jobs) await commit([job])
    }
    flushing = false
  }

  /** False when several failed together: none of them is written. */
  async function commit(jobs: QueuedWrite[]): Promise<boolean> {
    try {
      await db.transaction().execute(async (trx) => {
        for (const job of jobs) await job.run(trx)
      })
    } catch (fault) {
      if (jobs.length === 1) jobs[0]?.fail(fault)
      return false
    }
    for (const job of jobs) job.done()
    return true
  }
}
