import { trialTable } from '../app/trial-table.ts'
import { PHONE_COLUMNS } from '../messages/columns.ts'
import { rowPrice } from '../messages/row-price.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Line, Table } from '../messages/prompt.ts'
import { bold, clip, code, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { ResultRow } from '../engine/task.ts'
import type { Trial } from '../app/trial.ts'

/** How many rows of a trial a message shows. */
export const TRIAL_ROWS_SHOWN = PROMPT_LIMITS.tableRows

/** Several rows beside each other, narrow enough for a phone; a single one is shown by `triedRowLines`. */
export function triedTable({ rows, tried }: Trial, texts: Texts): Table | undefined {
  return tried === 1 ? undefined : trialTable(rows, PHONE_COLUMNS, texts)
}

/** What the only row of a trial gave. */
export function triedRowLines({ rows: [row], tried }: Trial, texts: Texts): Line[] {
  if (!row || tried !== 1) return []
  const { tasks, trial } = texts
  const isGood = row.status === 'succeeded'
  return [
    [bold(isGood ? trial.rowDone(row.row) : trial.rowFailed(row.row))],
    ...(isGood ? outputLines(row) : [[clip(texts.say(row.error ?? ''), OUTPUT_CHARS)]]),
    dotted(
      row.seconds !== null && tasks.duration(row.seconds * 1000),
      row.tokens === null ? tasks.tokensUnknown : tasks.tokens(row.tokens),
      rowPrice(row, texts),
    ),
  ]
}

/** What the trial means for the other rows. */
export function afterTrialLines({ rows, tried, estimate }: Trial, { tasks, trial }: Texts): Line[] {
  const price = estimate?.price && tasks.price(estimate.price.nano, estimate.price.currency)
  return [
    ...(tried > rows.length ? [[trial.moreRows(tried - rows.length)]] : []),
    ...(estimate
      ? [[trial.estimate({ rows: estimate.rows, ms: estimate.ms, tokens: estimate.tokens, price, tried })]]
      : []),
    [trial.paidOnce],
  ]
}

const OUTPUTS_SHOWN = 4
const OUTPUT_CHARS = 320

function outputLines({ outputs }: ResultRow): Line[] {
  return Object.entries(outputs ?? {})
    .slice(0, OUTPUTS_SHOWN)
    .map(([name, value]): Line => [bold(clip(name, 60)), ': ', code(shown(value))])
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return clip(text.replaceAll(/\s+/g, ' ').trim(), OUTPUT_CHARS) || '–'
}
