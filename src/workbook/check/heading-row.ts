import type { Variable } from '../../engine/workflow.ts'
import type { Sheet } from '../read/book.ts'
import { shownText, type RawRow } from '../read/value.ts'
import { groupRow } from './heading-levels.ts'
import { fedByName } from './headings.ts'
import { isBlank } from './prepare.ts'

/** Only so many rows are searched for headings; for others, a person has to give the row. */
export const HEAD_ROWS = 20

/** The first rows, and the row that was chosen for the headings. */
export async function headOf(sheet: Sheet, chosen = 0): Promise<RawRow[]> {
  const head: RawRow[] = []
  for await (const batch of sheet.rows()) {
    for (const row of batch) if (head.length < HEAD_ROWS || row.row === chosen) head.push(row)
    if (head.length >= HEAD_ROWS && (batch.at(-1)?.row ?? 0) >= chosen) break
  }
  return head
}

export interface HeadingRow {
  row: number
  /** filled rows above that look like rows of the table: they would not run. 0 if those above are only titles */
  above: number
  /** the row of group headings, if this row and the next, or this and the one above, seem to be two levels */
  groups: number | undefined
}

/**
 * Finds the heading row among a sheet’s first rows: the one that names most variables. If there are no variables, it
 * is the first row, or the first one below titles (rows of one cell above rows of several).
 */
export function findHeadingRow(head: RawRow[], variables: Variable[] = []): HeadingRow {
  const rows = head.filter(({ cells }) => !cells.every(isBlank))
  const first = rows[0]
  if (!first) return { row: 1, above: 0, groups: undefined }
  let best = { row: first, named: namedBy(first, variables) }
  for (const row of rows) {
    const named = namedBy(row, variables)
    if (named > best.named) best = { row, named }
  }
  const chosen = best.named > 0 ? best.row : (belowTitles(rows) ?? first)
  const groups = groupRow(rows, chosen.row)
  const above = best.named > 0 ? rowsAbove(rows, best, groups) : 0
  return { row: chosen.row, above, groups }
}

/** How many of the variables a row has a heading for. */
function namedBy(row: RawRow, variables: Variable[]): number {
  return variables.length === 0 ? 0 : fedByName(row.cells.map(shownText), variables).fed
}

/** One word may match by chance; titles are rarely as wide as the table. */
function rowsAbove(
  rows: RawRow[],
  { row: heading, named }: { row: RawRow; named: number },
  groups: number | undefined,
): number {
  const width = filled(heading)
  const above = rows.filter(({ row }) => row < heading.row && row !== groups)
  const isLikeIt = (row: RawRow) => filled(row) === width || (named === 1 && filled(row) > width)
  return above.some(isLikeIt) ? above.length : 0
}

/** Only if it is clear: rows of single cells, then a row of distinct texts, then more rows of that width. */
function belowTitles(rows: RawRow[]): RawRow | undefined {
  const index = rows.findIndex((row) => filled(row) > 1)
  const candidate = rows[index]
  if (index < 1 || !candidate) return undefined
  const texts = candidate.cells.filter((cell) => !isBlank(cell))
  const isHeadings = texts.every((cell) => typeof cell === 'string') && new Set(texts).size === texts.length
  const next = rows[index + 1]
  return isHeadings && (!next || filled(next) > 1) ? candidate : undefined
}

function filled(row: RawRow): number {
  return row.cells.filter((cell) => !isBlank(cell)).length
}
