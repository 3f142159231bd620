import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { RowCondition } from './types.ts'

/** Nobody types more; each row of a sheet is compared with all of them. */
const MAX_CONDITIONS = 20
const MAX_CHARS = 1_000

/**
 * `Tone=formal`, `Tone!=formal`, `Status=` (an empty cell): a condition on the rows of a sheet, as people type it. The
 * heading ends at the first sign; the rest is the value. `≠` and full-width signs will do.
 * @throws UserError if it is anything else
 */
export function rowConditionOf(text: string): RowCondition {
  const [, column = '', sign = '', value = ''] = /^(.*?)\s*([!！]\s*[=＝]|≠|=|＝)(.*)$/s.exec(text) ?? []
  if (column.trim() === '' || text.length > MAX_CHARS) throw noCondition(text)
  return { column: column.trim(), is: sign === '=' || sign === '＝', value: value.trim() }
}

/**
 * Several of them, separated by `;` or on lines of their own.
 * @throws UserError
 */
export function rowConditionsOf(text: string): RowCondition[] {
  const parts = text.split(/[;；\n]/).filter((part) => part.trim() !== '')
  if (parts.length === 0 || parts.length > MAX_CONDITIONS) throw noCondition(text)
  return parts.map(rowConditionOf)
}

/** The reverse of `rowConditionsOf`. */
export function rowConditionsText(conditions: readonly RowCondition[]): string {
  return conditions.map(({ column, is, value }) => `${column}${is ? '=' : '!='}${value}`).join('; ')
}

function noCondition(text: string): UserError {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text
  return new UserError(say('no-condition', { text: shown }), say('do-write-condition'))
}
