import type { DecimalMark } from '../read/decimal-marks.ts'
import type { Taken } from './values.ts'

/** Thousands with points, spaces or apostrophes between; decimals after a comma. */
const WITH_COMMA = /^([+-]?)(\d+|\d{1,3}(?:[. '’]\d{3})+),(\d+)$/
/** May be a thousand or three decimals. */
const THREE_DIGITS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/
const THOUSANDS = /^[+-]?\d{1,3}(?:\.\d{3}){2,}$/

/**
 * A number of a CSV file whose decimals stand after a comma: `12,50` or `1.204,00`. Where it may mean two numbers,
 * it is a fault with the likelier one.
 * @returns undefined for text to which no such rule applies
 */
export function withDecimalComma(text: string, label: string, mark: DecimalMark): Taken | undefined {
  if (mark === 'point') return undefined
  const plain = text.normalize('NFKC').trim().replace(/^−/, '-')
  const ask = (guess: string): Taken => ({ fault: { code: 'decimal-comma', label, value: text, guess } })
  if (THREE_DIGITS.test(plain)) {
    if (plain.includes('.')) return ask(plain.replace('.', ''))
    if (mark !== 'comma') return ask(plain.replace(',', '.'))
  }
  if (THOUSANDS.test(plain)) return { value: Number(plain.replaceAll('.', '')) }
  const [, sign = '', whole, decimals = ''] = WITH_COMMA.exec(plain) ?? []
  if (whole === undefined) return undefined
  const number = `${sign}${whole.replaceAll(/\D/g, '')}.${decimals}`
  return mark === 'doubtful' ? ask(number) : { value: Number(number) }
}
