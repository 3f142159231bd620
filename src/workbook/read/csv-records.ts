import type { Limits } from '../limits.ts'
import type { Start } from './delimiter.ts'
import { FileRefusal } from './refusal.ts'
import type { RawRow, Value } from './value.ts'

/**
 * The records of a CSV text (RFC 4180, and what people make of it) that have a cell with something in it. Empty cells
 * at the end of a record are left out, so neither blank lines nor lines of commas cost memory.
 */
export function* records(
  text: string,
  start: Start,
  delimiter: string,
  limits: Pick<Limits, 'maxCellChars' | 'maxColumns'>,
): Generator<RawRow> {
  let at = start.at
  let cells: Value[] = []
  for (let row = start.row + 1; at < text.length; row++) {
    for (let column = 0, ended = false; !ended; column++) {
      // Empty cells and blank lines may come by the million: nothing is made for them.
      if (!isEmptyCell(text, at, delimiter)) {
        const cell = text[at] === '"' ? quoted(text, at, delimiter, row, limits) : plain(text, at, delimiter)
        if (cell.text !== '') put(cells, column, cell.text, row, limits)
        at = cell.end
      }
      ended = text[at] !== delimiter
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    }
    if (cells.length === 0) continue
    yield { row, cells }
    cells = []
  }
}

function isEmptyCell(text: string, at: number, delimiter: string): boolean {
  const char = text[at]
  return char === delimiter || char === '\n' || char === '\r'
}

function put(
  cells: Value[],
  column: number,
  text: string,
  row: number,
  limits: Pick<Limits, 'maxCellChars' | 'maxColumns'>,
): void {
  if (text.length > limits.maxCellChars) throw new FileRefusal('cell-too-long', `row ${row}`)
  if (column >= limits.maxColumns) {
    throw new FileRefusal('too-many-columns', `at most ${limits.maxColumns} are taken; row ${row} has more`)
  }
  while (cells.length < column) cells.push(null)
  cells.push(text)
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
function quoted(
  text: string,
  from: number,
  delimiter: string,
  row: number,
  limits: Pick<Limits, 'maxCellChars'>,
): { text: string; end: number } {
  let end = from + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end < 0) throw new FileRefusal('open-quote', `row ${row}`)
    if (text[end + 1] !== '"') break
    end += 2
  }
  // Every character may stand for two; a text longer than that is not even looked at.
  if (end - from > limits.maxCellChars * 2 + 1) throw new FileRefusal('cell-too-long', `row ${row}`)
  const inside = text
    .slice(from + 1, end)
    .replaceAll('""', '"')
    .replaceAll('\r\n', '\n')
  const rest = plain(text, end + 1, delimiter)
  return { text: inside + rest.text, end: rest.end }
}
