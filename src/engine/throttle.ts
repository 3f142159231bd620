import { CallsAtOnce } from './calls-at-once.ts'
import { Circuit, troubleIn } from './circuit.ts'
import type { Clock } from './clock.ts'
import { DifyQueue } from './dify-queue.ts'
import type { Outcome } from './outcome.ts'
import { type PacedCall, Pacer, type RateLimits } from './pacer.ts'
import type { LearntNews } from './learnt-together.ts'
import { inEnglish } from './sentence.ts'
import type { DividedLimits, ShareAnswer, ShareReport } from './shares.ts'
import { paceOf, type Slowdown } from './slowdown.ts'
import { ratesElsewhere, type Sharing, ThrottleShare, troubleFor } from './throttle-share.ts'
import { type Timing, backoffMs } from './timing.ts'

/** Permission to make one call. Whoever gets a slot must release it. */
export interface Slot {
  /** Reports the result of the call. @param row id of the row */
  ended(outcome: Outcome, row: string): void
  /** No call was made. */
  unused(): void
  /** Frees the slot. If neither `ended` nor `unused` came first, a call was made whose result is not known. */
  release(): void
}

/** What a person sets for a workflow. */
export interface ThrottleLimits extends RateLimits {
  /** calls at once, 1 or more */
  atOnce: number
}

interface SlotCall {
  paced: PacedCall
  /** how many calls were under way when it began, itself included, without those that were refused */
  beside: number
  isAsking: boolean
}

interface Waiter {
  give(slot: Slot): void
}

/**
 * Decides when the calls of one workflow begin, over all its tasks. First come, first served, so that the lanes of a small
 * task get their turn beside those of a large one. It goes as fast as the server allows: from refusals it learns how many
 * calls get through at once, or in a minute (pacer.ts); it sends no more than Dify's workers start (dify-queue.ts); and if
 * the server is in trouble, all calls wait (circuit.ts).
 */
export class Throttle {
  /** Dify's queue; whoever follows a call reports to it */
  readonly queue: DifyQueue
  readonly #pacer: Pacer
  readonly #circuit: Circuit
  /** undefined: this process alone calls the workflow */
  readonly #share: ThrottleShare | undefined
  #looksAgain = false
  readonly #waiting: Waiter[] = []
  readonly #underWay: SlotCall[] = []
  readonly #atOnce: CallsAtOnce
  #taken = 0
  #holds = 0
  #heldAt = Number.NEGATIVE_INFINITY
  #cancelTimer: (() => void) | undefined

  constructor(
    private limits: ThrottleLimits,
    private readonly clock: Clock,
    private readonly timing: Timing,
    private readonly random: () => number = Math.random,
    /** where other machines call the workflow, too */
    sharing?: Sharing,
  ) {
    this.#pacer = new Pacer(timing)
    this.#circuit = new Circuit(timing)
    this.queue = new DifyQueue(clock, timing, () => this.#serve())
    this.#atOnce = new CallsAtOnce(limits.atOnce, timing, sharing !== undefined)
    this.#share = sharing && new ThrottleShare(sharing)
    this.#setRates()
  }

  /** Calls at once, now; of all machines. */
  get limit(): number {
    return this.#atOnce.limit
  }

  get lowered(): boolean {
    return this.#atOnce.lowered
  }

  get slowdown(): Slowdown | undefined {
    const { trouble } = this.#circuit
    if (trouble) return { kind: 'trouble', ...trouble }
    if (this.lowered) return { kind: 'throttled', atOnce: this.limit }
    return paceOf(this.#pacer.everywhere)
  }

  /** A person may have changed the limits. */
  setLimits(limits: ThrottleLimits): void {
    this.#atOnce.setMost(limits.atOnce)
    this.limits = limits
    this.#setRates()
    this.#serve()
  }

  /** For the other machines; what is new is told once. */
  report(machine: string): ShareReport | undefined {
    const news: LearntNews = {
      ...this.#atOnce.takeNews(),
      ...this.#circuit.takeNews(),
      paced: this.#pacer.rates,
    }
    const now = this.clock.monotonicNow()
    const holdMs = this.#pacer.takeHold(now)
    const use = this.#use(now)
    this.#pacer.reported()
    return this.#share?.report(use, machine, { ...news, ...(holdMs > 0 && { holdMs }) })
  }

  /** What the machines have agreed on. @param until when this machine's line expires, on the monotonic clock */
  take(answer: ShareAnswer, machine: string, until: number): void {
    const { limits, machines, learnt, now: at } = answer
    const now = this.clock.monotonicNow()
    this.#share?.take({ ...answer, until })
    this.limits = limits
    this.#atOnce.setMost(limits.atOnce)
    this.#atOnce.take(learnt.atOnce)
    this.#circuit.take(troubleFor(machine, learnt, now - at))
    if (learnt.heldUntil > at) this.#pacer.holdWithOthers(now + learnt.heldUntil - at)
    this.#pacer.share(machines, ratesElsewhere(machine, learnt), now)
    this.#setRates()
    this.#serve()
  }

  #setRates(): void {
    this.#pacer.setLimits(this.#share ? this.#share.rates(this.limits) : this.limits)
  }

  #use(now: number) {
    const { perMinute, tokensPerMinute, atOnce } = this.limits
    const limits: DividedLimits = {
      atOnce,
      ...(perMinute !== undefined && { perMinute }),
      ...(tokensPerMinute !== undefined && { tokensPerMinute }),
    }
    return { now, taken: this.#taken, waiting: this.#waiting.length, limits, ...this.#pacer.use(now) }
  }

  /** How many calls may be under way at once on this machine. */
  #most(now: number): number {
    return this.#share ? this.#share.most(now) : this.limit
  }

  /** Waits for permission to make one call. @returns undefined if `signal` is aborted first */
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

  /** Gives slots to waiting lanes as long as calls may begin now; otherwise sets a timer for when the next one may. */
  #serve(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#share?.wanted(this.clock.monotonicNow(), this.#taken + this.#waiting.length)
    this.#begins()
    if (this.#share) this.#tell(this.#share)
  }

  /** Tells other machines at once what they would otherwise wait for. */
  #tell(share: ThrottleShare): void {
    const use = this.#use(this.clock.monotonicNow())
    share.changed(use, this.#hasNews())
    const ms = share.looksAgainInMs(use)
    if (ms === undefined || this.#looksAgain) return
    this.#looksAgain = true
    this.clock.after(ms, () => {
      this.#looksAgain = false
      this.#tell(share)
    })
  }

  #begins(): void {
    while (this.#waiting.length > 0) {
      const now = this.clock.monotonicNow()
      const most = this.#most(now)
      if (this.#taken >= most) return
      const at = Math.max(
        this.#circuit.nextAt(now),
        this.queue.nextAt(now, this.#taken),
        this.#pacer.nextAt(now, most),
      )
      if (at > now) {
        if (Number.isFinite(at)) this.#cancelTimer = this.clock.after(at - now, () => this.#serve())
        return
      }
      this.#waiting.shift()?.give(this.#begin(now))
    }
  }

  #hasNews(): boolean {
    return this.#atOnce.hasNews() || this.#circuit.hasNews() || this.#pacer.hasNews()
  }

  /** Calls under way, on all machines. */
  get #underWayEverywhere(): number {
    return this.#underWay.length + (this.#share?.elsewhere ?? 0)
  }

  #begin(now: number): Slot {
    this.#taken++
    this.queue.sent(now)
    const isAsking = this.#circuit.began()
    const call: SlotCall = { paced: this.#pacer.began(now), beside: this.#underWayEverywhere + 1, isAsking }
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
          this.#pacer.left(call.paced)
          this.#circuit.left(isAsking)
        }
        this.#taken--
        this.#serve()
      },
    }
  }

  #ended(call: SlotCall, outcome: Outcome, row: string): void {
    const now = this.clock.monotonicNow()
    const tokens = 'usage' in outcome ? outcome.usage?.tokens : undefined
    if (tokens !== undefined) this.#pacer.used(call.paced, tokens)
    this.#circuit.ended(outcome, { row, isAsking: call.isAsking, now, at: this.clock.now() })
    if (troubleIn(outcome) !== undefined) {
      this.#pacer.left(call.paced)
      if (!this.#circuit.trouble) this.#hold(call, now)
    } else if (outcome.kind === 'throttled') this.#turnedAway(call, outcome, now)
    else {
      this.#pacer.passed(call.paced, now, tokens ?? (outcome.kind === 'succeeded' ? 0 : undefined))
      this.#passed(call, now)
    }
  }

  #passed({ beside }: SlotCall, now: number): void {
    this.#holds = 0
    this.#atOnce.passed(beside, now)
  }

  /**
   * Were there too many calls at once, or too many in a minute? If as many at once were let in before, it is the minute.
   * A limit of the app itself is always one of calls at once.
   */
  #turnedAway(call: SlotCall, { by, error, retryAfterMs }: Throttled, now: number): void {
    // It never ran, so calls that began after it did not run beside it.
    for (const other of this.#underWay) if (other.paced.beganAt >= call.paced.beganAt) other.beside--
    // If the server asks for a long wait, the task stops (breaker.ts). Once a person resumes it, it must not wait here.
    if (retryAfterMs !== undefined && retryAfterMs < this.timing.giveUpAfterMs) {
      this.#pacer.holdUntil(now + retryAfterMs)
    }
    const others = this.#underWayEverywhere
    if (by !== 'app' && (others === 0 || this.#atOnce.hasLetIn(call.beside))) {
      this.#pacer.refused(call.paced, now, OF_TOKENS.test(inEnglish(error)) ? 'tokens' : 'calls')
      this.#atOnce.refusedOtherwise(call.paced.beganAt)
      return
    }
    this.#pacer.turnedAway(call.paced, now)
    if (others === 0) this.#hold(call, now)
    this.#atOnce.lower(others, call.paced.beganAt, now)
    this.#share?.lower(this.#underWay.length)
  }

  /** Nothing gets through: all calls wait, longer each time. Calls that were refused together count once. */
  #hold({ paced }: SlotCall, now: number): void {
    if (paced.beganAt < this.#heldAt) return
    this.#heldAt = now
    const { holdBaseMs, holdMaxMs } = this.timing
    this.#pacer.holdUntil(now + backoffMs(holdBaseMs, holdMaxMs, this.#holds++, this.random))
  }
}

type Throttled = Extract<Outcome, { kind: 'throttled' }>

/** How model providers say that a limit is one of tokens: `tokens per min (TPM)`. */
const OF_TOKENS = /\bTPM\b|tokens?[ -]per[ -]min|token rate|tokens?\/min/i
