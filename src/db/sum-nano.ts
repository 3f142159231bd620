import { sql } from 'kysely'
import { type Nano, NANO_PER_UNIT } from '../engine/money.ts'

/*
 * A sum of amounts in SQL: of whole units and of the rest, each by itself, since both databases fail where a sum leaves
 * 64 bits, which is 9.2 billion units of a currency.
 */

const UNIT = sql.lit(Number(NANO_PER_UNIT))

/** The two columns of `totalOf`, for a table with `price_nano`. */
export const SUM_NANO = [
  sql<Nano | null>`sum(price_nano / ${UNIT})`.as('whole_nano'),
  sql<Nano | null>`sum(price_nano % ${UNIT})`.as('rest_nano'),
] as const

export function totalOf(row: { whole_nano: Nano | null; rest_nano: Nano | null }): Nano {
  // BigInt: Postgres sends a sum as text.
  return BigInt(row.whole_nano ?? 0) * NANO_PER_UNIT + BigInt(row.rest_nano ?? 0)
}
