import type { Sentence } from './sentence.ts'

/** What one machine has learnt of a workflow's server since it last said so. */
export interface LearntNews {
  /** refusals have shown that so many calls at once are too many */
  lowered?: number
  /** that was a mistake: as many were let in */
  restored?: number
  /** a call was let in while the limit was lowered: one more may be tried */
  mayGrow?: boolean
  /** no call is to begin for so long, ms */
  holdMs?: number
  circuit?:
    | { kind: 'opened' | 'asked'; since: number; lastAnswer: Sentence; askedEveryMs: number }
    | { kind: 'closed' }
  /** what this machine alone has learnt to let through in a minute; undefined: nothing */
  paced?: PacedRate | undefined
}

export interface PacedRate {
  calls?: number | undefined
  tokens?: number | undefined
}

/** What all machines know of a workflow's server. Times are the database's, ms since 1970. */
export interface LearntState {
  /** calls at once; undefined: as many as people allow */
  atOnce?: number
  loweredAt: number
  growsAt: number
  growEveryMs: number
  hasGrown: boolean
  /** no call begins before */
  heldUntil: number
  /** the circuit is open: only one machine asks */
  trouble?: {
    since: number
    lastAnswer: Sentence
    askedEveryMs: number
    askAt: number
    askedBy: string
  }
  /** what each machine has learnt to let through in a minute */
  paced: Record<string, PacedRate>
}

export const NOTHING_LEARNT: LearntState = {
  loweredAt: 0,
  growsAt: 0,
  growEveryMs: 0,
  hasGrown: false,
  heldUntil: 0,
  paced: {},
}

/** Calls that were refused within this time were sent together, though from several machines. */
const WAVE_MS = 1_000
/** A higher limit that is refused again and again is tried less and less often. */
export const MOST_GROW_WAITS = 16

export function ceilingOf(atOnce: number, learnt: Pick<LearntState, 'atOnce'>): number {
  return Math.min(atOnce, learnt.atOnce ?? atOnce)
}

interface Living {
  machine: string
  lanes: number
}

/**
 * Adds what one machine has learnt. A lowered limit grows by one at a time however many machines there are, and the
 * machine that opened the circuit asks for all; if it is gone or has nothing to ask with, another one does.
 */
export function learn(
  { learnt, limits }: { learnt: LearntState; limits: { atOnce: number } },
  { machine, news }: { machine: string; news: LearntNews },
  living: Living[],
  { growEveryMs }: { growEveryMs: number },
  now: number,
): LearntState {
  const after: LearntState = { ...learnt, paced: pacedOf(learnt, machine, news, living) }
  const ceiling = ceilingOf(limits.atOnce, learnt)
  if (news.lowered !== undefined && news.lowered < ceiling) {
    if (now - after.loweredAt >= WAVE_MS) {
      const longer = Math.min(after.growEveryMs * 2, growEveryMs * MOST_GROW_WAITS)
      after.growEveryMs = after.hasGrown ? longer : growEveryMs
      after.hasGrown = false
      after.loweredAt = now
    }
    after.atOnce = Math.max(1, news.lowered)
    after.growsAt = now + after.growEveryMs
  } else if (news.restored !== undefined && news.restored > ceiling) {
    after.atOnce = news.restored
  } else if (news.mayGrow && after.atOnce !== undefined && now >= after.growsAt) {
    after.atOnce++
    after.hasGrown = true
    after.growsAt = now + after.growEveryMs
  }
  if (after.atOnce !== undefined && after.atOnce >= limits.atOnce) delete after.atOnce
  if (news.holdMs !== undefined) after.heldUntil = Math.max(after.heldUntil, now + news.holdMs)
  circuit(after, machine, news, living, now)
  return after
}

function circuit(after: LearntState, machine: string, news: LearntNews, living: Living[], now: number): void {
  const said = news.circuit
  if (said?.kind === 'closed') delete after.trouble
  else if (said && (after.trouble ? after.trouble.askedBy === machine : said.kind === 'opened')) {
    const { since, lastAnswer, askedEveryMs } = said
    after.trouble = { since, lastAnswer, askedEveryMs, askAt: now + askedEveryMs, askedBy: machine }
  }
  const { trouble } = after
  if (!trouble) return
  const asks = living.some((other) => other.machine === trouble.askedBy && other.lanes > 0)
  const mine = living.find((other) => other.machine === machine)
  if (!asks && mine && mine.lanes > 0) after.trouble = { ...trouble, askedBy: machine }
}

function pacedOf(
  { paced }: LearntState,
  machine: string,
  news: LearntNews,
  living: Living[],
): LearntState['paced'] {
  const rates = Object.fromEntries(
    Object.entries(paced).filter(
      ([other]) => other !== machine && living.some((one) => one.machine === other),
    ),
  )
  const { calls, tokens } = news.paced ?? {}
  if (calls !== undefined || tokens !== undefined) rates[machine] = { calls, tokens }
  return rates
}
