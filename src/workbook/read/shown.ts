import { format as formatted } from 'numfmt'
import { fromSerial, serialOf } from './dates.ts'
import { eraOf, spelled, spoken, spokenInDate, type Numerals } from './east-asian.ts'
import { ERA_MARKS, formatOf, type NumberFormat } from './format-pattern.ts'
import { FRACTION_MARK, fractionText } from './fractions.ts'
import { simply } from './simple-format.ts'
import { generalText, rawText, type Value } from './value.ts'

/**
 * A number as a cell with a number format has it: plain where it shows what `General` would, a date as plain ISO text
 * where it shows that, otherwise with what is shown.
 * @param format as the file has it: `0.0%`, `yyyy\-mm\-dd`
 * @param is1904 days are counted from 1904-01-01 instead of 1899-12-31
 */
export function valueOfNumber(number: number, format: string, is1904: boolean): Value {
  return valueIn(known(format), number, is1904)
}

/** The same of a date or time that the file has as ISO text. */
export function valueOfIso(iso: string, format: string): Value {
  return known(format).meaning === 'number' ? iso : valueOfNumber(serialOf(iso), format, false)
}

interface KnownFormat extends NumberFormat {
  /** the same dates, zeros and the like come again and again */
  values: Map<number, Value>
  values1904: Map<number, Value>
}

/** What is remembered of all workbooks together: a few MB. */
const KNOWN_VALUES = 20_000
const KNOWN_FORMATS = 1_000

const formats = new Map<string, KnownFormat>()
let remembered = 0

function known(code: string): KnownFormat {
  let format = formats.get(code)
  if (!format) {
    format = { ...formatOf(code), values: new Map(), values1904: new Map() }
    if (formats.size >= KNOWN_FORMATS) formats.clear()
    formats.set(code, format)
  }
  return format
}

function valueIn(format: KnownFormat, number: number, is1904: boolean): Value {
  const exact = withoutNoise(number)
  if (format.isGeneral) return exact
  const simple = format.simple && simply(exact, format.simple)
  if (simple !== undefined) return styledNumber(format, exact, format.isTrimmed ? simple.trim() : simple)
  const values = is1904 ? format.values1904 : format.values
  let value = values.get(exact)
  if (value === undefined) {
    value = slowly(format, exact, is1904)
    remember(values, exact, value)
  }
  return value
}

function remember(values: Map<number, Value>, number: number, value: Value): void {
  if (++remembered > KNOWN_VALUES) {
    remembered = 0
    for (const format of formats.values()) {
      format.values.clear()
      format.values1904.clear()
    }
  }
  values.set(number, value)
}

function slowly(format: NumberFormat, number: number, is1904: boolean): Value {
  if (format.meaning !== 'number') return styledDate(format, format.meaning, number, is1904)
  const { pattern } = format
  return styledNumber(
    format,
    number,
    pattern === undefined ? generalText(number) : textOf(format, pattern, number),
  )
}

function styledNumber(format: NumberFormat, number: number, shown: string): Value {
  const raw = rawOf(format, number)
  const loses = shown.trim() === '' ? 'hidden' : losesDigits(number, shown) ? 'digits' : undefined
  if (raw !== undefined) return loses ? { number, shown, raw, loses } : { number, shown, raw }
  if (loses) return { number, shown, loses }
  // A long number that is shown whole differs from a plain one, which Excel would show with an exponent.
  return shown === String(number) && Math.abs(number) < LONG ? number : { number, shown }
}

/** From here on `General` shows an exponent. */
export const LONG = 1e11

function losesDigits(number: number, shown: string): boolean {
  if (!Number.isInteger(number) || !shown.includes('E')) return false
  const exponential = /-?\d[\d.,]*E[+-]?\d+/.exec(shown)?.[0]
  return exponential !== undefined && Number(exponential.replaceAll(',', '')) !== number
}

/** Zero-padded numbers and percentages keep their look where raw values are sent. */
function rawOf({ digits, isPercentage }: NumberFormat, number: number): string | undefined {
  if (isPercentage) return `${rawText(withoutNoise(number * 100))}%`
  if (digits === 0 || !Number.isInteger(number) || number < 0) return undefined
  const padded = String(number).padStart(digits, '0')
  return padded === String(number) ? undefined : padded
}

/** Days from 1899-12-31 to 1904-01-01, as Excel counts them. */
const DAYS_TO_1904 = 1_462

function styledDate(format: NumberFormat, meaning: 'date' | 'time', number: number, is1904: boolean): Value {
  const date = fromSerial(number, meaning, is1904)
  if (date === undefined) return { number, shown: '########', loses: 'hashes' }
  if (format.pattern === undefined) return date
  const serial = is1904 && !format.isElapsed ? number + DAYS_TO_1904 : number
  const shown = textOf(format, format.pattern, serial, date)
  if (shown.trim() === '') return { date, shown, loses: 'hidden' }
  if (shown === date) return date
  return meaning === 'date' && !format.hasYear ? { date, shown, loses: 'year' } : { date, shown }
}

/** @param date of a date or time: as ISO text */
function textOf(format: NumberFormat, pattern: string, number: number, date?: string): string {
  let text = formatted(pattern, number)
  if (format.fraction) text = text.replaceAll(FRACTION_MARK, fractionText(number, format.fraction))
  if (format.hasEra && date !== undefined) text = withEra(text, date, format.language)
  if (format.numerals) text = inNumerals(text, format.numerals, date !== undefined, /General/.test(pattern))
  return format.isTrimmed ? text.trim() : text
}

function withEra(text: string, date: string, language: string): string {
  const { names, year } = eraOf(date, language)
  return ERA_MARKS.names
    .reduce<string>((out, mark, i) => out.replaceAll(mark, names[i] ?? ''), text)
    .replaceAll(ERA_MARKS.year, String(year))
    .replaceAll(ERA_MARKS.paddedYear, String(year).padStart(2, '0'))
}

function inNumerals(text: string, numerals: Numerals, isDate: boolean, isGeneral: boolean): string {
  if (isGeneral) return text.replaceAll(/\d+(\.\d+)?/g, (number) => spoken(number, numerals))
  if (!isDate) return spelled(text, numerals)
  return text.replaceAll(/\d+/g, (number) =>
    number.length > 2 ? spelled(number, numerals) : spokenInDate(number, numerals),
  )
}

/** 0.1 + 0.2 is stored as 0.30000000000000004; Excel never shows more than 15 digits. */
export function withoutNoise(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(15))
}
