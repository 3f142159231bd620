import type { LearntNews, LearntState, PacedRate } from './learnt-together.ts'
import type { RateLimits } from './pacer.ts'
import type { Divided, DividedLimits, LimitPart, ShareReport } from './shares.ts'

/** Renews what this machine has of a workflow's limits (app/throttle-sharing.ts). */
export interface Sharing {
  /** There is something to tell the others now, and not only when the line is due. */
  changed(): void
}

/** What this machine may use of the limits of a workflow that several machines share. */
export interface Share {
  /** calls at once; a limit a minute that is not set is undefined */
  most: { atOnce: number } & Partial<Record<Divided, number>>
  /** after this it may use nothing; on the monotonic clock */
  until: number
  /** a machine waits for what another one holds beyond its share */
  othersWait: boolean
  /** a machine could use more than it holds */
  othersWantMore: boolean
  /** calls under way on other machines */
  elsewhere: number
  /** machines that have calls or want some, this one included */
  machines: number
}

/** What the throttle does at the moment. */
export interface ThrottleUse {
  now: number
  /** slots given out */
  taken: number
  waiting: number
  limits: DividedLimits
  rates: Record<'perMinute' | 'tokensPerMinute', { used: () => number; isHeldBack: boolean }>
  rowTokens: number
}

const NOTHING: Share = {
  most: { atOnce: 0 },
  until: Number.NEGATIVE_INFINITY,
  othersWait: false,
  othersWantMore: false,
  elsewhere: 0,
  machines: 1,
}

/** Lanes come and go between two rows: what was wanted a moment ago is wanted still. */
const WANTED_FOR_MS = 500
/** What is not held back may grow by so much until the line is renewed. */
const ROOM_TO_GROW = 1.25
const RATES = ['perMinute', 'tokensPerMinute'] as const

/** This machine's part of what a throttle may use, and what it tells the other machines. */
export class ThrottleShare {
  #share = NOTHING
  #parts: Partial<Record<Divided, LimitPart>> = {}
  readonly #wanted: { at: number; lanes: number }[] = []

  constructor(private readonly sharing: Sharing) {}

  get elsewhere(): number {
    return this.#share.elsewhere
  }

  take(share: Share): void {
    this.#share = share
  }

  /** Calls at once. None after the end of its line: then others may have them. */
  most(now: number): number {
    return now < this.#share.until ? this.#share.most.atOnce : 0
  }

  /** The share of the limits a minute; undefined where there is no limit. */
  rates({ perMinute, tokensPerMinute }: RateLimits) {
    const { most } = this.#share
    return {
      perMinute: perMinute === undefined ? undefined : (most.perMinute ?? 0),
      tokensPerMinute: tokensPerMinute === undefined ? undefined : (most.tokensPerMinute ?? 0),
    }
  }

  /** The server has just refused a call: no more at once than there are, before the others know. */
  lower(others: number): void {
    const { most } = this.#share
    this.#share = { ...this.#share, most: { ...most, atOnce: Math.min(most.atOnce, Math.max(1, others)) } }
  }

  /** Tells the others at once if they, or this machine, would otherwise wait for it. */
  changed(use: ThrottleUse, hasNews: boolean): void {
    if (hasNews || this.#wantsMore(use) || this.#leavesSome(use)) this.sharing.changed()
  }

  report(use: ThrottleUse, machine: string, news: LearntNews): ShareReport {
    const lanes = this.#lanes(use)
    const parts = this.#partsOf(use, lanes)
    this.#parts = parts
    return { machine, lanes, inUse: use.taken, rowTokens: use.rowTokens, parts, news }
  }

  #wantsMore(use: ThrottleUse): boolean {
    const { taken, waiting, limits, rates, now } = use
    if (waiting === 0) return false
    const lanes = taken + waiting
    if (lanes > (this.#parts.atOnce?.wanted ?? 0) && taken >= this.most(now)) return true
    return RATES.some((what) => {
      const limit = limits[what]
      return limit !== undefined && rates[what].isHeldBack && (this.#parts[what]?.wanted ?? 0) < limit
    })
  }

  #leavesSome(use: ThrottleUse): boolean {
    const { othersWait, othersWantMore } = this.#share
    if (othersWait && this.#heldAtOnce(use) < (this.#parts.atOnce?.held ?? 0)) return true
    return othersWantMore && this.#lanes(use) < this.most(use.now)
  }

  /**
   * Whether this machine has fewer lanes than it may have calls, though others could use more: if that is still so in
   * so many ms, they are told. Undefined: no.
   */
  looksAgainInMs({ now, taken, waiting }: ThrottleUse): number | undefined {
    return this.#share.othersWantMore && taken + waiting < this.most(now) ? WANTED_FOR_MS + 1 : undefined
  }

  #heldAtOnce({ taken, now }: ThrottleUse): number {
    return Math.max(taken, this.most(now))
  }

  #partsOf(use: ThrottleUse, lanes: number): Partial<Record<Divided, LimitPart>> {
    const { limits, rates, now } = use
    const parts: Partial<Record<Divided, LimitPart>> = {
      atOnce: { wanted: lanes, held: this.#heldAtOnce(use) },
    }
    for (const what of RATES) {
      const limit = limits[what]
      if (limit === undefined) continue
      const { used, isHeldBack } = rates[what]
      const inMinute = used()
      const could = isHeldBack ? limit : Math.min(limit, Math.ceil(inMinute * ROOM_TO_GROW) + 1)
      const most = now < this.#share.until ? (this.#share.most[what] ?? 0) : 0
      parts[what] = { wanted: lanes > 0 ? could : 0, held: Math.max(inMinute, most) }
    }
    return parts
  }

  /** The most lanes that wanted to call within the last moment. */
  #lanes({ now, taken, waiting }: ThrottleUse): number {
    this.wanted(now, taken + waiting)
    return Math.max(...this.#wanted.map(({ lanes }) => lanes))
  }

  /** Called at every change: only the most of each moment is kept. */
  wanted(now: number, lanes: number): void {
    while (this.#wanted[0] && this.#wanted[0].at < now - WANTED_FOR_MS) this.#wanted.shift()
    while ((this.#wanted.at(-1)?.lanes ?? Number.POSITIVE_INFINITY) <= lanes) this.#wanted.pop()
    this.#wanted.push({ at: now, lanes })
  }
}

/** The circuit that the machines share, as this one sees it. @param offset of this machine's monotonic clock */
export function troubleFor(machine: string, { trouble }: LearntState, offset: number) {
  if (!trouble) return undefined
  const { since, lastAnswer, askedEveryMs, askAt, askedBy } = trouble
  return { since, lastAnswer, askedEveryMs, askAt: askAt + offset, asks: askedBy === machine }
}

export function ratesElsewhere(machine: string, { paced }: LearntState): PacedRate[] {
  return Object.entries(paced).flatMap(([other, rate]) => (other === machine ? [] : [rate]))
}
