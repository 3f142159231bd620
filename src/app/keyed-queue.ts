import pLimit, { type LimitFunction } from 'p-limit'

/** Runs work with the same key in order. */
export interface KeyedTurns {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

/**
 * Runs work with the same key in order, and work with different keys in parallel. A failure affects only its own
 * work.
 */
export class KeyedQueue implements KeyedTurns {
  readonly #queues = new Map<string, LimitFunction>()

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? pLimit(1)
    this.#queues.set(key, queue)
    try {
      return await queue(work)
    } finally {
      if (queue.activeCount + queue.pendingCount === 0) this.#queues.delete(key)
    }
  }

  /** Number of keys with unfinished work. */
  get size(): number {
    return this.#queues.size
  }
}
