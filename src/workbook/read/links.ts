import type { RangeLink } from './after-rows.ts'
import { externalTargets } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import type { RawRow, RowLinks } from './value.ts'
import type { Zip } from './zip.ts'

/** One link may be that of all cells of a sheet; further cells have none. */
const MAX_LINKED_CELLS = 200_000

/** The links of a worksheet’s cells, by row. They only serve for files, so a damaged list of targets refuses nothing. */
export function linksByRow(zip: Zip, part: string, links: RangeLink[]): Map<number, Map<number, string>> {
  const rows = new Map<number, Map<number, string>>()
  if (links.length === 0) return rows
  const targets = targetsOf(zip, part)
  let count = 0
  for (const { range, id } of links) {
    const target = targets.get(id)?.trim()
    if (!target) continue
    for (let row = range.top; row <= range.bottom; row++) {
      for (let column = range.left; column <= range.right; column++) {
        if (++count > MAX_LINKED_CELLS) return rows
        const inRow = rows.get(row) ?? new Map<number, string>()
        rows.set(row, inRow.set(column, target))
      }
    }
  }
  return rows
}

function targetsOf(zip: Zip, part: string): Map<string, string> {
  try {
    return externalTargets(zip, part)
  } catch (error) {
    if (error instanceof FileRefusal) return new Map()
    throw error
  }
}

/** Adds the links that a sheet lists to those that formulas of the row have. */
export function addLinks(row: RawRow, listed: RowLinks | undefined): void {
  if (listed) row.links = row.links ? new Map([...listed, ...row.links]) : listed
}

/** In a file a formula is in English, with `,` between its parts; in an OpenDocument file with `;`. */
const HYPERLINK = /^(?:[a-z]+:)?=?\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*[,;)]/i

/** The target of a HYPERLINK() formula; undefined if it is put together from cells, for nothing is calculated. */
export function linkOfFormula(formula: string): string | undefined {
  return HYPERLINK.exec(formula)?.[1]?.replaceAll('""', '"').trim() || undefined
}
