import type { Clock } from '../../engine/clock.ts'

const MAX_ENTRIES = 1_000

/**
 * What many look at is asked for once: an answer serves everybody for `freshMs`, and who asks meanwhile waits for the
 * same one. A fault is kept for nobody. Not a QuickLRU: what is old is let go at once, by the clock that is handed in, and
 * everything of one task can be dropped.
 */
export class FreshCache {
  readonly #entries = new Map<string, { until: number; answer: Promise<unknown> }>()

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  get<T>(key: string, freshMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now()
    const entry = this.#entries.get(key)
    // `as`: a key is only ever asked with the same question.
    if (entry && entry.until > now) return entry.answer as Promise<T>
    this.#forget(now)
    const answer = ask()
    this.#entries.set(key, { until: now + freshMs, answer })
    answer.catch(() => {
      if (this.#entries.get(key)?.answer === answer) this.#entries.delete(key)
    })
    return answer
  }

  /** Answers that are kept. */
  get size(): number {
    return this.#entries.size
  }

  /** Somebody has changed what is shown: they must see it at once. */
  drop(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key)
  }

  /** A workflow was changed, or this task: whoever looks at lists, or at the task, sees it at once. */
  changed(taskId?: string): void {
    this.drop('list:')
    if (taskId !== undefined) this.drop(`task:${taskId}`)
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key)
    if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear()
  }
}
