import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { Start } from './delimiter.ts'
import { FileRefusal } from './refusal.ts'
import type { RawRow, Value } from './value.ts'

type CsvLimits = Pick<Limits, 'maxCellChars' | 'maxColumns'>

/**
 * The non-empty records of a CSV text (RFC 4180 and common deviations). Empty cells at the end of a record are left
 * out, so neither blank lines nor lines of commas cost memory.
 */
export function* records(
  text: string,
  start: Start,
  delimiter: string,
  limits: CsvLimits,
): Generator<RawRow> {
  const quotes: Quotes = {}
  let at = start.at
  let cells: Value[] = []
  for (let row = start.row + 1; at < text.length; row++) {
    // A byte order mark in the middle: two files were put together.
    if (text[at] === '\ufeff') at++
    let column = 0
    for (let ended = false; !ended; column++) {
      // There may be millions of empty cells and blank lines: do not allocate anything for them.
      if (!isEmptyCell(text, at, delimiter)) {
        const cell = cellAt(text, at, delimiter, row, limits, quotes)
        if (cell.text !== '') put(cells, column, cell.text, row, limits)
        at = cell.end
      }
      ended = text[at] !== delimiter
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    }
    if (cells.length === 0) continue
    yield { row, cells, width: column }
    cells = []
  }
}

function cellAt(
  text: string,
  at: number,
  delimiter: string,
  row: number,
  limits: CsvLimits,
  quotes: Quotes,
): { text: string; end: number } {
  let open = at
  while (text[open] === ' ') open++
  const cell = text[open] === '"' ? quoted(text, at, open, delimiter, row, limits, quotes) : undefined
  return cell ?? plain(text, at, delimiter)
}

function isEmptyCell(text: string, at: number, delimiter: string): boolean {
  const char = text[at]
  return char === delimiter || char === '\n' || char === '\r'
}

function put(cells: Value[], column: number, text: string, row: number, limits: CsvLimits): void {
  if (text.length > limits.maxCellChars) throw new FileRefusal('cell-too-long', say('in-row', { row }))
  if (column >= limits.maxColumns) {
    throw new FileRefusal('too-many-columns', say('columns-at-most', { max: limits.maxColumns, row: row }))
  }
  while (cells.length < column) cells.push(null)
  cells.push(text)
}

/** Up to the next delimiter or line end; a quotation mark inside is literal: `5" pipe`. */
function plain(text: string, from: number, delimiter: string): { text: string; end: number } {
  let end = from
  while (end < text.length) {
    const char = text[end]
    if (char === delimiter || char === '\n' || char === '\r') break
    end++
  }
  return { text: text.slice(from, end), end }
}

/** What was found out about quotation marks so far. */
interface Quotes {
  /** the first opening mark whose closing mark has text after it: if one is missing, it is probably here */
  suspect?: number
}

/**
 * A quoted cell, where doubled quotes stand for one. Text between the closing quote and the delimiter is part of the
 * cell, unless there are lines between the marks: then an earlier mark was not closed, and rows would be lost in the
 * cell. Spaces are not part of it.
 * @param open where the opening mark is
 * @returns undefined if it has spaces before its marks and text behind: then the marks are text, too
 * @throws FileRefusal if the mark is never closed, with the line of the text where it opens
 */
function quoted(
  text: string,
  from: number,
  open: number,
  delimiter: string,
  row: number,
  limits: CsvLimits,
  quotes: Quotes,
): { text: string; end: number } | undefined {
  let end = open + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end < 0) {
      if (open > from) return undefined
      throw openQuote(text, quotes.suspect ?? open)
    }
    if (text[end + 1] !== '"') break
    end += 2
  }
  // Doubled quotes may halve the length; a text that is still too long is not even read.
  if (end - open > limits.maxCellChars * 2 + 1) throw new FileRefusal('cell-too-long', say('in-row', { row }))
  const inside = text
    .slice(open + 1, end)
    .replaceAll('""', '"')
    .replaceAll('\r\n', '\n')
  const rest = plain(text, end + 1, delimiter)
  if (rest.text.trim() === '') return { text: inside, end: rest.end }
  if (open > from) return undefined
  if (inside.includes('\n')) throw openQuote(text, open)
  quotes.suspect ??= open
  return { text: inside + rest.text, end: rest.end }
}

/** Names the line of the text where the mark is, from 1, as an editor counts. */
function openQuote(text: string, at: number): FileRefusal {
  return new FileRefusal(
    'open-quote',
    say('quote-opened', { line: text.slice(0, at).split(/\r\n|\r|\n/).length }),
  )
}
