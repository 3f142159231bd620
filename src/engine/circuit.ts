import type { LearntNews } from './learnt-together.ts'
import type { Outcome } from './outcome.ts'
import type { Sentence } from './sentence.ts'
import type { Timing } from './timing.ts'

/** A server that does not answer, as shown to people. */
export interface Trouble {
  /** when it began; ms since 1970 */
  since: number
  /** the server's last answer, or what happened to the last call */
  lastAnswer: Sentence
  /** ms between two calls that test whether it answers again */
  askedEveryMs: number
}

const TROUBLES_IN_A_ROW = 5
const LEAST_ROWS = 2

/**
 * A server that answers with 5xx, web pages or nothing at all is in trouble; the rows are not to blame. After five such
 * calls in a row the circuit opens: calls wait, and one call asks now and then until the server answers.
 * At least two rows must be affected. A single row could be the cause itself, for example if its input crashes the
 * server, and must not hold up all others.
 */
export class Circuit {
  #inARow = 0
  readonly #rows = new Set<string>()
  #since = 0
  #lastAnswer: Sentence = ''
  #open: Open | undefined
  /** opened, asked or closed, and the other machines do not know it */
  #news: 'opened' | 'asked' | 'closed' | undefined

  constructor(private readonly timing: Timing) {}

  get trouble(): Trouble | undefined {
    if (!this.#open) return undefined
    return { since: this.#since, lastAnswer: this.#lastAnswer, askedEveryMs: this.#open.askedEveryMs }
  }

  /** When the next call may begin, on the monotonic clock. Infinity: not before the call that asks has an answer. */
  nextAt(now: number): number {
    if (!this.#open) return now
    return this.#open.isAsking || this.#open.othersAsk ? Number.POSITIVE_INFINITY : this.#open.askAt
  }

  /** A call begins. @returns true if it is the one that asks */
  began(): boolean {
    if (!this.#open) return false
    this.#open.isAsking = true
    return true
  }

  /** The call that was to ask was not made, or its result is not known: another one must ask. */
  left(isAsking: boolean): void {
    if (isAsking && this.#open) this.#open.isAsking = false
  }

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
      this.#open = { askedEveryMs, askAt: now + askedEveryMs, isAsking: false, othersAsk: false }
      this.#news ??= 'asked'
    } else if (this.#inARow >= TROUBLES_IN_A_ROW && this.#rows.size >= LEAST_ROWS) {
      const askedEveryMs = this.timing.troubleBaseMs
      this.#open = { askedEveryMs, askAt: now + askedEveryMs, isAsking: false, othersAsk: false }
      this.#news = 'opened'
    }
  }

  hasNews(): boolean {
    return this.#news !== undefined
  }

  takeNews(): Pick<LearntNews, 'circuit'> {
    const kind = this.#news
    this.#news = undefined
    if (kind === 'closed') return { circuit: { kind } }
    const { trouble } = this
    return kind && trouble ? { circuit: { kind, ...trouble } } : {}
  }

  /** What the machines that share the workflow know; undefined: the server answers. */
  take(trouble: SharedTrouble | undefined): void {
    if (this.#news) return // they do not know yet
    if (!trouble) {
      if (this.#open) this.#close()
      this.#news = undefined
      return
    }
    this.#since = trouble.since
    this.#lastAnswer = trouble.lastAnswer
    const { askedEveryMs, askAt, asks } = trouble
    this.#open = { askedEveryMs, askAt, isAsking: this.#open?.isAsking ?? false, othersAsk: !asks }
  }

  #close(): void {
    if (this.#open) this.#news = 'closed'
    this.#inARow = 0
    this.#rows.clear()
    this.#open = undefined
  }
}

interface Open {
  askedEveryMs: number
  askAt: number
  isAsking: boolean
  /** the call that asks is another machine's */
  othersAsk: boolean
}

/** A circuit that is open on all machines. */
interface SharedTrouble extends Trouble {
  /** on the monotonic clock */
  askAt: number
  /** this machine is the one that asks */
  asks: boolean
}

interface Ended {
  /** id of the row */
  row: string
  isAsking: boolean
  /** on the monotonic clock */
  now: number
  /** ms since 1970 */
  at: number
}

/**
 * Why the outcome means that the server is in trouble: it could not be reached, it failed, or a proxy answered for it.
 * Undefined: it does not mean that.
 */
export function troubleIn(outcome: Outcome): Sentence | undefined {
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
    case 'waiting':
      return undefined
  }
}
