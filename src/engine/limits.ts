import { decimalOf, type Money, type Nano, parseNano } from './money.ts'
import { say } from './sentence.ts'
import { UserError } from './user-error.ts'

/** How much a task may cost: in one currency, or in tokens where no price is reported. */
export type TaskLimit = Money | { tokens: number }

/** What a task has cost, in the unit of its limit: billionths of its currency, or tokens. */
export interface SpentOfLimit {
  limit: Nano
  /** what the calls have reported */
  reported: Nano
  /** how many calls have reported it */
  tellers: number
  /** calls that ran and have not reported it: each counts as the mean */
  silent: number
  /** of these, the calls that were followed to their end: Dify will not tell of others, either */
  untold: number
  /** calls whose end is not known yet: each is reserved the mean */
  open: number
  /** of other calls of the workflow, until one of this task has reported what it cost */
  meanBefore?: Nano | undefined
}

/** `go`: one more call fits. `wait`: not before those in flight have ended. `stop`: none does. */
export type Admission = 'go' | 'wait' | 'stop'

/** After so many calls of which none tells its price, the limit cannot be held. */
const SILENT_CALLS = 3

/** What it has cost by now, as far as anybody can know. */
export function spentBy(spent: SpentOfLimit): Nano {
  return spent.reported + (meanBy(spent) ?? 0n) * BigInt(spent.silent)
}

/** What a call costs, rounded up. Undefined: nobody knows yet. */
export function meanBy({ reported, tellers, meanBefore }: SpentOfLimit): Nano | undefined {
  return tellers > 0 ? (reported + BigInt(tellers) - 1n) / BigInt(tellers) : meanBefore
}

/**
 * Whether one more call may be made: what is spent, what is in flight and the call itself must fit, each at the mean. So
 * a limit is passed at most by what those in flight cost more than that. With no mean, calls are made one by one.
 */
export function admit(spent: SpentOfLimit): Admission {
  const { limit, silent, open } = spent
  const later = open > 0 ? 'wait' : 'stop'
  const mean = meanBy(spent)
  if (spentBy(spent) >= limit || isUntold(spent)) return later
  if (mean === undefined) return open > 0 ? 'wait' : 'go'
  return spent.reported + mean * BigInt(silent + open + 1) <= limit ? 'go' : later
}

/**
 * No call tells what the limit is about, so that it cannot be held. Of a call that was only looked up, as after a crash,
 * Dify never tells its price: that says nothing of others.
 */
export function isUntold({ tellers, untold }: SpentOfLimit): boolean {
  return tellers === 0 && untold >= SILENT_CALLS
}

const TOKENS = /^(?<count>\d{1,9}(?:\.\d{1,3})?)\s*(?<unit>[km]?)\s*tokens?$/i
const MONEY = /^(?<amount>\d*\.?\d+)\s*(?<currency>[a-z]{3})?$/i
const UNITS: Record<string, number> = { k: 1_000, m: 1_000_000 }
const USUAL_CURRENCY = 'USD'

/**
 * `5 USD`, `0.5 eur`, `200k tokens`; `5` is 5 USD.
 * @throws UserError
 */
export function parseLimit(written: string): TaskLimit {
  const text = written.trim().replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '')
  const { count, unit = '' } = TOKENS.exec(text)?.groups ?? {}
  const tokens = Math.round(Number(count ?? 0) * (UNITS[unit.toLowerCase()] ?? 1))
  if (tokens > 0) return { tokens }
  const { amount = '', currency = USUAL_CURRENCY } = MONEY.exec(text)?.groups ?? {}
  const nano = parseNano(amount)
  if (nano && !/^tokens?$/i.test(currency)) return { nano, currency: currency.toUpperCase() }
  throw new UserError(
    say('no-limit-written', { written: written.trim().slice(0, 40) }),
    say('do-write-limit'),
  )
}

/** `none`, in words: as much as it does. */
export const NO_LIMIT = 'none'

/**
 * The same, and null for `none`.
 * @throws UserError
 */
export function parseLimitOrNone(written: string): TaskLimit | null {
  return written.trim().toLowerCase() === NO_LIMIT ? null : parseLimit(written)
}

/** Whether `parseLimit` reads it. */
export function isLimit(written: string): boolean {
  try {
    parseLimit(written)
    return true
  } catch {
    return false
  }
}

/** As it can be typed. */
export function limitText(limit: TaskLimit): string {
  return 'tokens' in limit ? `${limit.tokens} tokens` : `${decimalOf(limit.nano)} ${limit.currency}`
}

/** `USD`, or `tokens` */
export function unitOf(limit: TaskLimit): string {
  return 'tokens' in limit ? 'tokens' : limit.currency
}

export function sizeOf(limit: TaskLimit): Nano {
  return 'tokens' in limit ? BigInt(limit.tokens) : limit.nano
}

/** So much of what the limit is about. */
export function amountOf(limit: TaskLimit, size: Nano): TaskLimit {
  return 'tokens' in limit ? { tokens: Number(size) } : { ...limit, nano: size }
}

/** How much of its limit a task has used. */
export interface LimitUse {
  limit: TaskLimit
  spent: TaskLimit
  /** no further call fits */
  isUsedUp: boolean
  /** no call tells what the limit is about, so that it cannot be held */
  isUntold: boolean
  rowsLeft: number
  /** about what these will cost; undefined: nobody knows */
  rest: TaskLimit | undefined
}
