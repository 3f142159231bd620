import { type Used, RollingWindow } from './rolling-window.ts'
import type { Timing } from './timing.ts'

/** Calls and tokens a minute that a person allows a workflow; undefined: as many as get through. */
export interface RateLimits {
  perMinute?: number | undefined
  tokensPerMinute?: number | undefined
}

/** One call, as long as it is under way. */
export interface PacedCall {
  /** on the clock that never jumps */
  readonly beganAt: number
  /** begun to find out whether more gets through than is believed */
  isTrial: boolean
  /** when the one before it began */
  readonly afterAt: number
}

/** What got through in a minute before more was turned away. */
interface LearntRate {
  most: number
  /** one more is let in then, to see whether it gets through by now */
  growsAt: number
  step: number
  refusedGrowths: number
}

/** A rate was learnt a moment ago, or was too low: now and then a call more than that is let in. */
interface Probing {
  everyMs: number
  at: number
  /** so many are let in together; twice as many once they got through */
  burst: number
  /** of these not begun yet */
  left: number
  calls: PacedCall[]
  /** several at once were too many, though one got through: from then on one at a time */
  isSingle: boolean
}

/** A window that is over for us may not be quite over for a server: calls take unequal time to get there. */
const MARGIN = 1.02
/** A refusal at so much of the learnt rate confirms it. */
const CONFIRMS = 0.9
const SINGLE_FASTER = 0.8
const LARGEST_WAIT = 16
/** A wave of calls that ended together is spread over half the time that they take. */
const SPREAD = 0.5
const LEAST_GAP_MS = 5

/**
 * When a workflow's next call may begin. It learns the calls and tokens a minute that a server lets through: those of
 * the minute before it turned one away. From then on no minute has more. Whether that was right is asked for with
 * single calls at growing intervals, until the minute is over; where one gets through, more follow, and soon all. A
 * rate that has proved right is raised by one now and then. Pure: it is told the time, on the clock that never jumps.
 */
export class Pacer {
  readonly #window: RollingWindow
  #limits: RateLimits = {}
  readonly #learnt: Partial<Record<keyof Used, LearntRate>> = {}
  #probing: Probing | undefined
  /** of the last probing, until more gets through than was believed */
  #probeEveryMs: number
  #notBefore = Number.NEGATIVE_INFINITY
  #lastBeganAt = Number.NEGATIVE_INFINITY
  #lastRefusedAt = Number.NEGATIVE_INFINITY
  #refusalMs = 0
  #inFlight = 0
  #meanMs: number | undefined
  #meanTokens: number | undefined

  constructor(private readonly timing: Timing) {
    this.#window = new RollingWindow(timing.windowMs * MARGIN)
    this.#probeEveryMs = timing.probeBaseMs
  }

  /** What is let through in a minute, where that was learnt. */
  get learnt(): { calls: number | undefined; tokens: number | undefined } {
    const { calls, tokens } = this.#learnt
    return { calls: calls && Math.max(1, Math.round(calls.most)), tokens: tokens && Math.round(tokens.most) }
  }

  setLimits(limits: RateLimits): void {
    this.#limits = limits
  }

  /** No call begins before then: the server said so. */
  holdUntil(at: number): void {
    this.#notBefore = Math.max(this.#notBefore, at)
  }

  /**
   * When the next call may begin: now or earlier if at once, Infinity if not before another one has ended.
   * @param atOnce calls that may be under way together
   */
  nextAt(now: number, atOnce: number): number {
    const soonest = Math.max(this.#notBefore, this.#lastBeganAt + this.#gapMs(atOnce))
    const allowed = this.#allowedAt(now)
    if (allowed > now) return Math.max(soonest, allowed)
    const room = this.#roomAt(now)
    if (room <= now) {
      this.#probing = undefined
      return soonest
    }
    return Math.max(soonest, Math.min(room, this.#probeAt(now, atOnce)))
  }

  began(now: number): PacedCall {
    const probing = this.#probing
    const isTrial = probing !== undefined && this.#roomAt(now) > now
    const call = { beganAt: now, isTrial, afterAt: this.#lastBeganAt }
    if (isTrial) {
      probing.left = Math.max(0, probing.left - 1)
      probing.calls.push(call)
    }
    this.#lastBeganAt = now
    this.#inFlight++
    this.#window.add(now, { calls: 1 })
    return call
  }

  /** It was not made after all. */
  unused(call: PacedCall): void {
    this.#inFlight--
    this.#window.add(call.beganAt, { calls: -1 })
    if (this.#lastBeganAt === call.beganAt) this.#lastBeganAt = call.afterAt
    if (!call.isTrial || !this.#probing) return
    this.#probing.calls = this.#probing.calls.filter((other) => other !== call)
    this.#probing.left++
  }

  /** It is over, and whether it was let in is not known. */
  left(): void {
    this.#inFlight--
  }

  /** It was let in, whatever became of its row. @param tokens undefined: not known */
  passed(call: PacedCall, now: number, tokens: number | undefined): void {
    this.#inFlight--
    this.#meanMs = mean(this.#meanMs, now - call.beganAt)
    this.#meanTokens = mean(this.#meanTokens, tokens ?? 0)
    if (tokens !== undefined) this.#window.add(call.beganAt, { tokens })
    if (call.isTrial) call.isTrial = false // it counts as let in: see #trialIsIn
  }

  /**
   * It was turned away, and it is not that too many were under way at once.
   * @param what the server counts
   */
  refused(call: PacedCall, now: number, what: keyof Used): void {
    this.turnedAway(call, now)
    const used = this.#usedOf(what, now)
    const before = this.#learnt[what]
    const isSameWave = call.beganAt < this.#lastRefusedAt
    this.#lastRefusedAt = now
    // Nothing at all let in is a rate, too: then only single calls ask.
    const most = call.isTrial ? used : Math.min(before?.most ?? Number.POSITIVE_INFINITY, used)
    if (before && isSameWave) {
      before.most = most
      return
    }
    const isConfirmed = before !== undefined && used >= before.most * CONFIRMS
    const refusedGrowths = isConfirmed ? before.refusedGrowths + 1 : 0
    const growsAt = now + this.timing.windowMs * Math.min(2 ** refusedGrowths, LARGEST_WAIT)
    this.#learnt[what] = { most, growsAt, step: 1, refusedGrowths }
    if (this.#probing && call.isTrial) this.#trialRefused(this.#probing, now)
    else if (!isConfirmed) this.#probe(now)
  }

  /** It was turned away because too many were under way at once: nothing to learn of the rate. */
  turnedAway(call: PacedCall, now: number): void {
    this.#inFlight--
    this.#window.add(call.beganAt, { calls: -1 })
    this.#refusalMs = mean(this.#refusalMs || undefined, now - call.beganAt)
  }

  /** What a person allows, to the call. */
  #allowedAt(now: number): number {
    const { perMinute, tokensPerMinute } = this.#limits
    const calls =
      perMinute === undefined
        ? now
        : Math.max(
            this.#lastBeganAt + this.timing.windowMs / perMinute,
            this.#window.fallsTo(perMinute - 1, 'calls', now),
          )
    if (tokensPerMinute === undefined) return calls
    // What a row takes is not known before the first has ended.
    if (this.#meanTokens === undefined) return this.#inFlight === 0 ? calls : Number.POSITIVE_INFINITY
    return Math.max(calls, this.#tokensFallTo(tokensPerMinute, now))
  }

  /** When the learnt rates have room for one more call. */
  #roomAt(now: number): number {
    const { calls, tokens } = this.#learnt
    const callsAt = calls ? this.#window.fallsTo(calls.most - 1, 'calls', now) : now
    const tokensAt = tokens ? this.#tokensFallTo(tokens.most, now) : now
    const at = Math.max(callsAt, tokensAt)
    if (at <= now || this.#probing) return at
    const tight = callsAt > tokensAt ? calls : tokens
    if (!tight || now < tight.growsAt) return at
    if (now - this.#lastRefusedAt > this.timing.windowMs && tight.refusedGrowths === 0) tight.step *= 2
    tight.refusedGrowths = 0
    tight.most +=
      Math.max(tight === tokens ? (this.#meanTokens ?? 1) : 1, Math.floor(tight.most / 50)) * tight.step
    tight.growsAt = now + this.timing.windowMs
    return this.#roomAt(now)
  }

  #tokensFallTo(most: number, now: number): number {
    const estimate = this.#meanTokens ?? 0
    // A row that is larger than all that is allowed goes alone.
    return this.#window.fallsTo(Math.max(0, most - estimate * (this.#inFlight + 1)), 'tokens', now)
  }

  #usedOf(what: keyof Used, now: number): number {
    const used = this.#window.used(now)[what]
    return what === 'calls' ? used : used + (this.#meanTokens ?? 0) * this.#inFlight
  }

  #gapMs(atOnce: number): number {
    const spread = ((this.#meanMs ?? 0) / atOnce) * SPREAD
    const most = this.#learnt.calls?.most
    const even = !most || this.#probing ? 0 : (this.timing.windowMs / most) * SPREAD
    const gap = Math.max(spread, even)
    return gap < LEAST_GAP_MS || (this.#probing?.left ?? 0) > 0 ? 0 : gap
  }

  #probe(now: number): void {
    const at = Math.max(now, this.#notBefore) + this.#probeEveryMs
    this.#probing = { everyMs: this.#probeEveryMs, at, burst: 1, left: 0, calls: [], isSingle: false }
  }

  #probeAt(now: number, atOnce: number): number {
    const probing = this.#probing
    if (!probing) return Number.POSITIVE_INFINITY
    if (probing.left > 0) return now
    if (probing.calls.length === 0) {
      if (now < probing.at) return probing.at
      probing.left = 1
      probing.burst = 1
      return now
    }
    const letInAt = this.#letInAt(probing)
    if (now < letInAt) return letInAt
    return this.#trialIsIn(probing, now, atOnce)
  }

  /** When the calls of a trial were let in, unless they are turned away before. */
  #letInAt({ calls }: Probing): number {
    const patienceMs = Math.max(this.timing.letInAfterMs, 3 * this.#refusalMs)
    return Math.max(...calls.map(({ beganAt, isTrial }) => (isTrial ? beganAt + patienceMs : beganAt)))
  }

  #trialIsIn(probing: Probing, now: number, atOnce: number): number {
    probing.calls = []
    if (probing.isSingle) {
      probing.everyMs = Math.max(LEAST_GAP_MS, probing.everyMs * SINGLE_FASTER)
      probing.at = now + probing.everyMs
      return probing.at
    }
    probing.burst *= 2
    if (probing.burst > atOnce) {
      // All is as before: what turned calls away is over.
      this.#probing = undefined
      this.#probeEveryMs = this.timing.probeBaseMs
      delete this.#learnt.calls
      delete this.#learnt.tokens
      return now
    }
    probing.left = probing.burst
    return now
  }

  #trialRefused(probing: Probing, now: number): void {
    if (probing.burst > 1) probing.isSingle = true
    else probing.everyMs = Math.min(probing.everyMs * 2, this.timing.holdMaxMs)
    this.#probeEveryMs = probing.everyMs
    for (const call of probing.calls) call.isTrial = false
    probing.calls = []
    probing.left = 0
    probing.burst = 1
    probing.at = Math.max(now, this.#notBefore) + probing.everyMs
  }
}

/** Of the last few. */
function mean(before: number | undefined, value: number): number {
  return before === undefined ? value : before + (value - before) / 8
}
