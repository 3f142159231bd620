import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'

/** A result that is being written. */
export interface ResultWriter {
  add(rows: ResultRow[]): Promise<void>
  finish(): Promise<void>
}

/** A column of the result: its heading, and its value for a row. */
export interface Column {
  heading: string
  of: (row: ResultRow) => unknown
}

/** The columns about each row’s outcome, after the person’s columns and the outputs. */
const OUTCOME_COLUMNS: Column[] = [
  { heading: 'status', of: (row) => row.status },
  { heading: 'error', of: (row) => row.error ?? (row.warning === null ? null : `Warning: ${row.warning}`) },
  { heading: 'attempts', of: (row) => row.attempts },
  { heading: 'seconds', of: (row) => rounded(row.seconds) },
  { heading: 'tokens', of: (row) => row.tokens },
  {
    heading: 'price',
    of: (row) => (row.priceGuess === undefined ? row.price : `≈ ${priceText(row.priceGuess)}`),
  },
  { heading: 'currency', of: (row) => row.currency },
  { heading: 'run id', of: (row) => row.workflowRunId },
  { heading: 'row', of: (row) => row.row },
]

/**
 * The columns of a result: the person’s, one for each output, then the outcome’s. A heading that is already taken
 * gets a word appended, so that all are distinct and the person’s own stay unchanged.
 */
export function columnsOf(header: Pick<ResultHeader, 'headings' | 'outputNames'>): Column[] {
  const taken = new Set(header.headings.map((heading) => heading.trim().toLowerCase()))
  const own = header.headings.map((heading, i): Column => ({ heading, of: (row) => row.cells[i] ?? null }))
  const outputs = header.outputNames.map((name): Column => ({
    heading: free(name, 'output', taken),
    of: (row) => outputOf(row, name),
  }))
  const outcomes = OUTCOME_COLUMNS.map(({ heading, of }): Column => ({
    heading: free(heading, 'Rowbot', taken),
    of,
  }))
  return [...own, ...outputs, ...outcomes]
}

/** A row’s outputs that have no column, because no earlier row had them. */
export function extraOutputs(row: ResultRow, header: Pick<ResultHeader, 'outputNames'>): [string, unknown][] {
  return Object.entries(row.outputs ?? {}).filter(([name]) => !header.outputNames.includes(name))
}

/** All output names, in order of first occurrence. */
export function outputNamesIn(rows: ResultRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row.outputs ?? {})))]
}

/** An output may have the name of something that every object has, such as `constructor`. */
function outputOf({ outputs }: ResultRow, name: string): unknown {
  return outputs && Object.hasOwn(outputs, name) ? (outputs[name] ?? null) : null
}

function free(name: string, word: string, taken: Set<string>): string {
  let heading = name
  for (let i = 1; taken.has(heading.trim().toLowerCase()); i++) {
    heading = i === 1 ? `${name} (${word})` : `${name} (${word} ${i})`
  }
  taken.add(heading.trim().toLowerCase())
  return heading
}

/** Up to six decimals: a row may cost less than a cent. */
function priceText(price: number): string {
  return String(Number(price.toFixed(6)))
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 100) / 100
}
