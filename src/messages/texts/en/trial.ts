import type { Numbers } from '../numbers.ts'

interface EstimateFacts {
  rows: number
  ms: number
  tokens: number | undefined
  price: string | undefined
  /** how many rows it is taken from */
  tried: number
}

/** Rows that are tried before the others: how to ask for them, and what they gave. */
export const trial = (n: Numbers) => ({
  trying: (rows: number) => `trying ${rows === 1 ? '1 row' : `${n.count(rows)} rows`}`,
  tried: (rows: number) => `tried ${rows === 1 ? '1 row' : `${n.count(rows)} rows`}`,
  tryRows: (rows: number) => (rows === 1 ? 'Try 1 row first' : `Try ${n.count(rows)} that differ`),
  tryMore: 'Try…',
  form: {
    title: 'Try some rows first',
    label: 'How many rows to try first',
    hint: (max: number) => `1 to ${n.count(max)}, chosen to differ; the others wait`,
    submit: 'Try them',
  },
  rowDone: (row: number) => `Row ${n.count(row)} went through:`,
  rowFailed: (row: number) => `Row ${n.count(row)} failed:`,
  table: { output: 'output', seconds: 's', tokens: 'tokens', price: 'price' },
  moreRows: (rows: number) =>
    rows === 1
      ? '1 more row was tried; the results have it.'
      : `${n.count(rows)} more rows were tried; the results have them.`,
  estimate: ({ rows, ms, tokens, price, tried }: EstimateFacts) => {
    const parts = [
      `about ${n.roughDuration(ms)}`,
      ...(tokens === undefined ? [] : [`${n.count(tokens)} tokens`]),
      ...(price === undefined ? [] : [price]),
    ]
    const all = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
    return `The other ${n.count(rows)}: ${all}, going by ${tried === 1 ? 'this row' : `these ${n.count(tried)} rows`}.`
  },
  /** on the page, over its table */
  title: (rows: number) => (rows === 1 ? '1 row was tried' : `${n.count(rows)} rows were tried`),
  paidOnce: 'What has run is not run again, unless you choose other settings.',
  goOn: (rows: number) => (rows === 1 ? 'Go on with the other row' : `Go on with the other ${n.count(rows)}`),
  settings: 'Other settings…',
  stopHere: 'Stop here',
  /** a new draft with the same choices */
  sameChoices: (name: string) =>
    `The file and the choices of ${name} again. It runs all rows anew, those that were tried, too.`,
  choicesGone: 'The choices of this task are not stored any more. Send the file again.',
})
