import type { Variable } from '../../engine/workflow.ts'
import { shownText, type RawRow } from '../read/value.ts'
import { headingKey } from './headings.ts'
import { isBlank } from './prepare.ts'

/** So many rows are looked at: headings further down have to be pointed out by hand. */
export const HEAD_ROWS = 20

/**
 * The row that has the headings, among the first ones of a sheet: the one that names most variables; where there are
 * none to name, the first row, or the first one below titles (rows of one cell above rows of several).
 */
export function findHeadingRow(head: RawRow[], variables: Variable[] = []): number {
  const rows = head.filter(({ cells }) => !cells.every(isBlank))
  const first = rows[0]
  if (!first) return 1
  let best = { row: first, matches: namedBy(first, variables) }
  for (const row of rows) {
    const matches = namedBy(row, variables)
    if (matches > best.matches) best = { row, matches }
  }
  return best.matches > 0 ? best.row.row : (belowTitles(rows) ?? first).row
}

/** How many of the variables a row has a heading for. */
export function namedBy(row: RawRow, variables: Variable[]): number {
  const keys = new Set(row.cells.map((cell) => headingKey(shownText(cell))))
  return variables.filter(({ name, label }) => keys.has(headingKey(name)) || keys.has(headingKey(label)))
    .length
}

/** Only where it is clear: nothing but single cells above, then a row of different texts, then more rows as wide. */
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
