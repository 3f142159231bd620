import { encodingName } from '../encoding-name.ts'
import type { Book, SheetFacts } from '../read/book.ts'
import { columnName, type RawRow } from '../read/value.ts'
import type { GivenFiles } from './given-files.ts'
import { isFilePicture, isPicture, type CellFault } from './prepare.ts'
import type { Tally } from './tally.ts'

/** Notes about a row that runs or not: it is hidden, it has pictures. */
export function noteRow(tally: Tally, row: RawRow, faults: CellFault[]): void {
  if (row.hidden) tally.add({ code: 'hidden-rows' }, String(row.row))
  for (let column = 0; column < row.cells.length; column++) {
    const cell = row.cells[column] ?? null
    if (!isPicture(cell) || isFilePicture(cell)) continue
    if (faults.some((fault) => fault.column === column)) continue // which says so
    tally.add({ code: 'picture-in-cell' }, columnName(column) + row.row)
  }
}

/** How many files are named that no row uses. */
const NAMED = 5

/**
 * Notes about the files that came along, when all rows were read.
 * @param isListed each file is a row: those of the same name are told apart by their rows
 */
export function noteFiles(tally: Tally, files: GivenFiles, isListed: boolean): void {
  const unused = files.unused()
  if (unused.length > 0)
    tally.add({ code: 'unused-files', count: unused.length, names: unused.slice(0, NAMED) })
  const alike = isListed ? [] : files.namedAlike()
  if (alike.length > 0) tally.add({ code: 'files-alike', names: alike })
}

/** Notes about what was found in the sheet besides its rows, of its data only: from below the headings to its end. */
export function noteFacts(
  tally: Tally,
  book: Book,
  facts: SheetFacts,
  { headingRow, lastRow, files }: { headingRow: number; lastRow: number; files: GivenFiles },
): void {
  const isData = ({ row }: { row: number }) => row > headingRow && row <= lastRow
  for (const { top, bottom, left } of facts.merges ?? []) {
    if (top <= lastRow && bottom > Math.max(top, headingRow + 1))
      tally.add({ code: 'merged-cells' }, columnName(left) + top)
  }
  for (const { row, column } of (facts.covered ?? []).filter(isData))
    tally.add({ code: 'covered-value' }, columnName(column) + row)
  const counts = new Map<string, number>()
  for (const { row, column, count } of (facts.pictures ?? []).filter(isData)) {
    const cell = columnName(column) + row
    counts.set(cell, (counts.get(cell) ?? 0) + count)
    if (files.usedPictures(cell) < (counts.get(cell) ?? 0)) tally.add({ code: 'picture-over-cell' }, cell)
  }
  if (book.hasMacros) tally.add({ code: 'macros' })
  const encoding = book.csv?.encoding
  if (encoding && !encoding.sure)
    tally.add({ code: 'guessed-encoding', encoding: encodingName(encoding.label) })
  if (facts.webPage) tally.add({ code: 'web-page' })
}
