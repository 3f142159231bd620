import pLimit from 'p-limit'
import { type Clock, sleep } from './clock.ts'
import { type Timing, backoffMs } from './timing.ts'

export type Release = () => void

/**
 * How many calls one workflow takes at once, over all tasks: first come, first served, so that lanes of a small task
 * get their turn beside those of a large one. On “too many requests” the limit halves and everybody waits; it grows
 * back by one for every quiet minute.
 */
export class Throttle {
  readonly #slots
  #holdUntil = 0
  #throttles = 0
  #loweredAt = Number.NEGATIVE_INFINITY
  #quietSince = 0

  /** @param max the workflow's limit when all is well, 1 or more */
  constructor(
    private max: number,
    private readonly clock: Clock,
    private readonly timing: Timing,
    private readonly random: () => number = Math.random,
  ) {
    this.#slots = pLimit(max)
  }

  get limit(): number {
    return this.#slots.concurrency
  }

  get lowered(): boolean {
    return this.limit < this.max
  }

  /** The limit as it is set for the workflow, should a person have changed it. */
  setMax(max: number): void {
    if (max === this.max) return
    this.#slots.concurrency = this.lowered ? Math.min(this.limit, max) : max
    this.max = max
  }

  /** A slot for one call, or undefined once `signal` is aborted. Who gets one must release it. */
  async slot(signal: AbortSignal): Promise<Release | undefined> {
    for (;;) {
      const release = await this.#nextSlot(signal)
      const wait = this.#holdUntil - this.clock.monotonicNow()
      if (!release || wait <= 0) return release
      release() // whoever waits out a hold keeps no slot
      await sleep(this.clock, wait, signal)
    }
  }

  /** A call came through. */
  passed(): void {
    this.#throttles = 0
    const quiet = this.clock.monotonicNow() - this.#quietSince
    if (!this.lowered || quiet < this.timing.growEveryMs) return
    this.#slots.concurrency = this.limit + 1
    this.#quietSince = this.clock.monotonicNow()
  }

  /**
   * A call was turned away.
   * @param slow it asked for fewer at once
   * @param calledAt when it began: calls begun before the last halving do not halve again
   */
  turnedAway({ slow, retryAfterMs, calledAt }: TurnedAway): void {
    const now = this.clock.monotonicNow()
    // Asked to wait for long, the task stops (breaker.ts): who resumes it must not be held back.
    if (retryAfterMs !== undefined && retryAfterMs < this.timing.giveUpAfterMs) {
      this.#holdUntil = Math.max(this.#holdUntil, now + retryAfterMs)
    }
    this.#quietSince = now
    if (calledAt <= this.#loweredAt) return
    this.#loweredAt = now
    const hold = backoffMs(this.timing.holdBaseMs, this.timing.holdMaxMs, this.#throttles++, this.random)
    this.#holdUntil = Math.max(this.#holdUntil, now + hold)
    if (slow) this.#slots.concurrency = Math.max(1, Math.floor(this.limit / 2))
  }

  #nextSlot(signal: AbortSignal): Promise<Release | undefined> {
    if (signal.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const giveUp = () => resolve(undefined)
      signal.addEventListener('abort', giveUp)
      void this.#slots(
        () =>
          new Promise<void>((release) => {
            signal.removeEventListener('abort', giveUp)
            if (signal.aborted) release()
            else resolve(release)
          }),
      )
    })
  }
}

export interface TurnedAway {
  slow: boolean
  retryAfterMs?: number | undefined
  calledAt: number
}
