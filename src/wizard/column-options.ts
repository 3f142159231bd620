import { columnName } from '../workbook/read/value.ts'
import type { Words } from '../words/words.ts'
import type { Look } from './draft.ts'
import type { Option } from './prompt.ts'

const EMPTY = 'none'

/** All that may feed an input: a column of the sheet, or nothing. */
export function columnOptions(look: Look, { wizard: { selects } }: Words): Option[] {
  return [
    { value: EMPTY, label: selects.leaveEmpty },
    ...look.headings.map((heading, column) => ({
      value: String(column),
      label: heading.trim() || selects.columnWithoutHeading(columnName(column)),
      description: look.preview[0]?.cells[column] ?? '',
    })),
  ]
}

/** The option that stands for a column. */
export function columnValue(column: number | null | undefined): string {
  return column === null || column === undefined ? EMPTY : String(column)
}

/** What a chosen option stands for; undefined: it was never offered. */
export function columnOf(value: string, { headings }: Look): number | null | undefined {
  if (value === EMPTY) return null
  const column = value === '' ? Number.NaN : Number(value)
  return Number.isInteger(column) && column >= 0 && column < headings.length ? column : undefined
}

/** The field of an input in a form that has one for each. */
export function columnField(variable: string): string {
  return `column:${variable}`
}
