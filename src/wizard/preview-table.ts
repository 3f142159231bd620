import { columnName } from '../workbook/read/value.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Inspection } from './draft.ts'
import type { Table } from '../messages/prompt.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { clip } from '../messages/rich-text.ts'

const MIN_CELL_CHARS = 8

/** The first rows: the columns that feed something first, as many as are legible. */
export function previewTable(inspection: Inspection, texts: Texts): Table | undefined {
  const rows = inspection.preview.slice(0, PROMPT_LIMITS.tableRows)
  if (rows.length === 0) return undefined
  const columns = columnsOf(inspection).slice(0, PROMPT_LIMITS.tableColumns - 1)
  const share = Math.floor(PROMPT_LIMITS.tableChars / ((columns.length + 1) * (rows.length + 1)))
  const max = Math.min(PROMPT_LIMITS.cellChars, Math.max(MIN_CELL_CHARS, share))
  return {
    headings: [texts.wizard.row, ...columns.map((column) => clip(headingOf(inspection, column), max))],
    rows: rows.map(({ row, cells }) => [
      String(row),
      ...columns.map((column) => clip(cells[column] ?? '', max)),
    ]),
  }
}

export function headingOf({ headings }: Pick<Inspection, 'headings'>, column: number): string {
  return headings[column]?.replaceAll(/\s+/g, ' ').trim() || columnName(column)
}

function columnsOf({ headings, mapping }: Inspection): number[] {
  const fed = new Set(Object.values(mapping).filter((column) => column !== null))
  const all = headings.map((_, column) => column)
  return [...all.filter((column) => fed.has(column)), ...all.filter((column) => !fed.has(column))]
}
