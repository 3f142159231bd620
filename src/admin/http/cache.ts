import type { Clock } from '../../engine/clock.ts'

const MAX_ENTRIES = 1_000

/**
 * Shares answers between viewers: one is valid for `freshMs`, and requests in the meantime wait for the same one.
 * Faults are not cached. Unlike a QuickLRU it drops expired entries at once, uses the clock it is given, and can drop
 * everything about one task.
 */
export class FreshCache {
  readonly #entries = new Map<string, { until: number; answer: Promise<unknown> }>()

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  get<T>(key: string, freshMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now()
    const entry = this.#entries.get(key)
    // `as`: a key always stands for the same question, so for the same type.
    if (entry && entry.until > now) return entry.answer as Promise<T>
    this.#forget(now)
    const answer = ask()
    this.#entries.set(key, { until: now + freshMs, answer })
    answer.catch(() => {
      if (this.#entries.get(key)?.answer === answer) this.#entries.delete(key)
    })
    return answer
  }

  /** Number of cached answers. */
  get size(): number {
    return this.#entries.size
  }

  /** Something shown has changed: everybody must see it at once. */
  drop(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }

  /** A workflow or this task has changed: lists and the task’s page show it at once. */
  changed(taskId?: string): void {
    this.drop('list:')
    if (taskId !== undefined) this.drop(`task:${taskId}`)
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key)
    if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear()
  }
}
