import { giveBackLease, type Lease, renewLease, takeLease } from '../db/leases.ts'
import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import { KeyedQueue, type KeyedTurns } from './keyed-queue.ts'

/** A machine that is frozen or dead keeps others waiting no longer than this. */
const LEASE_MS = 6_000
const RENEW_EVERY_MS = LEASE_MS / 3
const FIRST_PAUSE_MS = 20
const MAX_PAUSE_MS = 250

/**
 * As KeyedQueue, over all machines: clicks on one draft are handled one after the other, wherever each has arrived. What
 * is of one machine keeps its order; between machines, whoever comes first goes first.
 */
export class SharedTurns implements KeyedTurns {
  readonly #own = new KeyedQueue()

  constructor(
    private readonly db: Db,
    private readonly clock: Pick<Clock, 'after'>,
  ) {}

  /** @param work may ask whether the turn is still its own: a process that was frozen finds that others went on */
  run<T>(key: string, work: (isOurs: () => Promise<boolean>) => Promise<T>): Promise<T> {
    return this.#own.run(key, async () => {
      const lease = await this.#take(`turn:${key}`)
      const stop = this.#keep(lease)
      try {
        return await work(() => renewLease(this.db, lease, LEASE_MS))
      } finally {
        stop()
        await giveBackLease(this.db, lease).catch(() => {}) // it runs out by itself
      }
    })
  }

  async #take(name: string): Promise<Lease> {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
      const lease = await takeLease(this.db, name, LEASE_MS)
      if (lease) return lease
      await new Promise<void>((resolve) => this.clock.after(ms, resolve))
    }
  }

  #keep(lease: Lease): () => void {
    let cancel = () => {}
    const wait = () => {
      cancel = this.clock.after(RENEW_EVERY_MS, () => {
        renewLease(this.db, lease, LEASE_MS).catch(() => {}) // what it guards is also safe without it: see Drafts.save
        wait()
      })
    }
    wait()
    return () => cancel()
  }
}
