import type { Trial } from '../../app/trial.ts'
import { trialTable } from '../../app/trial-table.ts'
import { alignedLines } from '../../messages/columns.ts'
import { textsFor } from '../../messages/texts/texts.ts'

/** A usual terminal. */
const COLUMNS = 80

/** What a trial gave, as a table, and what the other rows will take and cost. */
export function trialLines({ rows, tried, estimate }: Trial): string[] {
  const texts = textsFor('en')
  const table = trialTable(rows, COLUMNS, texts)
  const price = estimate?.price && texts.tasks.price(estimate.price.nano, estimate.price.currency)
  return [
    ...alignedLines([table.headings, ...table.rows]),
    ...(estimate
      ? [
          texts.trial.estimate({
            rows: estimate.rows,
            ms: estimate.ms,
            tokens: estimate.tokens,
            price,
            tried,
          }),
        ]
      : []),
  ]
}
