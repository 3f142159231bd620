import { listTrialRows } from '../db/rows/result-rows.ts'
import { countRowsToCall, listTrialCosts, type TrialCost } from '../db/stats/estimates.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { flagText } from '../engine/flag.ts'
import { meanOf, type Money, numberOf } from '../engine/money.ts'
import type { ResultRow } from '../engine/task.ts'
import { inEnglish } from '../engine/sentence.ts'

/** A trial that is over: its task rests until somebody says what is to become of the other rows. */
export interface Trial {
  /** how many rows were tried */
  tried: number
  /** the first of them, as they are shown */
  rows: ResultRow[]
  /** undefined: none of them went through, so nothing is known of the others */
  estimate?: TrialEstimate
}

/** What the other rows will take and cost, going by those that were tried. */
export interface TrialEstimate {
  rows: number
  ms: number
  /** undefined: Dify did not report it */
  tokens?: number
  /** undefined: Dify did not report it, or in several currencies, which are never added */
  price?: Money
}

type TriedTask = Pick<TaskView, 'id' | 'status' | 'pauseAfter' | 'concurrency' | 'counts'>

/**
 * @param shown how many rows to read in full
 * @returns undefined unless the task rests after a trial
 */
export async function findTrial(db: Db, task: TriedTask, shown: number): Promise<Trial | undefined> {
  if (task.status !== 'paused' || task.pauseAfter === null) return undefined
  const costs = await listTrialCosts(db, task.id)
  const isOver =
    costs.length > 0 && costs.every(({ status }) => status === 'succeeded' || status === 'failed')
  if (!isOver) return undefined // somebody paused it before that
  const estimate = estimateOf(costs, task, await countRowsToCall(db, task.id))
  return {
    tried: costs.length,
    rows: await listTrialRows(db, task.id, shown),
    ...(estimate && { estimate }),
  }
}

/** @param calls how many of the other rows are called */
function estimateOf(
  costs: TrialCost[],
  { concurrency, counts }: TriedTask,
  calls: number,
): TrialEstimate | undefined {
  const seconds = mean(costs.flatMap((cost) => (cost.status === 'succeeded' ? (cost.seconds ?? []) : [])))
  const { left: rows } = counts
  if (seconds === undefined || rows === 0) return undefined
  const tokens = mean(costs.flatMap((cost) => cost.tokens ?? []))
  const price = meanOf(
    costs.flatMap(({ price_nano: nano, currency }) =>
      nano === null || currency === null ? [] : [{ nano, currency }],
    ),
  )
  return {
    rows,
    ms: ((seconds * calls) / Math.max(1, Math.min(concurrency, calls))) * 1000,
    ...(tokens !== undefined && { tokens: Math.round(tokens * calls) }),
    ...(price && { price: { ...price, nano: price.nano * BigInt(calls) } }),
  }
}

function mean(values: number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** What a row has cost. `price_estimated`: Dify did not tell the price of a call, which counts as the mean. */
export function priceJson({
  price,
  priceGuess,
}: Pick<ResultRow, 'price'> & { priceGuess?: ResultRow['priceGuess'] | undefined }) {
  const shown = priceGuess ?? price
  return { price: shown === null ? null : numberOf(shown), price_estimated: priceGuess !== undefined }
}

/** For programs. */
export function trialJson({ tried, rows, estimate }: Trial) {
  return {
    tried,
    rows: rows.map(
      ({ row, status, outputs, error, seconds, tokens, price, priceGuess, currency, flags = [] }) => ({
        row,
        // Of a trial that is over, no row is in another state.
        status: status === 'failed' ? ('failed' as const) : ('succeeded' as const),
        outputs,
        error: error === null ? null : inEnglish(error),
        seconds,
        tokens,
        ...priceJson({ price, priceGuess }),
        currency,
        flags: flags.map((flag) => ({ output: flag.output, code: flag.code, text: flagText(flag) })),
      }),
    ),
    estimate: estimate
      ? {
          rows: estimate.rows,
          seconds: Math.round(estimate.ms / 1000),
          tokens: estimate.tokens ?? null,
          price: estimate.price ? numberOf(estimate.price.nano) : null,
          currency: estimate.price?.currency ?? null,
        }
      : null,
  }
}
