import { fromSerial } from './dates.ts'
import { PLAIN, styleOfFormat, type NumberStyle } from './number-formats.ts'
import { shownText, type Value } from './value.ts'

/**
 * A number as its cell shows it: a date or time where its format is one, a padded number or percentage with both its
 * value and what the person sees.
 * @param format the cell’s number format, such as `yyyy-mm-dd`; `General` or '' for none
 */
export function valueOfNumber(number: number, format: string, is1904: boolean): Value {
  return valueOfStyled(number, styleOf(format), is1904)
}

/** The same for a format that has been parsed already. */
export function valueOfStyled(
  stored: number,
  { meaning, digits, isPercentage }: NumberStyle,
  is1904: boolean,
): Value {
  const number = withoutNoise(stored)
  if (meaning !== 'number') return fromSerial(number, meaning, is1904) ?? number
  if (isPercentage) return { number, shown: `${shownText(withoutNoise(number * 100))}%` }
  if (digits > 0 && Number.isInteger(number) && number >= 0) {
    const shown = String(number).padStart(digits, '0')
    if (shown !== String(number)) return { number, shown }
  }
  return number
}

/** 0.1 + 0.2 is stored as 0.30000000000000004; Excel never shows more than 15 digits. */
export function withoutNoise(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(15))
}

/** A workbook has few formats, and a cell of each in every row. */
const MOST_FORMATS = 1_000
const styles = new Map<string, NumberStyle>()

function styleOf(format: string): NumberStyle {
  if (format === '' || format === 'General') return PLAIN
  const found = styles.get(format)
  if (found) return found
  if (styles.size >= MOST_FORMATS) styles.clear()
  const style = styleOfFormat(format)
  styles.set(format, style)
  return style
}
