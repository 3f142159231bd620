import type { Mapping } from '../types.ts'
import type { RawRow } from '../read/value.ts'
import { isBlank, type CellFault } from './prepare.ts'
import type { SheetTable } from './table.ts'

/**
 * A row of a CSV file with more cells than the headings: probably a text with the delimiter in it, of which a part
 * would be sent. A column beyond the headings that a person chose does not count.
 */
export function tooManyCells(row: RawRow, table: SheetTable, mapping: Mapping): CellFault[] {
  if (table.width === undefined || row.cells.length <= table.width) return []
  const chosen = Object.values(mapping).map((column) => (column ?? -1) + 1)
  const width = Math.max(table.width, ...chosen)
  const column = row.cells.findIndex((cell, i) => i >= width && !isBlank(cell))
  return column < 0 ? [] : [{ fault: { code: 'too-many-cells', headings: table.width }, column }]
}
