import { decimalOf, type Money, parseNano } from './money.ts'

/** What a workflow, or a person, may cost in a calendar month: in one currency, or in tokens where no price is told. */
export type MonthLimit = Money | { tokens: number }

/** How much of a limit a month is used. */
export interface MonthRoom {
  of: 'workflow' | 'person'
  /** of the workflow or the person */
  name: string
  limit: MonthLimit
  spent: MonthLimit
  /** what may still be spent: in the unit of the limit, and never below zero */
  left: MonthLimit
  /** one more call does not fit what is left: it costs the mean of this month's calls */
  isUsedUp: boolean
  /** when the next month begins, in UTC */
  resetsAt: number
}

const MOST_TOKENS = 1_000_000_000_000
const TOKENS = /^(?<count>\d{1,13})\s*tokens?$/i
const MONEY = /^(?<amount>[\d.]+)\s*(?<currency>\p{L}{2,8})$/u

/** `50 USD`, `0.5 eur`, `200000 tokens`. Undefined: it is none of these, or nothing at all. */
export function parseMonthLimit(written: string): MonthLimit | undefined {
  const text = written.trim()
  const tokens = Number(TOKENS.exec(text)?.groups?.['count'] ?? 0)
  if (tokens > 0) return tokens <= MOST_TOKENS ? { tokens } : undefined
  const { amount = '', currency = '' } = MONEY.exec(text)?.groups ?? {}
  const nano = parseNano(amount)
  return nano && !/^tokens?$/i.test(currency) ? { nano, currency: currency.toUpperCase() } : undefined
}

/** As it can be typed. */
export function monthLimitText(limit: MonthLimit): string {
  return 'tokens' in limit ? `${limit.tokens} tokens` : `${decimalOf(limit.nano)} ${limit.currency}`
}
