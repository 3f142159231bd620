import { MOST_GROW_WAITS } from './learnt-together.ts'
import type { Timing } from './timing.ts'

/** What one machine has learnt of it, for the others. */
export interface AtOnceNews {
  lowered?: number
  restored?: number
  mayGrow?: boolean
}

/**
 * How many calls of a workflow may be under way at once. Refusals lower it; it grows back by one at a time. Where several
 * machines share the workflow, it is the number of all together, and they let it grow together (learnt-together.ts).
 */
export class CallsAtOnce {
  #limit: number
  /** the most calls that were let in together */
  #proved = 0
  #growsAt = Number.POSITIVE_INFINITY
  #growEveryMs: number
  #hasGrown = false
  #loweredAt = Number.NEGATIVE_INFINITY
  #loweredFrom = 0
  #news: AtOnceNews = {}

  /** @param most as a person allows */
  constructor(
    private most: number,
    private readonly timing: Pick<Timing, 'growEveryMs'>,
    private readonly isShared: boolean,
  ) {
    this.#limit = most
    this.#growEveryMs = timing.growEveryMs
  }

  get limit(): number {
    return this.#limit
  }

  get lowered(): boolean {
    return this.#limit < this.most
  }

  /** A person may have changed it. */
  setMost(most: number): void {
    this.#limit = this.lowered ? Math.min(this.#limit, most) : most
    this.most = most
  }

  /** All machines together have found so many; undefined: as many as a person allows. */
  take(limit: number | undefined): void {
    if (this.#news.lowered !== undefined || this.#news.restored !== undefined) return // these are not counted yet
    this.#limit = Math.min(limit ?? this.most, this.most)
  }

  takeNews(): AtOnceNews {
    const news = this.#news
    this.#news = {}
    return news
  }

  hasNews(): boolean {
    return this.#news.lowered !== undefined || this.#news.restored !== undefined
  }

  /** A call was let in. @param beside how many calls were under way then, itself included */
  passed(beside: number, now: number): void {
    this.#proved = Math.max(this.#proved, beside)
    if (!this.lowered) return
    if (this.isShared) {
      this.#news.mayGrow = true
      return
    }
    if (now < this.#growsAt) return
    this.#limit++
    this.#hasGrown = true
    this.#growsAt = now + this.#growEveryMs
  }

  /** Whether as many were let in together before. */
  hasLetIn(beside: number): boolean {
    return beside <= this.#proved
  }

  /** Refused for another reason: if nothing of its wave was let in, lowering the calls at once was a mistake. */
  refusedOtherwise(beganAt: number): void {
    const before = beganAt < this.#loweredAt ? this.#loweredFrom : this.#proved
    const restored = Math.max(this.#limit, Math.min(before, this.most))
    if (restored > this.#limit) this.#news = { restored }
    this.#limit = restored
  }

  /** That many at once were too many. @param others the calls that are under way */
  lower(others: number, beganAt: number, now: number): void {
    if (beganAt >= this.#loweredAt) {
      const { growEveryMs } = this.timing
      const most = growEveryMs * MOST_GROW_WAITS
      this.#growEveryMs = this.#hasGrown ? Math.min(this.#growEveryMs * 2, most) : growEveryMs
      this.#hasGrown = false
      this.#loweredAt = now
      this.#loweredFrom = this.#limit
    }
    this.#limit = Math.max(1, Math.min(this.#limit, others))
    this.#news = { lowered: this.#limit }
    this.#growsAt = now + this.#growEveryMs
  }
}
