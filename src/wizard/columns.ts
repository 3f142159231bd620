import { say } from '../engine/sentence.ts'
import { columnName } from '../workbook/read/value.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Inspection } from './draft.ts'
import type { Option } from '../messages/prompt.ts'
import type { Variable } from '../engine/workflow.ts'
import { headingKey } from '../workbook/check/heading-keys.ts'
import type { Mapping } from '../workbook/types.ts'
import { Refused } from './answer.ts'
import type { HeadingMapping } from '../db/workflows/mappings.ts'

const EMPTY = 'none'

/** Everything that may feed an input: a column of the sheet, or nothing. */
export function columnOptions(inspection: Inspection, { wizard: { selects } }: Texts): Option[] {
  return [
    { value: EMPTY, label: selects.leaveEmpty },
    ...inspection.headings.map((heading, column) => ({
      value: String(column),
      label: heading.trim() || selects.columnWithoutHeading(columnName(column)),
      description: inspection.preview[0]?.cells[column] ?? '',
    })),
  ]
}

/** The option’s value for a column. */
export function columnValue(column: number | null | undefined): string {
  return column === null || column === undefined ? EMPTY : String(column)
}

/** The column for an option’s value; undefined: it was not offered. */
export function columnOf(value: string, { headings }: Inspection): number | null | undefined {
  if (value === EMPTY) return null
  const column = value === '' ? Number.NaN : Number(value)
  return Number.isInteger(column) && column >= 0 && column < headings.length ? column : undefined
}

/** Id of an input’s field, in the form with all inputs. */
export function columnField(variable: string): string {
  return `column:${variable}`
}

/** Id of an input’s field for one value for all rows, in the same form. */
export function constantField(variable: string): string {
  return `constant:${variable}`
}

/** Id of an input’s field for files that are its value for all rows, in the same form. */
export function constantFilesField(variable: string): string {
  return `file:${variable}`
}

/** A mapping as a program sends it: input to a column’s heading or letters. Null: leave the input empty. */
export type NamedMapping = Record<string, string | null>

/** @throws Refused for an unknown variable or column, or a heading that occurs twice */
export function columnsNamed(named: NamedMapping, headings: string[], variables: Variable[]): Mapping {
  const mapping: Mapping = {}
  for (const [variable, column] of Object.entries(named)) {
    if (!variables.some(({ name }) => name === variable))
      throw new Refused(
        'mapping',
        say('no-such-input', { input: variable }),
        say('do-inputs-are', { names: variables.map(({ name }) => name) }),
      )
    mapping[variable] = column === null ? null : columnNamed(column, headings)
  }
  return mapping
}

/** The reverse: the result can be sent as a mapping again. */
export function namesOf(mapping: Mapping, headings: string[]): NamedMapping {
  const keys = headings.map(headingKey)
  return Object.fromEntries(
    Object.entries(mapping).map(([variable, column]) => {
      if (column === null) return [variable, null]
      const key = keys[column] ?? ''
      const isPlain = key !== '' && keys.indexOf(key) === keys.lastIndexOf(key)
      return [variable, isPlain ? (headings[column] ?? null) : columnName(column)]
    }),
  )
}

function columnNamed(column: string, headings: string[]): number {
  const keys = headings.map(headingKey)
  const key = headingKey(column)
  const found = key === '' ? -1 : keys.indexOf(key)
  if (found >= 0 && found !== keys.lastIndexOf(key))
    throw new Refused('mapping', say('heading-twice', { heading: column }), say('do-name-by-letters'))
  if (found >= 0) return found
  // No such heading: it may be letters.
  const lettered = headings.findIndex((_, i) => columnName(i) === column.trim().toUpperCase())
  if (lettered >= 0) return lettered
  throw new Refused('mapping', say('no-such-column', { column }), say('do-columns-are', { names: headings }))
}

/** A key for a set of headings in any order, to remember a mapping by. */
export function headingSet(headings: string[]): string {
  return headings.map(headingKey).filter(Boolean).toSorted().join('\n')
}

/** By heading instead of by column, so that it fits a file with its columns in another order. */
export function byHeading(mapping: Mapping, headings: string[]): HeadingMapping {
  const named: HeadingMapping = {}
  for (const [variable, column] of Object.entries(mapping)) {
    if (column === null) named[variable] = null
    const key = column === null ? '' : headingKey(headings[column] ?? '')
    if (key !== '') named[variable] = key
  }
  return named
}

/** Back to columns. A heading that is missing, or occurs twice, is left to automatic mapping. */
export function byColumn(named: HeadingMapping, headings: string[]): Mapping {
  const keys = headings.map(headingKey)
  const mapping: Mapping = {}
  for (const [variable, key] of Object.entries(named)) {
    if (key === null) mapping[variable] = null
    else if (keys.indexOf(key) >= 0 && keys.indexOf(key) === keys.lastIndexOf(key))
      mapping[variable] = keys.indexOf(key)
  }
  return mapping
}
