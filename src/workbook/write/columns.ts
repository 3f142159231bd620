import { flagsText } from '../../engine/flag.ts'
import { decimalOf, type Nano, numberOf } from '../../engine/money.ts'
import { reviewedOutputs } from '../../engine/review.ts'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { editNote, editsText, flagsOf, inputEditsText, type Tint, tintOf } from './review-marks.ts'
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
  /** of its cell in a row, where there is something about it to be seen */
  tint?: (row: ResultRow) => Tint | undefined
  /** a comment on its cell in a row */
  note?: (row: ResultRow) => string | undefined
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
    of: ({ price, priceGuess }) => {
      if (priceGuess !== undefined) return `≈ ${priceText(priceGuess)}`
      return price === null ? null : numberOf(price)
    },
  },
  { heading: 'currency', of: (row) => row.currency },
  { heading: 'run id', of: (row) => row.workflowRunId },
]
function errorText({ error, warning, fromBefore, outputs }: ResultRow): string | null {
  // Whoever reads the outputs beside “failed” must not take them for what the last run gave.
  const note = fromBefore && outputs !== null ? ['The outputs are from before it was run again.'] : []
  if (error !== null) return [inEnglish(error), ...note].join(' ')
  if (note.length > 0) return note.join('')
  return warning === null ? null : `Warning: ${inEnglish(warning)}`
}

/** Beside the outputs that it is about, or for flags of outputs that have no column. */
const FLAG_COLUMN: Column = {
  heading: 'to look at',
  of: (row) => (flagsOf(row).length === 0 ? null : flagsText(flagsOf(row))),
}
/** For programs that show no comments, and to filter by. */
const EDIT_COLUMN: Column = { heading: 'edited', of: editsText }
/** The person’s own cells stay as they are in the file: what was sent in place of them stands beside them. */
const INPUT_COLUMN: Column = {
  heading: 'inputs changed',
  of: inputEditsText,
  tint: (row) => (row.editedInputs ? 'edited' : undefined),
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
export function columnsOf(header: Pick<ResultHeader, 'headings' | 'onlyCells' | ColumnFacts>): Column[] {
  const taken = new Set(header.headings.map((heading) => heading.trim().toLowerCase()))
  const own = header.headings.map((heading, i): Column => ({ heading, of: (row) => row.cells[i] ?? null }))
  if (header.onlyCells) return own
  const added = addedColumns(header, taken)
  return [...own, ...added, { ...ROW_COLUMN, heading: free(ROW_COLUMN.heading, 'Rowbot', taken) }]
}

/**
 * What a result adds to the person’s columns: one for each output, then the outcome’s.
 * @param taken headings in lower case, which get the new ones
 */
export function addedColumns(
  { outputNames, hasFlags, hasEdits, hasInputEdits, hasSources }: Pick<ResultHeader, ColumnFacts>,
  taken: Set<string>,
): Column[] {
  const outputs = outputNames.map((name): Column => ({
    heading: free(headingText(name), 'output', taken),
    of: (row) => outputOf(row, name),
    tint: (row) => tintOf(row, name),
    note: (row) => editNote(row, name),
  }))
  const elsewhere = (row: ResultRow) =>
    flagsOf(row).some(({ output }) => !outputNames.includes(output)) ? ('flagged' as const) : undefined
  const outcomes = [
    ...(hasFlags ? [{ ...FLAG_COLUMN, tint: elsewhere }] : []),
    ...(hasEdits ? [EDIT_COLUMN] : []),
    ...(hasInputEdits ? [INPUT_COLUMN] : []),
    ...OUTCOME_COLUMNS,
    ...(hasSources ? [SOURCE_COLUMN] : []),
  ].map((column): Column => ({ ...column, heading: free(column.heading, 'Rowbot', taken) }))
  return [...outputs, ...outcomes]
}

type ColumnFacts = 'outputNames' | 'hasFlags' | 'hasEdits' | 'hasInputEdits' | 'hasSources'

/** Excel’s tables take headings of up to 255 characters; a word may be appended. */
const HEADING_CHARS = 200

/** An output’s name as a cell can have it: two that differ only in what is left out here must not get equal headings. */
function headingText(name: string): string {
  return clip(clean(name).replaceAll(/\s+/g, ' ').trim(), HEADING_CHARS) || 'output'
}

/** A row’s outputs that have no column, because no earlier row had them. */
export function extraOutputs(row: ResultRow, header: Pick<ResultHeader, 'outputNames'>): [string, unknown][] {
  const outputs = reviewedOutputs(row.outputs, row.edits) ?? {}
  return Object.entries(outputs).filter(([name]) => !header.outputNames.includes(name))
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
function outputOf({ outputs, edits }: ResultRow, name: string): unknown {
  const all = reviewedOutputs(outputs, edits)
  return all && Object.hasOwn(all, name) ? (all[name] ?? null) : null
}

function free(name: string, word: string, taken: Set<string>): string {
  let heading = name
  for (let i = 1; taken.has(heading.trim().toLowerCase()); i++) {
    heading = i === 1 ? `${name} (${word})` : `${name} (${word} ${i})`
  }
  taken.add(heading.trim().toLowerCase())
  return heading
}

const PRICE = new Intl.NumberFormat('en', { maximumFractionDigits: 6, useGrouping: false })

/** Up to six decimals: a row may cost less than a cent. */
function priceText(nano: Nano): string {
  return PRICE.format(decimalOf(nano) as Intl.StringNumericLiteral) // any decimal is valid
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 100) / 100
}
