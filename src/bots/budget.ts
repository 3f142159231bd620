import type { Clock } from '../engine/clock.ts'
import type { Place } from '../messages/people.ts'

const WINDOW_MS = 60_000
/**
 * Slack allows about 50 chat.update calls a minute per workspace. Discord counts by channel, but the same limit is
 * used.
 */
const EDITS_A_MINUTE = 39
/** Edits reserved for tasks that have ended: progress may wait, an end may not. */
const RESERVED_FOR_ENDS = 6

/** One budget for each workspace: progress asks it, and what people wait for counts in it without asking. */
export class Budgets {
  readonly #budgets = new Map<string, Budget>()

  constructor(private readonly clock: Clock) {}

  of({ platform, team }: Pick<Place, 'platform' | 'team'>): Budget {
    const key = `${platform}:${team}`
    const budget = this.#budgets.get(key) ?? new Budget(this.clock)
    this.#budgets.set(key, budget)
    return budget
  }
}

/** How many message edits a workspace may still get this minute, over all tasks. */
export class Budget {
  #taken: number[] = []
  #holdUntil = 0

  constructor(private readonly clock: Clock) {}

  /** @param isEnd the edit shows a task’s end, so it may use the reserve */
  has(isEnd: boolean): boolean {
    const now = this.clock.monotonicNow()
    this.#taken = this.#taken.filter((at) => at > now - WINDOW_MS)
    const limit = isEnd ? EDITS_A_MINUTE : EDITS_A_MINUTE - RESERVED_FOR_ENDS
    return now >= this.#holdUntil && this.#taken.length < limit
  }

  take(): void {
    this.#taken.push(this.clock.monotonicNow())
  }

  /** The platform has asked us to pause. */
  hold(ms: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, this.clock.monotonicNow() + ms)
  }
}
