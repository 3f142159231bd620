import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { RowRange } from './types.ts'

/** Excel’s last possible row. */
export const MAX_ROW = 1_048_576
/** Nobody types more; each row of a sheet is compared with all of them. */
const MAX_RANGES = 100

/**
 * `3-40, 88`: rows by their numbers in the sheet, as people type them. Any dash, comma or semicolon will do.
 * @throws NotRows if it is anything else
 */
export function rowRangesOf(text: string): RowRange[] {
  const parts = text
    .normalize('NFKC')
    .split(/[,;、，\s]+(?![-–—−~])(?<![-–—−~]\s*)/)
    .filter((part) => part !== '')
  const ranges = parts.map((part) => rangeOf(part, text))
  if (ranges.length === 0 || ranges.length > MAX_RANGES) throw new NotRows(text)
  return ranges
}

/** The reverse of `rowRangesOf`. */
export function rowRangesText(ranges: readonly RowRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}

export function isInRanges(row: number, ranges: readonly RowRange[]): boolean {
  return ranges.some(({ from, to }) => row >= from && row <= to)
}

function rangeOf(part: string, whole: string): RowRange {
  const [, first, , last = first] = /^(\d{1,7})(\s*[-–—−~]\s*(\d{1,7}))?$/.exec(part) ?? []
  const from = Number(first)
  const to = Number(last)
  if (first === undefined || !(from >= 1 && to >= from && to <= MAX_ROW)) throw new NotRows(whole)
  return { from, to }
}

/** It is no list of rows. */
export class NotRows extends UserError {
  constructor(text: string) {
    const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text
    super(say('no-rows-named', { text: shown }), say('do-name-rows'))
  }
}
