import { rowPrice } from '../messages/row-price.ts'
import type { ResultRow } from '../engine/task.ts'
import { clipColumns, GAP_COLUMNS } from '../messages/columns.ts'
import type { Table } from '../messages/prompt.ts'
import { clip } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'

/**
 * Rows of a trial: number, outputs, seconds, tokens and price. A row with something to look at has a flag before its
 * outputs, one that failed its error in their place.
 * @param columns at most so wide, by the characters’ width on screen: first the price goes, then the tokens, which are
 * said for all rows together, too
 */
export function trialTable(rows: readonly ResultRow[], columns: number, texts: Texts): Table {
  const words = texts.trial.table
  const numbers = [secondsOf(rows, texts), tokensOf(rows, texts), priceOf(rows, texts)].filter(isSaid)
  const first = columnOf(
    texts.wizard.row,
    rows.map(({ row }) => String(row)),
  )
  while (numbers.length > 1 && roomBeside([first, ...numbers], columns) < OUTPUT_COLUMNS) numbers.pop()
  const room = Math.max(roomBeside([first, ...numbers], columns), OUTPUT_COLUMNS)
  const outputs = columnOf(
    clipColumns(words.output, room),
    rows.map((row) => clipColumns(outputText(row, texts), room)),
  )
  const all = [first, outputs, ...numbers]
  return {
    headings: all.map(({ heading }) => heading),
    rows: rows.map((_, index) => all.map(({ cells }) => cells[index] ?? '')),
  }
}

/** Less than this says nothing of an output. */
const OUTPUT_COLUMNS = 12

interface TrialColumn {
  heading: string
  cells: string[]
}

function columnOf(heading: string, cells: string[]): TrialColumn {
  return { heading, cells }
}

function secondsOf(rows: readonly ResultRow[], { trial, numbers }: Texts): TrialColumn {
  return columnOf(
    trial.table.seconds,
    rows.map(({ seconds }) => (seconds === null ? '–' : numbers.rough(seconds))),
  )
}

function tokensOf(rows: readonly ResultRow[], { trial, numbers }: Texts): TrialColumn {
  return columnOf(
    trial.table.tokens,
    rows.map(({ tokens }) => (tokens === null ? '–' : numbers.count(tokens))),
  )
}

function priceOf(rows: readonly ResultRow[], texts: Texts): TrialColumn {
  return columnOf(
    texts.trial.table.price,
    rows.map((row) => rowPrice(row, texts) ?? '–'),
  )
}

/** False for a column in which nothing stands. */
function isSaid({ cells }: TrialColumn): boolean {
  return cells.some((cell) => cell !== '–')
}

function roomBeside(columns: TrialColumn[], all: number): number {
  const widths = columns.map(({ heading, cells }) =>
    Math.max(...[heading, ...cells].map((text) => Bun.stringWidth(text))),
  )
  return all - widths.reduce((sum, width) => sum + width + GAP_COLUMNS, 0)
}

function outputText({ status, outputs, error, flags = [] }: ResultRow, { say }: Texts): string {
  if (status === 'failed') return `✖ ${oneLine(say(error ?? ''))}`
  const text = Object.values(outputs ?? {})
    .map((value) => oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')))
    .join(' · ')
  return `${flags.length > 0 ? '⚑ ' : ''}${text || '–'}`
}

/** More is never shown; an output may be megabytes. */
const OUTPUT_CHARS = 400

function oneLine(text: string): string {
  return clip(text, OUTPUT_CHARS).replaceAll(/\s+/g, ' ').trim()
}
