import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { columnName } from '../read/value.ts'
import { headingKey } from './heading-keys.ts'
import { nearest } from './nearest.ts'

/** Nobody names a row by more. */
export const MAX_KEY_COLUMNS = 20

/** `SKU, Country`: headings or letters of columns, as people type them. */
export function columnsTyped(text: string): string[] {
  return text
    .split(/[,，;；、\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/**
 * The columns that a person named, by their headings or their letters.
 * @throws UserError that names the nearest heading, if there is no such column or several have the heading
 */
export function columnsNamed(names: readonly string[], headings: readonly string[]): number[] {
  if (names.length > MAX_KEY_COLUMNS) throw new UserError(say('too-many-columns', { most: MAX_KEY_COLUMNS }))
  const keys = headings.map(headingKey)
  return [...new Set(names.map((name) => columnNamed(name, headings, keys)))].toSorted((a, b) => a - b)
}

/** True if each of them is there, once. */
export function areColumns(names: readonly string[], headings: readonly string[]): boolean {
  try {
    columnsNamed(names, headings)
    return true
  } catch (fault) {
    if (fault instanceof UserError) return false
    throw fault
  }
}

/** As a person would name them: the reverse of `columnsNamed`. */
export function namesOfColumns(columns: readonly number[], headings: readonly string[]): string[] {
  return columns.map((column) => {
    const heading = headings[column] ?? ''
    const isClear = !/[,，;；、\n]/.test(heading) && areColumns([heading], headings)
    return isClear ? heading : columnName(column)
  })
}

function columnNamed(name: string, headings: readonly string[], keys: readonly string[]): number {
  const key = headingKey(name)
  const found = key === '' ? -1 : keys.indexOf(key)
  if (found >= 0 && found !== keys.lastIndexOf(key))
    throw new UserError(
      say('several-columns-headed', { heading: name }),
      say('do-name-column-by-letters', { letters: columnName(found) }),
    )
  if (found >= 0) return found
  const lettered = headings.findIndex((_, index) => columnName(index) === name.toUpperCase())
  if (lettered >= 0) return lettered
  const named = headings.filter((heading) => heading.trim() !== '')
  const near = nearest(name, named)
  throw new UserError(
    say('no-such-column', { column: name }),
    near === undefined
      ? say('do-name-a-column', { headings: named.slice(0, HEADINGS_NAMED).join(', ') })
      : say('did-you-mean', { name: near }),
  )
}

const HEADINGS_NAMED = 12
