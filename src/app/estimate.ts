import type { RowCost } from '../db/stats/estimates.ts'
import type { TaskLimit } from '../engine/limits.ts'
import type { Money } from '../engine/money.ts'
import type { Texts } from '../messages/texts/texts.ts'

/** What rows will take and cost, going by the last tasks of the workflow. */
export interface RowsEstimate {
  ms: number
  /** to two digits; undefined: Dify did not report it */
  tokens: number | undefined
  price: Money | undefined
  /** number of tasks that this is taken from */
  runs: number
  /** after so many rows the limit pauses the task; undefined: it is enough, or nobody knows */
  pausesAfter: number | undefined
}

/** @param rows how many are called */
export function estimateRows(
  rows: number,
  cost: RowCost,
  { concurrency, limit }: { concurrency: number; limit?: TaskLimit | null },
): RowsEstimate {
  const within = rowsWithin(limit, cost)
  return {
    ms: rowsMs(rows, cost, { concurrency }),
    tokens: cost.tokens === undefined ? undefined : twoDigits(rows * cost.tokens),
    price: cost.price && { ...cost.price, nano: cost.price.nano * BigInt(rows) },
    runs: cost.runs,
    pausesAfter: within !== undefined && within < rows ? within : undefined,
  }
}

/** `About 4 min, 190,000 tokens and $0.56, going by the last 3 runs of this workflow.` And whether the limit is enough. */
export function estimateTexts(estimate: RowsEstimate, { wizard }: Pick<Texts, 'wizard'>): string[] {
  const { pausesAfter } = estimate
  return [wizard.estimate(estimate), ...(pausesAfter === undefined ? [] : [wizard.pausesAfter(pausesAfter)])]
}

/** How long so many rows take together, by what one took before. */
export function rowsMs(
  rows: number,
  { seconds }: Pick<RowCost, 'seconds'>,
  { concurrency }: { concurrency: number },
): number {
  const lanes = Math.max(Math.min(concurrency, rows), 1)
  return ((rows * seconds) / lanes) * 1000
}

/** How many rows the limit is enough for. Undefined: there is none, or nobody knows what a row costs in its unit. */
function rowsWithin(
  limit: TaskLimit | null | undefined,
  { price, tokens }: Pick<RowCost, 'price' | 'tokens'>,
): number | undefined {
  if (!limit) return undefined
  if ('tokens' in limit) return tokens ? Math.floor(limit.tokens / tokens) : undefined
  return price && price.nano > 0n && price.currency === limit.currency
    ? Number(limit.nano / price.nano)
    : undefined
}

/** 187,420 → 190,000 */
function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1)
  return Math.round(value / unit) * unit
}
