import type { Clock } from '../engine/clock.ts'
import type { Place } from '../messages/people.ts'

export const WINDOW_MS = 60_000
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

  /** @param noted what other machines are to know: so many edits of a workspace, or a pause that it asks for */
  constructor(
    private readonly clock: Clock,
    private readonly noted: (workspace: string, what: { edits: number; holdMs: number }) => void = () => {},
  ) {}

  of({ platform, team }: Pick<Place, 'platform' | 'team'>): Budget {
    return this.named(`${platform}:${team}`)
  }

  named(workspace: string): Budget {
    const before = this.#budgets.get(workspace)
    if (before) return before
    const budget = new Budget(this.clock, (what) => this.noted(workspace, what))
    this.#budgets.set(workspace, budget)
    return budget
  }

  /** What the other machines have done within the last minute, in place of what was heard before. */
  elsewhere(all: { workspace: string; edits: number; agoMs: number; holdMs: number }[]): void {
    for (const budget of this.#budgets.values()) budget.elsewhere([])
    for (const [workspace, its] of Map.groupBy(all, (one) => one.workspace))
      this.named(workspace).elsewhere(its)
  }
}

/** How many message edits a workspace may still get this minute, over all tasks. */
export class Budget {
  #taken: number[] = []
  #elsewhere: { at: number; edits: number }[] = []
  #holdUntil = 0

  constructor(
    private readonly clock: Clock,
    private readonly noted: (what: { edits: number; holdMs: number }) => void = () => {},
  ) {}

  /** @param isEnd the edit shows a task’s end, so it may use the reserve */
  has(isEnd: boolean): boolean {
    const now = this.clock.monotonicNow()
    this.#taken = this.#taken.filter((at) => at > now - WINDOW_MS)
    this.#elsewhere = this.#elsewhere.filter(({ at }) => at > now - WINDOW_MS)
    const elsewhere = this.#elsewhere.reduce((sum, { edits }) => sum + edits, 0)
    const limit = isEnd ? EDITS_A_MINUTE : EDITS_A_MINUTE - RESERVED_FOR_ENDS
    return now >= this.#holdUntil && this.#taken.length + elsewhere < limit
  }

  take(): void {
    this.#taken.push(this.clock.monotonicNow())
    this.noted({ edits: 1, holdMs: 0 })
  }

  /** The platform has asked us to pause. */
  hold(ms: number): void {
    this.#holdFor(ms)
    this.noted({ edits: 0, holdMs: ms })
  }

  elsewhere(all: { edits: number; agoMs: number; holdMs: number }[]): void {
    const now = this.clock.monotonicNow()
    this.#elsewhere = all.map(({ edits, agoMs }) => ({ at: now - agoMs, edits }))
    for (const { holdMs } of all) this.#holdFor(holdMs)
  }

  #holdFor(ms: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, this.clock.monotonicNow() + ms)
  }
}
