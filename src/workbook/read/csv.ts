import type { Limits } from '../limits.ts'
import type { UploadFile } from '../types.ts'
import type { Book, SheetFacts } from './book.ts'
import { delimiterOf } from './delimiter.ts'
import { decodeText } from './encoding.ts'
import { Refusal } from './refusal.ts'
import type { RawRow, Value } from './value.ts'

const BATCH_ROWS = 1_000

/**
 * Opens a CSV file as a book of one sheet. Every cell stays text, so that `00123` keeps its zeros; rows are counted as
 * a spreadsheet would: blank lines count, a line break inside quotes does not.
 */
export function openCsv(file: UploadFile, limits: Limits): Book {
  const { text, guessed } = decodeText(file.bytes)
  const { delimiter, start } = delimiterOf(text, file.name)
  const name = file.name.replace(/^.*[/\\]/, '').replace(/\.(csv|tsv|txt|tab)$/i, '') || 'CSV'
  const rows = (facts: SheetFacts = {}) => {
    if (guessed) facts.guessedEncoding = guessed
    return batches(text, start, delimiter, limits)
  }
  return { sheets: [{ name, hidden: false, rows }], parts: [] }
}

async function* batches(
  text: string,
  start: { at: number; row: number },
  delimiter: string,
  limits: Limits,
): AsyncGenerator<RawRow[]> {
  let batch: RawRow[] = []
  let count = 0
  let row = start.row
  for (const cells of records(text, start.at, delimiter, limits)) {
    row++
    if (cells.length === 0) continue
    if (++count > limits.maxRows + 100) {
      throw new Refusal('too-many-rows', `at most ${limits.maxRows.toLocaleString('en')} are taken`)
    }
    if (cells.length > limits.maxColumns) {
      throw new Refusal(
        'too-many-columns',
        `at most ${limits.maxColumns} are taken; row ${row} has ${cells.length}`,
      )
    }
    batch.push({ row, cells })
    if (batch.length < BATCH_ROWS) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The records of the text (RFC 4180, and what people make of it), without the empty cells at their ends. */
export function* records(
  text: string,
  start: number,
  delimiter: string,
  limits: Pick<Limits, 'maxCellChars'>,
): Generator<Value[]> {
  let at = start
  let line = 0
  while (at < text.length) {
    line++
    const cells: Value[] = []
    let ended = false
    while (!ended) {
      const cell = text[at] === '"' ? quoted(text, at, delimiter, line) : plain(text, at, delimiter)
      if (cell.text.length > limits.maxCellChars) throw new Refusal('cell-too-long', `record ${line}`)
      cells.push(cell.text === '' ? null : cell.text)
      at = cell.end
      ended = text[at] !== delimiter
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    }
    while (cells.length > 0 && cells.at(-1) === null) cells.pop()
    yield cells
  }
}

/** Up to the next delimiter or line end; a quotation mark inside is a mark: `5" pipe`. */
function plain(text: string, from: number, delimiter: string): { text: string; end: number } {
  let end = from
  while (end < text.length) {
    const char = text[end]
    if (char === delimiter || char === '\n' || char === '\r') break
    end++
  }
  return { text: text.slice(from, end), end }
}

/** In quotes, doubled ones standing for one; what follows the closing one up to the delimiter is kept as it is. */
function quoted(text: string, from: number, delimiter: string, line: number): { text: string; end: number } {
  let end = from + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end < 0) throw new Refusal('open-quote', `record ${line}`)
    if (text[end + 1] !== '"') break
    end += 2
  }
  const inside = text
    .slice(from + 1, end)
    .replaceAll('""', '"')
    .replaceAll('\r\n', '\n')
  const rest = plain(text, end + 1, delimiter)
  return { text: inside + rest.text, end: rest.end }
}
