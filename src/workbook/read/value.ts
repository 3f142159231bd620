/**
 * A cell as it was read. A plain number is shown as `General` shows it, a plain text as it is; where a number format
 * shows a number or a date otherwise, the value has both.
 */
export type Value =
  | string
  | number
  | boolean
  | null
  | ErrorValue
  | Uncalculated
  | Picture
  | StyledNumber
  | StyledDate

/** `#N/A` and its kin. */
export interface ErrorValue {
  error: string
}

/** A formula without a result: no program has calculated it since it was written. */
export interface Uncalculated {
  uncalculated: true
}

/** A picture that is placed in the cell: there is no text to send. */
export interface Picture {
  picture: true
  /** it is among the files of the upload, and the column feeds an input of files: the cell is not empty */
  isFile?: true
}

export interface StyledNumber {
  number: number
  /** what the cell shows: `00123`, `15%`, `$1,200.00` */
  shown: string
  /** of a zero-padded number, a percentage and a number of more than 15 digits: its text where raw values are sent */
  raw?: string
  loses?: Loss
}

export interface StyledDate {
  /** ISO text: `2026-03-16`, `2026-03-16T12:00:00`, or `12:00:00` without a date */
  date: string
  /** what the cell shows: `16.3.26`, `Mar 26`, `6:00 PM` */
  shown: string
  loses?: Loss
}

/**
 * What the shown text lacks, so that the whole value is sent instead: everything (`;;;`), everything because Excel
 * shows `####`, the year of a date, or digits of a whole number (`1.23E+12`).
 */
export type Loss = 'hidden' | 'hashes' | 'year' | 'digits'

/** Where the cells of a row lead to, by column from 0: addresses, paths and others, as they are written in the file. */
export type RowLinks = ReadonlyMap<number, string>

export interface RawRow {
  /** as a spreadsheet counts, from 1 */
  row: number
  /** from column A; it may be shorter than other rows, and never ends with null */
  cells: Value[]
  /** of a CSV file: how many cells its line has, with those that are empty at its end */
  width?: number
  hidden?: boolean
  /** where its cells lead to, if any is a link */
  links?: RowLinks
}

/** `A` for 0, `AA` for 26. */
export function columnName(index: number): string {
  let name = ''
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  }
  return name
}

/** What the person sees in a cell, as text; the whole value where that would lose what they mean. */
export function shownText(value: Value): string {
  if (typeof value === 'number') return generalText(value)
  if (typeof value !== 'object' || value === null || !('shown' in value)) return rawText(value)
  return value.loses ? wholeText(value) : value.shown
}

/** A cell’s value as text, whatever its format: dates as ISO text, numbers without an exponent. */
export function rawText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return decimal(value)
  if ('number' in value) return value.raw ?? decimal(value.number)
  if ('date' in value) return value.date
  return 'error' in value ? value.error : ''
}

function wholeText(value: StyledNumber | StyledDate): string {
  return 'date' in value ? value.date : (value.raw ?? decimal(value.number))
}

/** `General` shows at most so many characters, without the sign. */
const GENERAL_CHARS = 11

/**
 * A number as a cell with the format `General` shows it: rounded to 11 characters. Where Excel would change to an
 * exponent (`1.23457E+12`) it stays whole.
 */
export function generalText(value: number): string {
  const text = decimal(value)
  const room = value < 0 ? GENERAL_CHARS + 1 : GENERAL_CHARS
  const size = Math.abs(value)
  if (text.length <= room || Number.isInteger(value) || size < 1e-4 || size >= 10 ** GENERAL_CHARS)
    return text
  const places = room - text.indexOf('.') - 1
  return String(Number(value.toFixed(Math.max(places, 0))))
}

/** Without an exponent. */
function decimal(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  const [digits = '', exponent = '0'] = text.split('e')
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const shift = Number(exponent)
  const sign = value < 0 ? '-' : ''
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
  return sign + whole + fraction.padEnd(shift, '0')
}
