import { type MoneySum, NANO_PER_UNIT } from '../../engine/money.ts'
import type { Db, Trx } from '../schema.ts'

/** What the calls of a task have cost, all of them. */
export interface TaskSpending {
  calls: number
  tokens: number
  /** one sum for each currency */
  prices: MoneySum[]
  /** calls that have cost something that nobody told, and of which there is not even a mean */
  unpriced: number
}

interface CountedLine {
  currency: string
  calls: number
  tokens: number
  whole: number
  /** Postgres sends a sum as text */
  rest_nano: bigint | string
  guessed: number
  unpriced: number
}

/** The running sum that every settled call has been added to. */
export async function findSpending(db: Db | Trx, taskId: string): Promise<TaskSpending> {
  return spendingOf(
    await db
      .selectFrom('usage')
      .select(['currency', 'calls', 'tokens', 'whole', 'rest_nano', 'guessed', 'unpriced'])
      .where('task_id', '=', taskId)
      .orderBy('month')
      .execute(),
  )
}

export function spendingOf(lines: Iterable<CountedLine>): TaskSpending {
  const sums = new Map<string, MoneySum>()
  const all = { calls: 0, tokens: 0, unpriced: 0 }
  for (const { currency, calls, tokens, whole, rest_nano, guessed, unpriced } of lines) {
    all.calls += calls
    all.tokens += tokens
    all.unpriced += unpriced
    if (currency === '') continue
    const sum = sums.get(currency) ?? { nano: 0n, currency, guessed: 0 }
    sum.nano += BigInt(whole) * NANO_PER_UNIT + BigInt(rest_nano)
    sum.guessed += guessed
    sums.set(currency, sum)
  }
  return { ...all, prices: [...sums.values()].filter(({ nano }) => nano > 0n) }
}
