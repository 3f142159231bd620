import type { Variable } from '../../engine/workflow.ts'
import { shownText, type RawRow } from '../read/value.ts'
import { headingKey } from './headings.ts'
import { isBlank } from './prepare.ts'

/** Only so many rows are searched for headings; for others, a person has to give the row. */
export const HEAD_ROWS = 20

/**
 * Finds the heading row among a sheet’s first rows: the one that names most variables. If there are no variables, it
 * is the first row, or the first one below titles (rows of one cell above rows of several).
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
