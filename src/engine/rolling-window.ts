/** What a window counts. */
export interface Used {
  calls: number
  /** of calls that have ended */
  tokens: number
  /** calls whose tokens are not known yet */
  underWay: number
}

interface Bucket extends Used {
  /** every call in it began before this; ms on the monotonic clock */
  endsAt: number
}

const BUCKETS = 600

/**
 * Calls and tokens of the last `windowMs`, by the time when the calls began. Counted in 600 buckets, so that a thousand
 * calls a second cost no more than one. A bucket leaves the window as a whole, when its newest call does.
 */
export class RollingWindow {
  readonly #buckets: Bucket[] = []
  readonly #bucketMs: number

  constructor(private readonly windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS
  }

  /** @param at when the call began, within the window */
  add(at: number, { calls = 0, tokens = 0, underWay = 0 }: Partial<Used>): void {
    // Nobody asks for what is used while there is no limit.
    this.#forget(at)
    const bucket = this.#bucketOf(at)
    bucket.calls += calls
    bucket.tokens += tokens
    bucket.underWay += underWay
  }

  /** Calls and tokens in the window. */
  used(now: number): Used {
    this.#forget(now)
    const used = { calls: 0, tokens: 0, underWay: 0 }
    for (const { calls, tokens, underWay } of this.#buckets) {
      used.calls += calls
      used.tokens += tokens
      used.underWay += underWay
    }
    return used
  }

  /**
   * When the window will contain no more than `most`, if nothing is added; `now`: already; Infinity: never.
   * @param of what is counted
   */
  fallsTo(most: number, of: (used: Used) => number, now: number): number {
    const used = this.used(now)
    if (of(used) <= most) return now
    for (const { endsAt, calls, tokens, underWay } of this.#buckets) {
      used.calls -= calls
      used.tokens -= tokens
      used.underWay -= underWay
      if (of(used) <= most) return endsAt + this.windowMs
    }
    return Number.POSITIVE_INFINITY
  }

  #bucketOf(at: number): Bucket {
    const endsAt = (Math.floor(at / this.#bucketMs) + 1) * this.#bucketMs
    const existing = this.#buckets.findLast((bucket) => bucket.endsAt <= endsAt)
    if (existing?.endsAt === endsAt) return existing
    const bucket = { endsAt, calls: 0, tokens: 0, underWay: 0 }
    this.#buckets.splice(existing ? this.#buckets.lastIndexOf(existing) + 1 : 0, 0, bucket)
    return bucket
  }

  #forget(now: number): void {
    while (this.#buckets[0] && this.#buckets[0].endsAt + this.windowMs <= now) this.#buckets.shift()
  }
}
