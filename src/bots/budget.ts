import type { Clock } from '../engine/clock.ts'

const WINDOW_MS = 60_000
/** Slack allows some 50 chat.update a minute and workspace; Discord, which counts by channel, is told less too. */
const EDITS_A_MINUTE = 39
/** Of these, what is kept for the end of a task: progress may wait, an end may not. */
const RESERVED_FOR_ENDS = 6

/** How many edits a workspace still takes in this minute, over all tasks. */
export class Budget {
  #taken: number[] = []
  #holdUntil = 0

  constructor(private readonly clock: Clock) {}

  /** @param isEnd of a task’s end, which has some kept for it */
  has(isEnd: boolean): boolean {
    const now = this.clock.now()
    this.#taken = this.#taken.filter((at) => at > now - WINDOW_MS)
    const limit = isEnd ? EDITS_A_MINUTE : EDITS_A_MINUTE - RESERVED_FOR_ENDS
    return now >= this.#holdUntil && this.#taken.length < limit
  }

  take(): void {
    this.#taken.push(this.clock.now())
  }

  /** The platform has asked for a pause. */
  hold(ms: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, this.clock.now() + ms)
  }
}
