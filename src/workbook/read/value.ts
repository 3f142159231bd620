/**
 * A cell as it was read. Dates and times are ISO text. Zero-padded numbers and percentages have both their value and
 * what the person sees.
 */
export type Value = string | number | boolean | null | ErrorValue | Uncalculated | Picture | StyledNumber

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
}

export interface StyledNumber {
  number: number
  /** `00123`, `15%` */
  shown: string
}

export interface RawRow {
  /** as a spreadsheet counts, from 1 */
  row: number
  /** from column A; it may be shorter than other rows, and never ends with null */
  cells: Value[]
  hidden?: boolean
}

/** `A` for 0, `AA` for 26. */
export function columnName(index: number): string {
  let name = ''
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  }
  return name
}

/**
 * What the person sees in a cell, as text. Numbers have no exponent and at most 15 digits, as in Excel: further
 * digits come from their binary form.
 */
export function shownText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return decimal(value)
  if ('shown' in value) return value.shown
  return 'error' in value ? value.error : ''
}

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
