/*
 * Money is exact. Prices are decimals of a thousandth of a cent and less; as floats, a thousand of them no longer add up
 * to the bill. Amounts of different currencies are never added.
 */

/** A billionth of a unit of some currency: 0.002 USD is 2_000_000n. */
export type Nano = bigint

export interface Money {
  nano: Nano
  /** as Dify says it, such as USD; it may be any text */
  currency: string
}

/** A sum. `guessed`: of how many calls it has the mean of their workflow, since Dify did not tell their price. */
export interface MoneySum extends Money {
  guessed: number
}

export const NANO_PER_UNIT = 1_000_000_000n
const DECIMALS = 9

/** No single call costs that; a sum of what calls cost then fits into 64 bits for every row. */
const MOST_UNITS = 1_000_000_000n

/** `0.0012345`, `.5`, `12`, `0E-7`, `1.2e-7` */
const DECIMAL = /^\+?(?<whole>\d*)(?:\.(?<rest>\d*))?(?:e(?<exponent>[+-]?\d{1,3}))?$/i

/**
 * Reads an amount as Dify or a person writes it, without a float in between. What is smaller than a billionth is
 * rounded, half of it up.
 * @returns undefined if it is no such number, if it is negative, or a billion and more
 */
export function parseNano(written: string | number): Nano | undefined {
  const { whole = '', rest = '', exponent = '0' } = DECIMAL.exec(String(written).trim())?.groups ?? {}
  const digits = whole + rest
  if (digits === '') return undefined
  const shift = DECIMALS - rest.length + Number(exponent)
  if (digits.length + shift > 40 && /[1-9]/.test(digits)) return undefined
  const nano = /[1-9]/.test(digits) ? shifted(BigInt(digits), shift) : 0n
  return nano < MOST_UNITS * NANO_PER_UNIT ? nano : undefined
}

function shifted(digits: bigint, by: number): bigint {
  return by >= 0 ? digits * 10n ** BigInt(by) : divided(digits, 10n ** BigInt(-by))
}

/** Half is rounded up. Neither may be negative. */
function divided(amount: bigint, by: bigint): bigint {
  return (amount * 2n + by) / (by * 2n)
}

/** The mean of amounts, to the nearest billionth, half of it up. `count` must not be 0. */
export function meanNano(sum: Nano, count: number): Nano {
  return divided(sum, BigInt(count))
}

/** `0.0012345`, without zeros at its end: for programs and files. */
export function decimalOf(nano: Nano): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(DECIMALS + 1, '0')
  const rest = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${rest && '.'}${rest}`
}

/** The number of a JSON answer or of a cell. It is only for showing: nothing is computed with it. */
export function numberOf(nano: Nano): number {
  return Number(decimalOf(nano))
}

/** One sum for each currency, in the order in which they first appear. */
export function sumsOf(amounts: Iterable<Money>): Money[] {
  const sums = new Map<string, Nano>()
  for (const { nano, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + nano)
  return [...sums].map(([currency, nano]) => ({ nano, currency }))
}

/** @returns undefined for none, and for several currencies, which have no mean */
export function meanOf(amounts: readonly Money[]): Money | undefined {
  const [sum, ...others] = sumsOf(amounts)
  if (!sum || others.length > 0) return undefined
  return { ...sum, nano: meanNano(sum.nano, amounts.length) }
}
