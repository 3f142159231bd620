import type { Variable } from '../engine/workflow.ts'
import { headingKey } from '../workbook/check/headings.ts'
import { columnName } from '../workbook/read/value.ts'
import type { Mapping } from '../workbook/types.ts'
import { Refused } from './refused.ts'

/** Which column feeds which variable, as a program says it: by its heading, or by its letters. Null: leave empty. */
export type NamedMapping = Record<string, string | null>

/** @throws Refused for a variable or a column that is not there, or a heading that is there twice */
export function columnsNamed(named: NamedMapping, headings: string[], variables: Variable[]): Mapping {
  const mapping: Mapping = {}
  for (const [variable, column] of Object.entries(named)) {
    if (!variables.some(({ name }) => name === variable))
      throw new Refused(
        'mapping',
        `The workflow has no input “${variable}”.`,
        `It has ${variables.map(({ name }) => name).join(', ')}.`,
      )
    mapping[variable] = column === null ? null : columnNamed(column, headings)
  }
  return mapping
}

/** The same the other way round: what is given can be sent again. */
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
    throw new Refused(
      'mapping',
      `More than one column is headed “${column}”.`,
      'Name it by its letters, such as B.',
    )
  if (found >= 0) return found
  // No heading says so: letters.
  const lettered = headings.findIndex((_, i) => columnName(i) === column.trim().toUpperCase())
  if (lettered >= 0) return lettered
  throw new Refused('mapping', `There is no column “${column}”.`, `There are ${headings.join(', ')}.`)
}
