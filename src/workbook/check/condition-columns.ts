import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { columnName, type RawRow, shownText } from '../read/value.ts'
import type { RowCondition } from '../types.ts'
import { headingKey } from './heading-keys.ts'

/** A condition and the column that it is about. */
export interface ColumnCondition {
  column: number
  is: boolean
  /** as it is compared: see `cellKey` */
  key: string
}

/**
 * The columns of conditions, by their headings or their letters.
 * @throws UserError if there is none, or several have the heading
 */
export function columnConditions(conditions: readonly RowCondition[], headings: string[]): ColumnCondition[] {
  const keys = headings.map(headingKey)
  return conditions.map(({ column, is, value }) => ({
    column: columnOf(column, headings, keys),
    is,
    key: cellKey(value),
  }))
}

/** Whether a row fulfils all of them, going by what its cells show. */
export function fulfils({ cells }: RawRow, conditions: readonly ColumnCondition[]): boolean {
  return conditions.every(({ column, is, key }) => (cellKey(shownText(cells[column] ?? null)) === key) === is)
}

/** Equal for cells that look the same to a person: neither case, outer spaces nor full-width forms count. */
function cellKey(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

function columnOf(asked: string, headings: string[], keys: string[]): number {
  const key = headingKey(asked)
  const found = key === '' ? -1 : keys.indexOf(key)
  if (found >= 0 && found !== keys.lastIndexOf(key))
    throw new UserError(say('heading-twice', { heading: asked }), say('do-letters-in-condition'))
  if (found >= 0) return found
  const lettered = headings.findIndex((_, index) => columnName(index) === asked.toUpperCase())
  if (lettered >= 0) return lettered
  const names = headings.filter((heading) => heading.trim() !== '')
  throw new UserError(say('no-column-for-condition', { column: asked }), say('do-columns-are', { names }))
}
