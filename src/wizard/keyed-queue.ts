import pLimit, { type LimitFunction } from 'p-limit'

/** Work of the same key goes one after the other, of different keys side by side. A failure is that of its own work only. */
export class KeyedQueue {
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

  /** Keys with work that is not done. */
  get size(): number {
    return this.#queues.size
  }
}
