import type { Clock } from '../../engine/clock.ts'

const MAX_KEPT = 1_000

/**
 * What many look at is asked for once: an answer serves everybody for `freshMs`, and who asks meanwhile waits for the
 * same one. A fault is kept for nobody. Not a QuickLRU: what is old is let go at once, by the clock that is handed in, and
 * everything of one task can be dropped.
 */
export class Fresh {
  readonly #kept = new Map<string, { until: number; answer: Promise<unknown> }>()

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  get<T>(key: string, freshMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now()
    const kept = this.#kept.get(key)
    // `as`: a key is only ever asked with the same question.
    if (kept && kept.until > now) return kept.answer as Promise<T>
    this.#forget(now)
    const answer = ask()
    this.#kept.set(key, { until: now + freshMs, answer })
    answer.catch(() => {
      if (this.#kept.get(key)?.answer === answer) this.#kept.delete(key)
    })
    return answer
  }

  /** Answers that are kept. */
  get size(): number {
    return this.#kept.size
  }

  /** Somebody has changed what is shown: they must see it at once. */
  drop(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#kept.delete(key)
  }

  /** A workflow was changed, or this task: whoever looks at lists, or at the task, sees it at once. */
  changed(taskId?: string): void {
    this.drop('list:')
    if (taskId !== undefined) this.drop(`task:${taskId}`)
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#kept) if (until <= now) this.#kept.delete(key)
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
  }
}
