import type { Outcome } from './outcome.ts'
import type { Timing } from './timing.ts'

/** A server that does not answer, as people are told of it. */
export interface Trouble {
  /** when it began; ms since 1970 */
  since: number
  /** the server's last words, or what became of the last call */
  lastAnswer: string
  askedEveryMs: number
}

const TROUBLES_IN_A_ROW = 5
const LEAST_ROWS = 2

/**
 * A server that answered before and now gives 5xx, web pages or nothing is in trouble, not the rows that meet it. After
 * five such calls in a row, over two rows, the circuit is open: calls wait, and one asks now and then until the server
 * answers.
 */
export class Circuit {
  #inARow = 0
  readonly #rows = new Set<string>()
  #since = 0
  #lastAnswer = ''
  #open: { askedEveryMs: number; askAt: number; isAsking: boolean } | undefined

  constructor(private readonly timing: Timing) {}

  get trouble(): Trouble | undefined {
    if (!this.#open) return undefined
    return { since: this.#since, lastAnswer: this.#lastAnswer, askedEveryMs: this.#open.askedEveryMs }
  }

  /** When the next call may begin. Infinity: not before the one that asks has been answered. */
  nextAt(now: number): number {
    if (!this.#open) return now
    return this.#open.isAsking ? Number.POSITIVE_INFINITY : this.#open.askAt
  }

  /** A call begins. True: it is the one that asks. */
  began(): boolean {
    if (!this.#open) return false
    this.#open.isAsking = true
    return true
  }

  /** The call that asked was not made, or nothing is known of it: another one asks. */
  left(isAsking: boolean): void {
    if (isAsking && this.#open) this.#open.isAsking = false
  }

  /**
   * @param now on the clock that never jumps
   * @param at as people read it
   */
  ended(outcome: Outcome, { row, isAsking, now, at }: Ended): void {
    const said = troubleIn(outcome)
    if (said === undefined) return this.#close()
    if (this.#inARow === 0) this.#since = at
    this.#inARow++
    this.#rows.add(row)
    this.#lastAnswer = said
    if (this.#open) {
      if (!isAsking) return
      const askedEveryMs = Math.min(this.#open.askedEveryMs * 2, this.timing.troubleMaxMs)
      this.#open = { askedEveryMs, askAt: now + askedEveryMs, isAsking: false }
    } else if (this.#inARow >= TROUBLES_IN_A_ROW && this.#rows.size >= LEAST_ROWS) {
      const askedEveryMs = this.timing.troubleBaseMs
      this.#open = { askedEveryMs, askAt: now + askedEveryMs, isAsking: false }
    }
  }

  #close(): void {
    this.#inARow = 0
    this.#rows.clear()
    this.#open = undefined
  }
}

interface Ended {
  /** id of the row that met it */
  row: string
  isAsking: boolean
  now: number
  at: number
}

/** What the outcome says of a server in trouble: it could not be reached, failed, or something before it answered. */
export function troubleIn(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'lost':
      return outcome.error
    case 'throttled': {
      const { inTrouble, by, slow, error } = outcome
      return inTrouble || by === 'server' || (!slow && by === undefined) ? error : undefined
    }
    case 'succeeded':
    case 'failed':
    case 'rejected':
    case 'halted':
      return undefined
  }
}
