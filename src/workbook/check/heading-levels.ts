import type { CellRange } from '../read/ranges.ts'
import { shownText, type RawRow, type Value } from '../read/value.ts'
import { isBlank } from './prepare.ts'

// Headings in two rows: groups above, such as “Price” over two columns, and below them “EUR” and “USD”.

/**
 * The row of group headings, if the row given and its neighbour seem to be two levels of headings: the upper one has
 * gaps or repeats itself where the lower one has texts of its own, and rows of other kinds of values follow.
 */
export function groupRow(rows: RawRow[], row: number): number | undefined {
  return [row, row - 1].find((upper) => isGrouped(rows, upper))
}

function isGrouped(rows: RawRow[], at: number): boolean {
  const upper = rows.find(({ row }) => row === at)
  const lower = rows.find(({ row }) => row === at + 1)
  const data = rows.find(({ row }) => row > at + 1)
  if (!upper || !lower || !data || !isTexts(upper) || !isTexts(lower)) return false
  const isTyped = lower.cells.some((cell, i) => !isBlank(cell) && isOtherKind(data.cells[i] ?? null))
  return isTyped && gapsOrRepeats(upper, lower) > 0 && isDistinct(joinedHeadings(upper.cells, lower.cells))
}

/** Columns where the upper row goes on to the right: it is empty or the same, and the lower row has a text. */
function gapsOrRepeats(upper: RawRow, lower: RawRow): number {
  const first = upper.cells.findIndex((cell) => !isBlank(cell))
  const goesOn = lower.cells.filter((cell, i) => {
    const over = upper.cells[i] ?? null
    return i > first && !isBlank(cell) && (isBlank(over) || over === upper.cells[i - 1])
  })
  return goesOn.length
}

function isTexts({ cells }: RawRow): boolean {
  const texts = cells.filter((cell) => !isBlank(cell))
  return texts.length > 0 && texts.every((cell) => typeof cell === 'string')
}

function isOtherKind(value: Value): boolean {
  return (
    typeof value === 'number' || typeof value === 'boolean' || (value !== null && typeof value === 'object')
  )
}

function isDistinct(headings: string[]): boolean {
  const texts = headings.filter((heading) => heading !== '')
  return texts.length > 1 && new Set(texts).size === texts.length
}

/** `Price / EUR`: a group reaches over the gaps on its right, as far as there are headings below it. */
export function joinedHeadings(upper: Value[], lower: Value[], merges: CellRange[] = []): string[] {
  const spans = merges.filter(isInOneRow)
  let group = ''
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, column) => {
    const over = shownText(upper[column] ?? null).trim()
    const below = shownText(lower[column] ?? null).trim()
    if (over !== '') group = over
    else if (below === '' || !reaches(column)) group = ''
    const own = over || group
    return own !== '' && below !== '' && own !== below ? `${own} / ${below}` : below || own
  })

  /** Where the workbook says which cells are merged, only those belong together. */
  function reaches(column: number): boolean {
    return spans.length === 0 || spans.some(({ left, right }) => left < column && column <= right)
  }
}

/** True if a cell of the heading row is merged over several columns, with a text of its own below each. */
export function isMergedOver(
  below: RawRow | undefined,
  headingRow: number,
  merges: CellRange[] = [],
): boolean {
  if (!below || below.row !== headingRow + 1 || !isTexts(below)) return false
  return merges.filter(isInOneRow).some(({ top, left, right }) => {
    const under = below.cells.slice(left, right + 1).filter((cell) => !isBlank(cell))
    return top === headingRow && under.length === right - left + 1 && under.length > 1
  })
}

function isInOneRow({ top, bottom }: CellRange): boolean {
  return top === bottom
}
