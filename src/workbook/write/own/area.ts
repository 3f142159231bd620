import { attribute } from '../../read/xml.ts'
import { columnName } from '../../read/value.ts'
import { withAttribute } from '../carried/xml-text.ts'

/** A rectangle of cells; all from 1, ends included. */
export interface Area {
  left: number
  top: number
  right: number
  bottom: number
}

/** `A1:H10`, `$A$1:$H$10` or `A1`; undefined for anything else, such as whole columns. */
export function areaOf(reference: string | undefined): Area | undefined {
  const match = /^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$/.exec(reference ?? '')
  if (!match) return undefined
  const [, first = '', top = '', last = first, bottom = top] = match
  return { left: columnNumber(first), top: Number(top), right: columnNumber(last), bottom: Number(bottom) }
}

export function referenceTo({ left, top, right, bottom }: Area): string {
  return `${columnName(left - 1)}${top}:${columnName(right - 1)}${bottom}`
}

/** A tag whose `ref` ends at column `from` with it ending at `to`; other tags as they are. */
export function widened(tag: string, from: number, to: number): string {
  const area = areaOf(attribute(tag, 'ref'))
  if (!area || area.right !== from) return tag
  return withAttribute(tag, 'ref', referenceTo({ ...area, right: to }))
}

function columnNumber(letters: string): number {
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column
}
