import { format as formatted } from 'numfmt'
import { fromSerial, serialOf } from './dates.ts'
import { eraOf, spelled, spoken, spokenInDate, type Numerals } from './east-asian.ts'
import { ERA_MARKS, formatOf, type NumberFormat } from './format-pattern.ts'
import { FRACTION_MARK, fractionText } from './fractions.ts'
import { simply } from './simple-format.ts'
import { generalText, rawText, type Loss, type Value } from './value.ts'

/**
 * A number as a cell with a number format has it: plain where it shows what `General` would, a date as plain ISO text
 * where it shows that, otherwise with what is shown.
 * @param format as the file has it: `0.0%`, `yyyy\-mm\-dd`
 * @param is1904 days are counted from 1904-01-01 instead of 1899-12-31
 */
export function valueOfNumber(number: number, format: string, is1904: boolean): Value {
  return valueIn(cached(format), number, is1904)
}

/** The same of a date or time that the file has as ISO text. */
export function valueOfIso(iso: string, format: string): Value {
  return cached(format).meaning === 'number' ? iso : valueOfNumber(serialOf(iso), format, false)
}

interface CachedFormat extends NumberFormat {
  /** the same dates, zeros and the like come again and again */
  values: Map<number, Value>
  values1904: Map<number, Value>
}

/** What is cached of all workbooks together: a few MB. */
const CACHED_VALUES = 20_000
const CACHED_FORMATS = 1_000

const formats = new Map<string, CachedFormat>()
let count = 0

function cached(code: string): CachedFormat {
  let format = formats.get(code)
  if (!format) {
    format = { ...formatOf(code), values: new Map(), values1904: new Map() }
    if (formats.size >= CACHED_FORMATS) formats.clear()
    formats.set(code, format)
  }
  return format
}

function valueIn(format: CachedFormat, number: number, is1904: boolean): Value {
  const exact = withoutNoise(number)
  if (format.isGeneral) return exact
  const simple = format.simple && simply(exact, format.simple)
  if (simple !== undefined) return styledNumber(format, exact, format.isTrimmed ? simple.trim() : simple)
  const values = is1904 ? format.values1904 : format.values
  let value = values.get(exact)
  if (value === undefined) {
    value = slowly(format, exact, is1904)
    cache(values, exact, value)
  }
  return value
}

function cache(values: Map<number, Value>, number: number, value: Value): void {
  if (++count > CACHED_VALUES) {
    count = 0
    for (const format of formats.values()) {
      format.values.clear()
      format.values1904.clear()
    }
  }
  values.set(number, value)
}

function slowly(format: NumberFormat, number: number, is1904: boolean): Value {
  if (format.meaning !== 'number') return styledDate(format, format.meaning, number, is1904)
  return styledNumber(format, number, textOf(format, number) ?? generalText(number))
}

function styledNumber(format: NumberFormat, number: number, shown: string): Value {
  const raw = rawOf(format, number)
  const loses = lossOf(number, shown)
  if (raw !== undefined) return loses ? { number, shown, raw, loses } : { number, shown, raw }
  if (loses) return { number, shown, loses }
  // A long number that is shown whole differs from a plain one, which Excel would show with an exponent.
  return shown === String(number) && Math.abs(number) < LONG ? number : { number, shown }
}

/** From here on `General` shows an exponent. */
export const LONG = 1e11

/** Excel stores 15 digits: a longer whole number may have lost its last ones, and is shown with zeros for them. */
export const EXACT = 1e15

function lossOf(number: number, shown: string): Loss | undefined {
  if (shown.trim() === '') return 'hidden'
  if (/^#{3,}$/.test(shown)) return 'hashes' // no section of the format is for this number
  if (!Number.isInteger(number)) return undefined
  const exponential = shown.includes('E') && /-?\d[\d.,]*E[+-]?\d+/.exec(shown)?.[0]
  if (exponential) return Number(exponential.replaceAll(',', '')) === number ? undefined : 'digits'
  if (Math.abs(number) < EXACT || shown.replaceAll(/\D/g, '').includes(rawText(Math.abs(number))))
    return undefined
  return 'digits'
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
  const serial = is1904 && !format.isElapsed ? number + DAYS_TO_1904 : number
  const shown = textOf(format, serial, date) ?? date
  if (shown.trim() === '') return { date, shown, loses: 'hidden' }
  if (shown === date) return date
  return meaning === 'date' && !format.hasYear ? { date, shown, loses: 'year' } : { date, shown }
}

/**
 * @param date of a date or time: as ISO text
 * @returns undefined if the format is not valid
 */
function textOf(format: NumberFormat, number: number, date?: string): string | undefined {
  let text = byNumfmt(format, number)
  if (text === undefined) return undefined
  if (format.fraction) text = text.replaceAll(FRACTION_MARK, fractionText(number, format.fraction))
  if (format.hasEra && date !== undefined) text = withEra(text, date, format.language)
  if (format.numerals) text = inNumerals(text, format.numerals, date !== undefined, format.pattern ?? '')
  return format.isTrimmed ? text.trim() : text
}

function byNumfmt({ pattern }: NumberFormat, number: number): string | undefined {
  if (pattern === undefined) return undefined
  try {
    return formatted(pattern, number)
  } catch {
    return undefined // a few patterns that it takes for valid have no text for some numbers
  }
}

function withEra(text: string, date: string, language: string): string {
  const { names, year } = eraOf(date, language)
  return ERA_MARKS.names
    .reduce<string>((out, mark, i) => out.replaceAll(mark, names[i] ?? ''), text)
    .replaceAll(ERA_MARKS.year, String(year))
    .replaceAll(ERA_MARKS.paddedYear, String(year).padStart(2, '0'))
}

function inNumerals(text: string, numerals: Numerals, isDate: boolean, pattern: string): string {
  if (pattern.includes('General'))
    return text.replaceAll(/\d+(\.\d+)?/g, (number) => spoken(number, numerals))
  if (!isDate) return spelled(text, numerals)
  return text.replaceAll(/\d+/g, (number) =>
    number.length > 2 ? spelled(number, numerals) : spokenInDate(number, numerals),
  )
}

/** 0.1 + 0.2 is stored as 0.30000000000000004; Excel never shows more than 15 digits. */
export function withoutNoise(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(15))
}
