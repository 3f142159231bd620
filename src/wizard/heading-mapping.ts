import type { HeadingMapping } from '../db/mappings.ts'
import { headingKey } from '../workbook/check/headings.ts'
import type { Mapping } from '../workbook/types.ts'

/** A set of headings as the key of what is remembered for it: their order does not matter. */
export function headingSet(headings: string[]): string {
  return headings.map(headingKey).filter(Boolean).toSorted().join('\n')
}

/** By heading instead of by column, so that it holds for a file with the columns in another order. */
export function byHeading(mapping: Mapping, headings: string[]): HeadingMapping {
  const named: HeadingMapping = {}
  for (const [variable, column] of Object.entries(mapping)) {
    if (column === null) named[variable] = null
    const key = column === null ? '' : headingKey(headings[column] ?? '')
    if (key !== '') named[variable] = key
  }
  return named
}

/** Back to columns. A heading that is not there, or is there twice, is left to match by itself. */
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
