/** What is counted of the calls of the last minute. */
export interface Used {
  calls: number
  tokens: number
}

interface Bucket extends Used {
  /** no call in it began later; ms */
  endsAt: number
}

const BUCKETS = 600

/**
 * Calls and tokens of the last `windowMs`, by when the calls began. Counted in 600 parts, so that a thousand calls a
 * second cost no more than one; a part is over when its last call is.
 */
export class RollingWindow {
  readonly #buckets: Bucket[] = []
  readonly #bucketMs: number

  constructor(private readonly windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS
  }

  /** @param at when the call began: not before that of the last window */
  add(at: number, { calls = 0, tokens = 0 }: Partial<Used>): void {
    const bucket = this.#bucketOf(at)
    bucket.calls += calls
    bucket.tokens += tokens
  }

  used(now: number): Used {
    this.#forget(now)
    const used = { calls: 0, tokens: 0 }
    for (const { calls, tokens } of this.#buckets) {
      used.calls += calls
      used.tokens += tokens
    }
    return used
  }

  /** When no more than `most` of it will be used, if no call is added; Infinity: never. */
  fallsTo(most: number, what: keyof Used, now: number): number {
    let used = this.used(now)[what]
    if (used <= most) return now
    for (const bucket of this.#buckets) {
      used -= bucket[what]
      if (used <= most) return bucket.endsAt + this.windowMs
    }
    return Number.POSITIVE_INFINITY
  }

  #bucketOf(at: number): Bucket {
    const endsAt = (Math.floor(at / this.#bucketMs) + 1) * this.#bucketMs
    const existing = this.#buckets.findLast((bucket) => bucket.endsAt <= endsAt)
    if (existing?.endsAt === endsAt) return existing
    const bucket = { endsAt, calls: 0, tokens: 0 }
    this.#buckets.splice(existing ? this.#buckets.lastIndexOf(existing) + 1 : 0, 0, bucket)
    return bucket
  }

  #forget(now: number): void {
    while (this.#buckets[0] && this.#buckets[0].endsAt + this.windowMs <= now) this.#buckets.shift()
  }
}
