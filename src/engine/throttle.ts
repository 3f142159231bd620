import { Circuit, type Trouble, troubleIn } from './circuit.ts'
import type { Clock } from './clock.ts'
import { DifyQueue } from './dify-queue.ts'
import type { Outcome } from './outcome.ts'
import { type PacedCall, Pacer, type RateLimits } from './pacer.ts'
import { type Timing, backoffMs } from './timing.ts'

/** Leave to make one call. Who gets one must release it. */
export interface Slot {
  /** What the call came to. @param row id of the row */
  ended(outcome: Outcome, row: string): void
  /** No call was made. */
  unused(): void
  /** The slot is free again. Neither ended nor unused: a call was made, and nothing is known of it. */
  release(): void
}

/** Why a workflow takes fewer calls than it is set to. */
export type Slowdown =
  /** fewer at once */
  | { kind: 'throttled'; atOnce: number }
  /** so many calls or tokens a minute got through, and no more */
  | { kind: 'paced'; perMinute: number | undefined; tokensPerMinute: number | undefined }
  | ({ kind: 'trouble' } & Trouble)

/** What a person sets for a workflow. */
export interface ThrottleLimits extends RateLimits {
  /** calls at once, 1 or more */
  atOnce: number
}

interface SlotCall {
  paced: PacedCall
  /** calls that were under way when it began and were let in, itself among them */
  beside: number
  isAsking: boolean
}

interface Waiter {
  give(slot: Slot): void
}

/**
 * When the calls of one workflow begin, over all its tasks: first come, first served, so that lanes of a small task get
 * their turn beside those of a large one. It is as fast as the server lets it be: turned away, it learns how many calls
 * at once get through, or how many a minute (pacer.ts); and where the server is in trouble, all wait (circuit.ts).
 */
export class Throttle {
  /** told what becomes of the calls */
  readonly queue: DifyQueue
  readonly #pacer: Pacer
  readonly #circuit: Circuit
  readonly #waiting: Waiter[] = []
  readonly #underWay: SlotCall[] = []
  #taken = 0
  #atOnce: number
  /** so many were let in together */
  #proved = 0
  #growsAt = Number.POSITIVE_INFINITY
  #growEveryMs: number
  #hasGrown = false
  #loweredAt = Number.NEGATIVE_INFINITY
  #loweredFrom = 0
  #holds = 0
  #heldAt = Number.NEGATIVE_INFINITY
  #cancelTimer: (() => void) | undefined

  constructor(
    private limits: ThrottleLimits,
    private readonly clock: Clock,
    private readonly timing: Timing,
    private readonly random: () => number = Math.random,
  ) {
    this.#pacer = new Pacer(timing)
    this.#pacer.setLimits(limits)
    this.#circuit = new Circuit(timing)
    this.queue = new DifyQueue(clock, timing, () => this.#serve())
    this.#atOnce = limits.atOnce
    this.#growEveryMs = timing.growEveryMs
  }

  /** Calls at once, now. */
  get limit(): number {
    return this.#atOnce
  }

  get lowered(): boolean {
    return this.#atOnce < this.limits.atOnce
  }

  get slowdown(): Slowdown | undefined {
    const { trouble } = this.#circuit
    if (trouble) return { kind: 'trouble', ...trouble }
    if (this.lowered) return { kind: 'throttled', atOnce: this.#atOnce }
    const { calls, tokens } = this.#pacer.learnt
    if (calls === undefined && tokens === undefined) return undefined
    return { kind: 'paced', perMinute: calls, tokensPerMinute: tokens }
  }

  /** As they are set for the workflow, should a person have changed them. */
  setLimits(limits: ThrottleLimits): void {
    this.#atOnce = this.lowered ? Math.min(this.#atOnce, limits.atOnce) : limits.atOnce
    this.limits = limits
    this.#pacer.setLimits(limits)
    this.#serve()
  }

  /** Leave to make one call, or undefined once `signal` is aborted. */
  slot(signal: AbortSignal): Promise<Slot | undefined> {
    if (signal.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const waiter: Waiter = {
        give(slot) {
          signal.removeEventListener('abort', giveUp)
          resolve(slot)
        },
      }
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        resolve(undefined)
        this.#serve()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(waiter)
      this.#serve()
    })
  }

  /** Gives slots to those who wait, as long as the next call may begin now; else looks again when it may. */
  #serve(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    while (this.#waiting.length > 0 && this.#taken < this.#atOnce) {
      const now = this.clock.monotonicNow()
      const at = Math.max(
        this.#circuit.nextAt(now),
        this.queue.nextAt(now, this.#taken),
        this.#pacer.nextAt(now, this.#atOnce),
      )
      if (at > now) {
        if (Number.isFinite(at)) this.#cancelTimer = this.clock.after(at - now, () => this.#serve())
        return
      }
      this.#waiting.shift()?.give(this.#begin(now))
    }
  }

  #begin(now: number): Slot {
    this.#taken++
    this.queue.sent(now)
    const isAsking = this.#circuit.began()
    const call: SlotCall = { paced: this.#pacer.began(now), beside: this.#underWay.length + 1, isAsking }
    this.#underWay.push(call)
    let isOpen = true
    const over = () => {
      if (!isOpen) return false
      isOpen = false
      this.#underWay.splice(this.#underWay.indexOf(call), 1)
      return true
    }
    return {
      ended: (outcome, row) => {
        if (over()) this.#ended(call, outcome, row)
      },
      unused: () => {
        if (!over()) return
        this.#pacer.unused(call.paced)
        this.#circuit.left(isAsking)
      },
      release: () => {
        if (over()) {
          this.#pacer.left()
          this.#circuit.left(isAsking)
        }
        this.#taken--
        this.#serve()
      },
    }
  }

  #ended(call: SlotCall, outcome: Outcome, row: string): void {
    const now = this.clock.monotonicNow()
    this.#circuit.ended(outcome, { row, isAsking: call.isAsking, now, at: this.clock.now() })
    if (troubleIn(outcome) !== undefined) {
      this.#pacer.left()
      if (!this.#circuit.trouble) this.#hold(call, now)
    } else if (outcome.kind === 'throttled') this.#turnedAway(call, outcome, now)
    else {
      const tokens = 'usage' in outcome ? outcome.usage?.tokens : undefined
      this.#pacer.passed(call.paced, now, tokens)
      this.#passed(call, now)
    }
  }

  #passed({ beside }: SlotCall, now: number): void {
    this.#holds = 0
    this.#proved = Math.max(this.#proved, beside)
    if (!this.lowered || now < this.#growsAt) return
    this.#atOnce++
    this.#hasGrown = true
    this.#growsAt = now + this.#growEveryMs
  }

  /**
   * Too many at once, or too many a minute? So many at once were let in before: then it is the minute. Dify's own limit
   * is always one of calls at once.
   */
  #turnedAway(call: SlotCall, { by, error, retryAfterMs }: Throttled, now: number): void {
    // Those that began after it were not beside it: it never ran.
    for (const other of this.#underWay) if (other.paced.beganAt >= call.paced.beganAt) other.beside--
    // Asked to wait for long, the task stops (breaker.ts): who resumes it must not be held back.
    if (retryAfterMs !== undefined && retryAfterMs < this.timing.giveUpAfterMs) {
      this.#pacer.holdUntil(now + retryAfterMs)
    }
    const others = this.#underWay.length
    if (by !== 'app' && (others === 0 || call.beside <= this.#proved)) {
      this.#pacer.refused(call.paced, now, OF_TOKENS.test(error) ? 'tokens' : 'calls')
      const isSameWave = call.paced.beganAt < this.#loweredAt
      const before = isSameWave ? this.#loweredFrom : this.#proved // none of the wave was let in: it was not that
      this.#atOnce = Math.max(this.#atOnce, Math.min(before, this.limits.atOnce))
      return
    }
    this.#pacer.turnedAway(call.paced, now)
    if (others === 0) this.#hold(call, now)
    if (call.paced.beganAt >= this.#loweredAt) {
      const { growEveryMs } = this.timing
      const most = growEveryMs * MOST_GROW_WAITS
      this.#growEveryMs = this.#hasGrown ? Math.min(this.#growEveryMs * 2, most) : growEveryMs
      this.#hasGrown = false
      this.#loweredAt = now
      this.#loweredFrom = this.#atOnce
    }
    this.#atOnce = Math.max(1, Math.min(this.#atOnce, others))
    this.#growsAt = now + this.#growEveryMs
  }

  /** Nothing gets through: all wait, longer each time. A wave of calls that met the same waits once. */
  #hold({ paced }: SlotCall, now: number): void {
    if (paced.beganAt < this.#heldAt) return
    this.#heldAt = now
    const { holdBaseMs, holdMaxMs } = this.timing
    this.#pacer.holdUntil(now + backoffMs(holdBaseMs, holdMaxMs, this.#holds++, this.random))
  }
}

type Throttled = Extract<Outcome, { kind: 'throttled' }>

/** As model providers say it: `tokens per min (TPM)`. */
const OF_TOKENS = /\bTPM\b|tokens?[ -]per[ -]min|token rate|tokens?\/min/i
/** What was refused again and again is tried less and less often. */
const MOST_GROW_WAITS = 16
