import { flagsText } from '../../engine/flag.ts'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { clean, clip, readable } from './to-cell.ts'
import { inEnglish } from '../../engine/sentence.ts'

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
  { heading: 'error', of: errorText },
  { heading: 'attempts', of: (row) => row.attempts },
  { heading: 'seconds', of: (row) => rounded(row.seconds) },
  { heading: 'tokens', of: (row) => row.tokens },
  {
    heading: 'price',
    of: (row) => (row.priceGuess === undefined ? row.price : `≈ ${priceText(row.priceGuess)}`),
  },
  { heading: 'currency', of: (row) => row.currency },
  { heading: 'run id', of: (row) => row.workflowRunId },
]
function errorText({ error, warning }: ResultRow): string | null {
  if (error !== null) return inEnglish(error)
  return warning === null ? null : `Warning: ${inEnglish(warning)}`
}

/** Beside the outputs that it is about. */
const FLAG_COLUMN: Column = {
  heading: 'to look at',
  of: ({ flags = [] }) => (flags.length === 0 ? null : flagsText(flags)),
}
/** Whose answer it is, of rows that were not called. */
const SOURCE_COLUMN: Column = {
  heading: 'not called',
  of: ({ asRow, from }) =>
    from ? `from task ${from.taskId}, row ${from.row}` : asRow === undefined ? null : `as row ${asRow}`,
}
const ROW_COLUMN: Column = { heading: 'row', of: (row) => row.row }

/**
 * The columns of a result: the person’s, one for each output, then the outcome’s. A heading that is already taken
 * gets a word appended, so that all are distinct and the person’s own stay unchanged.
 */
export function columnsOf(
  header: Pick<ResultHeader, 'headings' | 'outputNames' | 'hasFlags' | 'hasSources'>,
): Column[] {
  const taken = new Set(header.headings.map((heading) => heading.trim().toLowerCase()))
  const own = header.headings.map((heading, i): Column => ({ heading, of: (row) => row.cells[i] ?? null }))
  const added = addedColumns(header, taken)
  return [...own, ...added, { ...ROW_COLUMN, heading: free(ROW_COLUMN.heading, 'Rowbot', taken) }]
}

/**
 * What a result adds to the person’s columns: one for each output, then the outcome’s.
 * @param taken headings in lower case, which get the new ones
 */
export function addedColumns(
  { outputNames, hasFlags, hasSources }: Pick<ResultHeader, 'outputNames' | 'hasFlags' | 'hasSources'>,
  taken: Set<string>,
): Column[] {
  const outputs = outputNames.map((name): Column => ({
    heading: free(headingText(name), 'output', taken),
    of: (row) => outputOf(row, name),
  }))
  const outcomes = [
    ...(hasFlags ? [FLAG_COLUMN] : []),
    ...OUTCOME_COLUMNS,
    ...(hasSources ? [SOURCE_COLUMN] : []),
  ].map(({ heading, of }): Column => ({ heading: free(heading, 'Rowbot', taken), of }))
  return [...outputs, ...outcomes]
}

/** Excel’s tables take headings of up to 255 characters; a word may be appended. */
const HEADING_CHARS = 200

/** An output’s name as a cell can have it: two that differ only in what is left out here must not get equal headings. */
function headingText(name: string): string {
  return clip(clean(name).replaceAll(/\s+/g, ' ').trim(), HEADING_CHARS) || 'output'
}

/** A row’s outputs that have no column, because no earlier row had them. */
export function extraOutputs(row: ResultRow, header: Pick<ResultHeader, 'outputNames'>): [string, unknown][] {
  return Object.entries(row.outputs ?? {}).filter(([name]) => !header.outputNames.includes(name))
}

const WIDTH = { least: 8, most: 60 } as const

/** The width of a column in characters, from its heading and the first rows. */
export function widthOf({ heading, of }: Column, sample: ResultRow[]): number {
  let widest = heading.length
  for (const row of sample.slice(0, 100)) {
    const firstLine = readable(of(row) ?? '').split('\n', 1)[0] ?? ''
    widest = Math.max(widest, firstLine.length)
  }
  return Math.min(WIDTH.most, Math.max(WIDTH.least, widest + 2))
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
