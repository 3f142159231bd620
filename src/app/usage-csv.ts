import type { Db } from '../db/schema.ts'
import { listUsage, type UsageLine } from '../db/usage/usage-report.ts'
import { decimalOf, numberOf } from '../engine/money.ts'
import { BYTE_ORDER_MARK, csvLine } from '../workbook/write/result-csv.ts'

const HEADINGS = [
  'month',
  'workflow',
  'workflow id',
  'person',
  'person id',
  'tasks',
  'rows',
  'calls',
  'tokens',
  'price',
  'currency',
  'estimated calls',
  'calls without a price',
]

/**
 * Usage as CSV: a line for each month, workflow and person, and one more for each further currency, which has only the
 * money, so that no number is there twice.
 * @param month undefined: all
 */
export async function usageCsv(db: Db, month: string | undefined): Promise<string> {
  const lines = (await listUsage(db, month)).flatMap(linesOf)
  return BYTE_ORDER_MARK + [HEADINGS, ...lines].map(csvLine).join('')
}

function linesOf(line: UsageLine): unknown[][] {
  const { month, workflow, workflowId, person, personKey, prices } = line
  const who = [month, workflow ?? '', workflowId, person, personKey]
  const counts = [line.tasks, line.rows, line.calls, line.tokens]
  const [first, ...others] = prices.map(({ nano, currency, guessed }) => [priceOf(nano), currency, guessed])
  return [
    [...who, ...counts, ...(first ?? ['', '', 0]), line.unpriced],
    ...others.map((price) => [...who, '', '', '', '', ...price, '']),
  ]
}

/** As a number, where a number has all its digits. */
function priceOf(nano: bigint): number | string {
  const decimal = decimalOf(nano)
  return decimal.length <= 15 ? numberOf(nano) : decimal
}
