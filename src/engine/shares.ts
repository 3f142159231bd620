import { type Claimant, fairShares } from './fair-share.ts'
import { ceilingOf, type LearntNews, type LearntState, learn, NOTHING_LEARNT } from './learnt-together.ts'

/*
 * How several machines share the limits of a workflow. Each has a line with what it holds of each limit, and renews it
 * every few seconds. Lines are read and written one machine at a time, and no machine is given more than the others
 * leave: so what all hold together never exceeds the limit. All times here are the database's, ms since 1970.
 */

/** The limits that are divided: calls at once, calls a minute, tokens a minute. */
export const DIVIDED = ['atOnce', 'perMinute', 'tokensPerMinute'] as const
export type Divided = (typeof DIVIDED)[number]

export type DividedLimits = { atOnce: number } & Partial<Record<Exclude<Divided, 'atOnce'>, number>>

/** What a machine has and wants of one limit. */
export interface LimitPart {
  /** what it could use */
  wanted: number
  /** the most that it uses until it says otherwise; of a limit a minute: in any minute */
  held: number
}

interface LinePart extends LimitPart {
  turnAt: number
  heldAt: number
}

/** What a machine has of a workflow's limits. */
export interface ShareLine {
  machine: string
  renewedAt: number
  expiresAt: number
  /** calls under way and lanes that wait */
  lanes: number
  /** calls under way */
  inUse: number
  /** what a row takes on average; 0: not known */
  rowTokens: number
  parts: Partial<Record<Divided, LinePart>>
}

/** Everything the machines know of a workflow together. */
export interface SharedLimits {
  /** as people have set them */
  limits: DividedLimits
  learnt: LearntState
  lines: ShareLine[]
  /** of calls that may go on at Dify though their machine is gone; asked only if one is */
  openCalls: number
}

/** What a machine says when it renews its line. */
export interface ShareReport extends Pick<ShareLine, 'machine' | 'lanes' | 'inUse' | 'rowTokens'> {
  parts: Partial<Record<Divided, LimitPart>>
  news: LearntNews
}

/** What a machine may use until its line expires. */
export interface ShareAnswer {
  /** undefined: no such limit */
  most: { atOnce: number } & Partial<Record<Divided, number>>
  /** calls under way on other machines */
  elsewhere: number
  /** machines that have calls or want some, this one included */
  machines: number
  /** a machine waits for what another one holds beyond its share */
  othersWait: boolean
  /** a machine could use more than it holds: what this one does not need any more should be left soon */
  othersWantMore: boolean
  /** ms until this machine's turn is over, if others wait for one */
  turnEndsInMs?: number
  /** as people have set them */
  limits: DividedLimits
  learnt: LearntState
  /** the database's time, to which the times in `learnt` refer */
  now: number
}

export interface ShareTiming {
  /** a line is renewed so often */
  renewMs: number
  /** and expires after this long without */
  leaseMs: number
  /** a machine stops so long before, as a call takes a moment to begin */
  marginMs: number
  /** where there are more machines than calls at once, one has its turn for so long */
  turnMs: number
  /** the minute of the limits a minute, and a bit, see MARGIN in pacer.ts */
  windowMs: number
  /** no call goes on for longer */
  runEndsMs: number
  growEveryMs: number
}

export const DEFAULT_SHARE_TIMING: Omit<ShareTiming, 'windowMs' | 'runEndsMs' | 'growEveryMs'> = {
  renewMs: 2_000,
  leaseMs: 12_000,
  marginMs: 1_000,
  turnMs: 1_000,
}

export interface Renewal {
  shared: SharedLimits
  answer: ShareAnswer
  /** machines that should look at once, because they hold too much, may have more, or have to know */
  tell: string[]
}

/** Renews the line of a machine. */
export function renew(before: SharedLimits, report: ShareReport, timing: ShareTiming, now: number): Renewal {
  const others = withoutTheDead(
    before.lines.filter(({ machine }) => machine !== report.machine),
    before.openCalls,
    timing,
    now,
  )
  const dead = others.filter(({ expiresAt }) => expiresAt <= now)
  const living = others.filter(({ expiresAt }) => expiresAt > now)
  const mine = lineOf(before, report, timing, now)
  const alive = [...living, mine]
  const learnt = learn(before, report, alive, timing, now)
  const isNews = JSON.stringify(learnt) !== JSON.stringify(before.learnt)
  const most: Partial<Record<Divided, number>> = {}
  const tell = new Set(isNews ? alive.map(({ machine }) => machine) : [])
  let othersWait = false
  let othersWantMore = false
  let turnEndsInMs: number | undefined
  const limits = { ...before.limits, atOnce: ceilingOf(before.limits.atOnce, learnt) }

  for (const what of DIVIDED) {
    const limit = limits[what]
    const part = mine.parts[what]
    if (limit === undefined || !part) {
      delete mine.parts[what]
      continue
    }
    const gone = held(dead, what)
    const reserved = what === 'atOnce' ? Math.min(gone, before.openCalls) : gone
    const unit = what === 'tokensPerMinute' ? Math.max(1, ...alive.map(({ rowTokens }) => rowTokens)) : 1
    const shares = fairShares(limit - reserved, claimants(alive, what), {
      unit: Math.min(unit, Math.max(limit, 1)),
      turnMs: timing.turnMs,
      now,
      first: learnt.trouble?.askedBy,
    })
    const share = shares.get(mine.machine) ?? 0
    const reported = part.held
    const had = before.lines.find(({ machine }) => machine === mine.machine)?.parts[what]
    const waiting = alive.some(({ machine }) => shares.get(machine) === 0)
    const free =
      limit - reserved - held(living, what) - (waiting ? owedBefore(mine.machine, shares, alive, what) : 0)
    // It may still have calls that it was given no share for: it was frozen for too long, or the limit was lowered.
    const mayUse = Math.max(0, Math.min(share, free))
    const granted = Math.max(reported, mayUse)
    most[what] = mayUse
    if (granted > 0) {
      if (!had || had.held <= 0) part.turnAt = now
      part.heldAt = now
    }
    part.held = granted

    for (const { machine, parts } of alive) {
      if (machine === mine.machine) continue
      const theirs = parts[what]?.held ?? 0
      if (theirs < (parts[what]?.wanted ?? 0)) othersWantMore = true
      const fair = shares.get(machine) ?? 0
      if (theirs < fair) {
        othersWait = true
        if (granted < (had?.held ?? 0)) tell.add(machine)
      }
      if (theirs > fair && granted < share) tell.add(machine)
    }
    if (waiting && granted > 0) turnEndsInMs = Math.max(0, part.turnAt + timing.turnMs - now)
  }

  tell.delete(mine.machine)
  const isOver = mine.lanes === 0 && DIVIDED.every((what) => (mine.parts[what]?.held ?? 0) <= 0)
  return {
    shared: { ...before, learnt, lines: isOver ? others : [...others, mine] },
    answer: {
      most: { ...most, atOnce: most.atOnce ?? 0 },
      elsewhere: others.reduce((sum, line) => sum + line.inUse, 0),
      machines: Math.max(1, alive.filter(({ lanes }) => lanes > 0).length),
      othersWait,
      othersWantMore,
      ...(turnEndsInMs !== undefined && { turnEndsInMs }),
      limits: before.limits,
      learnt,
      now,
    },
    tell: [...tell],
  }
}

/** Whether there are lines of machines that have not renewed them, so that `openCalls` has to be known. */
export function hasExpired({ lines }: Pick<SharedLimits, 'lines'>, now: number): boolean {
  return lines.some(({ expiresAt }) => expiresAt <= now)
}

/**
 * A machine that is gone may have calls that go on at Dify. So what it held comes back only as it becomes known that they
 * have ended: at once if there are none, and at the latest when Dify ends every run. Its calls of the last minute count
 * until the minute is over.
 */
function withoutTheDead(
  lines: ShareLine[],
  openCalls: number,
  timing: ShareTiming,
  now: number,
): ShareLine[] {
  return lines.flatMap((line) => {
    const age = now - line.expiresAt
    if (line.expiresAt > now) return [line]
    const mayCall = openCalls > 0 && age < timing.runEndsMs
    const { atOnce, ...rates } = line.parts
    const parts = { ...(mayCall && atOnce && { atOnce }), ...(age < timing.windowMs && rates) }
    if (Object.keys(parts).length === 0) return []
    return [{ ...line, lanes: 0, inUse: mayCall ? Math.min(line.inUse, openCalls) : 0, parts }]
  })
}

function lineOf({ lines }: SharedLimits, report: ShareReport, timing: ShareTiming, now: number): ShareLine {
  const before = lines.find(({ machine }) => machine === report.machine)
  const { machine, lanes, inUse, rowTokens } = report
  const parts: ShareLine['parts'] = {}
  for (const what of DIVIDED) {
    const part = report.parts[what]
    const had = before?.parts[what]
    if (part) parts[what] = { ...part, turnAt: had?.turnAt ?? 0, heldAt: had?.heldAt ?? 0 }
  }
  return { machine, lanes, inUse, rowTokens, parts, renewedAt: now, expiresAt: now + timing.leaseMs }
}

function claimants(lines: ShareLine[], what: Divided): Claimant[] {
  return lines.map(({ machine, lanes, parts }) => {
    const { wanted = 0, held: has = 0, turnAt = 0, heldAt = 0 } = parts[what] ?? {}
    return { machine, weight: lanes, most: wanted, held: has, turnAt, heldAt }
  })
}

/** What others, whose turn comes before this machine's, are still to get. */
function owedBefore(machine: string, shares: Map<string, number>, lines: ShareLine[], what: Divided): number {
  let owed = 0
  for (const [other, share] of shares) {
    if (other === machine) break
    const has = lines.find((line) => line.machine === other)?.parts[what]?.held ?? 0
    owed += Math.max(0, share - has)
  }
  return owed
}

function held(lines: ShareLine[], what: Divided): number {
  return lines.reduce((sum, { parts }) => sum + (parts[what]?.held ?? 0), 0)
}

export const NOT_SHARED_YET = {
  learnt: NOTHING_LEARNT,
  lines: [],
  openCalls: 0,
} satisfies Partial<SharedLimits>
