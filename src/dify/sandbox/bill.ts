/** What all runs cost in one currency. */
export interface BillLine {
  currency: string
  /** exact, as Dify writes a price: seven digits after the point */
  price: string
}

/** A million tokens cost 2, so one costs twenty of the last digits of a price. */
const PARTS_A_TOKEN = 20n
const DIGITS = 7

/** What a server would charge for these runs, whoever has heard of their ends. Counted in whole numbers. */
export function billOf(runs: readonly { tokens: number; currency: string }[]): BillLine[] {
  const parts = new Map<string, bigint>()
  for (const { tokens, currency } of runs) {
    if (tokens > 0) parts.set(currency, (parts.get(currency) ?? 0n) + BigInt(tokens) * PARTS_A_TOKEN)
  }
  return [...parts]
    .map(([currency, sum]) => ({ currency, price: written(sum) }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** The price of so many tokens. */
export function priceOf(tokens: number): string {
  return tokens === 0 ? '0E-7' : written(BigInt(tokens) * PARTS_A_TOKEN)
}

function written(parts: bigint): string {
  const digits = parts.toString().padStart(DIGITS + 1, '0')
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`
}
