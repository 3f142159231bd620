import type { PacedRate } from './learnt-together.ts'
import { type Used, RollingWindow } from './rolling-window.ts'
import type { Timing } from './timing.ts'

/** The calls and tokens a minute that a person allows for a workflow; undefined: no limit. */
export interface RateLimits {
  perMinute?: number | undefined
  tokensPerMinute?: number | undefined
}

type Rated = 'calls' | 'tokens'

/** A call that is under way. */
export interface PacedCall {
  /** on the monotonic clock */
  readonly beganAt: number
  /** made to find out whether the server lets through more than was learnt */
  isTrial: boolean
  /** when the call before it began */
  readonly afterAt: number
}

/** What the server let through in a minute before it refused more. */
interface LearntRate {
  /** calls or tokens a minute */
  most: number
  /** when one more may be tried */
  growsAt: number
  /** how many more at a time */
  step: number
  /** how often in a row that was refused */
  refusedGrowths: number
}

/** The rate was learnt a moment ago, or turned out too low: now and then one more call is tried. */
interface Probing {
  everyMs: number
  at: number
  /** how many calls are tried together; doubled when they got through */
  burst: number
  /** how many of these have not begun yet */
  left: number
  calls: PacedCall[]
  /** several together were refused though one got through: from then on one at a time */
  isSingle: boolean
}

/** Our window is a little longer than the server's, because calls do not all take the same time to reach it. */
const MARGIN = 1.02
/** A refusal at this share of the learnt rate, or above, confirms the rate. */
const CONFIRMS = 0.9
const SINGLE_FASTER = 0.8
const LARGEST_WAIT = 16
/** Calls that ended together would all begin together again. They are spread over this share of their duration. */
const SPREAD = 0.5
const LEAST_GAP_MS = 5

const CALLS = ({ calls }: Used): number => calls

/**
 * When a workflow's next call may begin. It learns how many calls and tokens a minute the server lets through: as many as
 * in the minute before the server refused one. From then on no minute has more. To see whether that was right, it tries
 * single calls at growing intervals until the minute is over. If one gets through, more follow, and soon all do. A rate
 * that has proved right is raised by one from time to time. It has no clock: all times are passed in, on the monotonic
 * clock.
 */
export class Pacer {
  readonly #window: RollingWindow
  #limits: RateLimits = {}
  readonly #learnt: Partial<Record<Rated, LearntRate>> = {}
  #probing: Probing | undefined
  /** the interval that the last probing reached; reset when more gets through than was learnt */
  #probeEveryMs: number
  #notBefore = Number.NEGATIVE_INFINITY
  #lastBeganAt = Number.NEGATIVE_INFINITY
  #lastRefusedAt = Number.NEGATIVE_INFINITY
  #refusalMs = 0
  #inFlight = 0
  #meanMs: number | undefined
  #meanTokens: number | undefined
  /** the wait that the server has asked for, and the other machines do not know of */
  #holdNews: number | undefined
  /** what a person has set held calls back since the other machines were told */
  #heldBack = { calls: false, tokens: false }
  /** that share the workflow and probe its server */
  #machines = 1
  /** what other machines had learnt when they were last heard of */
  #elsewhere: PacedRate[] = []

  constructor(private readonly timing: Timing) {
    this.#window = new RollingWindow(timing.windowMs * MARGIN)
    this.#probeEveryMs = timing.probeBaseMs
  }

  /** What each machine has learnt, this one first; undefined: nothing, so there is no limit. */
  get everywhere(): PacedRate[] {
    return [this.rates, ...this.#elsewhere]
  }

  setLimits(limits: RateLimits): void {
    this.#limits = limits
  }

  /** No call begins before this time, because the server said so. */
  holdUntil(at: number): void {
    this.#notBefore = Math.max(this.#notBefore, at)
    this.#holdNews = Math.max(this.#holdNews ?? at, at)
  }

  /** The server said so to another machine. */
  holdWithOthers(at: number): void {
    this.#notBefore = Math.max(this.#notBefore, at)
  }

  hasNews(): boolean {
    return this.#holdNews !== undefined
  }

  /** For the other machines: how long no call is to begin, ms. It is told once. */
  takeHold(now: number): number {
    const holdMs = (this.#holdNews ?? now) - now
    this.#holdNews = undefined
    return holdMs
  }

  /** What this machine uses of the limits a minute that a person has set. */
  use(now: number) {
    const of = (what: Rated) => ({
      used: () => this.#usedOf(what, now),
      isHeldBack: this.#heldBack[what],
    })
    return {
      rates: { perMinute: of('calls'), tokensPerMinute: of('tokens') },
      rowTokens: this.#meanTokens ?? 0,
    }
  }

  /** The other machines know what `use` has told. */
  reported(): void {
    this.#heldBack = { calls: false, tokens: false }
  }

  /** For the other machines: what was learnt, unrounded. */
  get rates(): PacedRate {
    return { calls: this.#learnt.calls?.most, tokens: this.#learnt.tokens?.most }
  }

  /**
   * Several machines share the workflow, and each has learnt its own part of a rate. When one more begins, it takes its
   * part of what the others have learnt, and they keep the rest. They probe as often together as one would alone.
   */
  share(machines: number, elsewhere: PacedRate[], now: number): void {
    for (const what of ['calls', 'tokens'] as const) {
      const own = this.#learnt[what]
      const theirs = elsewhere.flatMap((rate) => rate[what] ?? [])
      if (own) own.most *= this.#machines / machines
      else if (theirs.length > this.#elsewhere.filter((rate) => rate[what] !== undefined).length) {
        const sum = theirs.reduce((all, rate) => all + rate, 0)
        const most = Math.max(this.#usedOf(what, now), sum / (theirs.length + 1))
        this.#learnt[what] = {
          most,
          growsAt: now + this.timing.windowMs * machines,
          step: 1,
          refusedGrowths: 0,
        }
        if (!this.#probing) this.#probe(now)
      }
    }
    this.#elsewhere = elsewhere
    this.#machines = machines
  }

  /**
   * When the next call may begin. `now` or earlier: at once; Infinity: not before another call has ended.
   * @param atOnce how many calls may be under way at once
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
    // All calls of a wave were refused, which leaves a rate of zero.
    if (room === Number.POSITIVE_INFINITY && !this.#probing) this.#probe(now)
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
    this.#window.add(now, { calls: 1, underWay: 1 })
    return call
  }

  /** The call was not made after all. */
  unused(call: PacedCall): void {
    this.left(call)
    this.#window.add(call.beganAt, { calls: -1 })
    if (this.#lastBeganAt === call.beganAt) this.#lastBeganAt = call.afterAt
    if (!call.isTrial || !this.#probing) return
    this.#probing.calls = this.#probing.calls.filter((other) => other !== call)
    this.#probing.left++
  }

  /** The call is over, and it is not known whether the server let it in. */
  left(call: PacedCall): void {
    this.#inFlight--
    this.#window.add(call.beganAt, { underWay: -1 })
  }

  /** What the call has used, even if the server refused it half-way. */
  used(call: PacedCall, tokens: number): void {
    this.#window.add(call.beganAt, { tokens })
  }

  /**
   * The server let the call in, whatever the outcome of its row.
   * @param tokens undefined: it says nothing about how many a row needs
   */
  passed(call: PacedCall, now: number, tokens: number | undefined): void {
    this.left(call)
    this.#meanMs = mean(this.#meanMs, now - call.beganAt)
    if (tokens !== undefined) this.#meanTokens = mean(this.#meanTokens, tokens)
    if (call.isTrial) call.isTrial = false // so that #letInAt does not wait for it any longer
  }

  /**
   * The server refused the call because of its rate, not because too many calls were under way at once.
   * @param what which of the two the server counts
   */
  refused(call: PacedCall, now: number, what: Rated): void {
    this.turnedAway(call, now)
    const used = this.#usedOf(what, now)
    const before = this.#learnt[what]
    const isSameWave = call.beganAt < this.#lastRefusedAt
    this.#lastRefusedAt = now
    // A rate of zero is possible too: then only trials are sent.
    const most = call.isTrial ? used : Math.min(before?.most ?? Number.POSITIVE_INFINITY, used)
    if (before && isSameWave) {
      before.most = most
      return
    }
    const isConfirmed = before !== undefined && used >= before.most * CONFIRMS
    const refusedGrowths = isConfirmed ? before.refusedGrowths + 1 : 0
    const growsAt = now + this.timing.windowMs * this.#machines * Math.min(2 ** refusedGrowths, LARGEST_WAIT)
    this.#learnt[what] = { most, growsAt, step: 1, refusedGrowths }
    if (this.#probing && call.isTrial) this.#trialRefused(this.#probing, now)
    else if (!isConfirmed) this.#probe(now)
  }

  /** The server refused the call because too many were under way at once: this says nothing about the rate. */
  turnedAway(call: PacedCall, now: number): void {
    this.left(call)
    this.#window.add(call.beganAt, { calls: -1 })
    this.#refusalMs = mean(this.#refusalMs || undefined, now - call.beganAt)
  }

  /** When the limits that a person has set allow one more call. */
  #allowedAt(now: number): number {
    const { perMinute, tokensPerMinute } = this.#limits
    const calls = perMinute === undefined ? now : this.#callsAllowedAt(perMinute, now)
    const tokens = tokensPerMinute === undefined ? now : this.#tokensAllowedAt(tokensPerMinute, now)
    if (calls > now) this.#heldBack.calls = true
    if (tokens > now) this.#heldBack.tokens = true
    return Math.max(calls, tokens)
  }

  /** @param perMinute 0: none, because other machines have them all */
  #callsAllowedAt(perMinute: number, now: number): number {
    if (perMinute <= 0) return Number.POSITIVE_INFINITY
    const spread = this.#lastBeganAt + this.timing.windowMs / perMinute
    return Math.max(spread, this.#window.fallsTo(perMinute - 1, CALLS, now))
  }

  /** @param tokensPerMinute 0: as above */
  #tokensAllowedAt(tokensPerMinute: number, now: number): number {
    if (tokensPerMinute <= 0) return Number.POSITIVE_INFINITY
    // How many tokens a row takes is not known before the first one has ended.
    if (this.#meanTokens === undefined) return this.#inFlight === 0 ? now : Number.POSITIVE_INFINITY
    return this.#tokensFallTo(tokensPerMinute, now)
  }

  /** When the learnt rates allow one more call. */
  #roomAt(now: number): number {
    const { calls, tokens } = this.#learnt
    const callsAt = calls ? this.#window.fallsTo(calls.most - 1, CALLS, now) : now
    const tokensAt = tokens ? this.#tokensFallTo(tokens.most, now) : now
    const at = Math.max(callsAt, tokensAt)
    if (at <= now || this.#probing) return at
    const tight = callsAt > tokensAt ? calls : tokens
    if (!tight || now < tight.growsAt) return at
    if (now - this.#lastRefusedAt > this.timing.windowMs && tight.refusedGrowths === 0) tight.step *= 2
    tight.refusedGrowths = 0
    tight.most +=
      Math.max(tight === tokens ? (this.#meanTokens ?? 1) : 1, Math.floor(tight.most / 50)) * tight.step
    tight.growsAt = now + this.timing.windowMs * this.#machines
    return this.#roomAt(now)
  }

  #tokensFallTo(most: number, now: number): number {
    if (most <= 0) return Number.POSITIVE_INFINITY // as with calls: only trials are sent
    // A row that needs more than the whole limit is sent alone.
    return this.#window.fallsTo(Math.max(0, most - (this.#meanTokens ?? 0)), this.#tokens, now)
  }

  #usedOf(what: Rated, now: number): number {
    const used = this.#window.used(now)
    return what === 'calls' ? used.calls : this.#tokens(used)
  }

  /** With what the calls under way will probably need. */
  readonly #tokens = ({ tokens, underWay }: Used): number => tokens + (this.#meanTokens ?? 0) * underWay

  #gapMs(atOnce: number): number {
    const spread = ((this.#meanMs ?? 0) / atOnce) * SPREAD
    const most = this.#learnt.calls?.most
    const even = !most || this.#probing ? 0 : (this.timing.windowMs / most) * SPREAD
    const gap = Math.max(spread, even)
    return gap < LEAST_GAP_MS || (this.#probing?.left ?? 0) > 0 ? 0 : gap
  }

  #probe(now: number): void {
    const at = Math.max(now, this.#notBefore) + this.#probeEveryMs * this.#machines
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

  /** From when on the trial's calls count as let in, if they are not refused before. */
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
      // Everything gets through again: forget the learnt rates.
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

/** A running mean over roughly the last eight values. */
function mean(before: number | undefined, value: number): number {
  return before === undefined ? value : before + (value - before) / 8
}
