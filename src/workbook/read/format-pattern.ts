import { isValidFormat } from 'numfmt'
import { numeralsOf, type Numerals } from './east-asian.ts'
import { withoutFraction, type FractionFormat } from './fractions.ts'
import { simpleFormat, type SimpleFormat } from './simple-format.ts'
import { isPercentage, meaningOf, paddedDigits, type Meaning } from './number-formats.ts'

/** A number format, ready to be used. */
export interface NumberFormat {
  meaning: Meaning
  /** what numfmt is given; absent: the format is not valid, or too long, and shows what `General` shows */
  pattern?: string
  isGeneral: boolean
  /** whole numbers are padded to at least so many digits; 0 for no padding */
  digits: number
  isPercentage: boolean
  /** `[h]:mm`: the hours since the beginning, not the ones of a day */
  isElapsed: boolean
  hasYear: boolean
  /** the format fills the cell, or has a fraction: blanks at its ends only align it */
  isTrimmed: boolean
  /** the language, as in `[$-411]`: Windows’ number for it, in lower case; '' for none */
  language: string
  hasEra: boolean
  numerals?: Numerals
  fraction?: FractionFormat
  /** of positive numbers */
  simple?: SimpleFormat
}

/** Excel’s own limit is 255. What is longer would cost its length for every cell. */
const MAX_FORMAT_CHARS = 1_000
const GENERAL = /general|standard|G\/(?:通用格式|標準|표준)/gi

/** Stand in a pattern for what numfmt does not know: an era’s three names, and the year in it, of one digit or two. */
export const ERA_MARKS = {
  names: ['\ue001', '\ue002', '\ue003'],
  year: '\ue004',
  paddedYear: '\ue005',
} as const

/** @param code a format as the file has it: `#,##0.00;[Red]-#,##0.00` */
export function formatOf(code: string): NumberFormat {
  const meaning = meaningOf(code.slice(0, MAX_FORMAT_CHARS))
  const format: NumberFormat = {
    meaning,
    isGeneral: false,
    digits: 0,
    isPercentage: false,
    isElapsed: false,
    hasYear: false,
    isTrimmed: false,
    language: '',
    hasEra: false,
  }
  if (code.length > MAX_FORMAT_CHARS) return format
  format.digits = paddedDigits(code)
  format.isPercentage = isPercentage(code)
  const withFraction = meaning === 'number' && code.includes('/') ? withoutFraction(code) : undefined
  if (withFraction) Object.assign(format, { fraction: withFraction.fraction, isTrimmed: true })
  const pattern = translated((withFraction?.pattern ?? code).replaceAll(GENERAL, 'General'), format)
  const numerals = numeralsOf(/\[DBNum(\d)\]/i.exec(code)?.[1], format.language)
  if (numerals) format.numerals = numerals
  format.isGeneral = /^(General|@)?$/.test(pattern) && !format.numerals
  if (isValidFormat(pattern)) format.pattern = pattern
  const simple = meaning === 'number' && !numerals && !withFraction ? simpleFormat(pattern) : undefined
  if (simple && format.pattern !== undefined) format.simple = simple
  return format
}

/** Literals, padding and fills; brackets; a half of the day; eras; years of an era; `General`; anything else. */
const PIECE = /\\.|"[^"]*"?|_.|\*.|\[[^\]]*\]|上午\/下午|General|g+|e+|[\s\S]/gi

/** The format as numfmt shows it as Excel does; notes in `format` what else there is to know of it. */
function translated(code: string, format: NumberFormat): string {
  const isNumber = format.meaning === 'number'
  let out = ''
  let chineseClock = false
  for (const match of code.matchAll(PIECE)) {
    const piece = match[0]
    const next = code[match.index + piece.length] ?? ''
    const lower = piece.toLowerCase()
    if (piece.startsWith('[')) out += bracket(piece.slice(1, -1), format)
    else if (piece.startsWith('*') && piece.length > 1) {
      format.isTrimmed = true
      // As wide as the cell: what it keeps apart is a currency and a bracket, `$ (1,234.50)`.
      if (piece === '* ' && /^\\?\(/.test(code.slice(match.index + 2))) out += '" "'
    } else if (piece === '上午/下午') {
      chineseClock = true
      out += 'AM/PM'
    } else if (!isNumber && /^g+$/.test(lower)) {
      format.hasEra = true
      out += `"${ERA_MARKS.names[Math.min(piece.length, 3) - 1]}"`
    } else if (!isNumber && /^e+$/.test(lower)) {
      format.hasEra = format.hasYear = true
      out += `"${piece.length > 1 ? ERA_MARKS.paddedYear : ERA_MARKS.year}"`
    } else {
      if (!isNumber && (lower === 'y' || (lower === 'b' && next !== ''))) format.hasYear = true
      out += piece
    }
  }
  return chineseClock && format.language === '' ? `[$-804]${out}` : out
}

/** @param inside `$€-407`, `Red`, `<=100`, `h` and the like; what changes no text, and what numfmt does not know, is left out */
function bracket(inside: string, format: NumberFormat): string {
  if (/^(h+|m+|s+)$/i.test(inside)) {
    format.isElapsed = true
    return `[${inside}]`
  }
  if (/^[<>=]/.test(inside)) return `[${inside}]`
  const [, symbol = '', language = ''] = /^\$([^-]*)-?(.*)$/.exec(inside) ?? []
  if (!inside.startsWith('$')) return ''
  format.language ||= languageCode(language.toLowerCase())
  if (/f800|sysdate/i.test(language)) format.hasYear = true
  // The language of a currency changes neither the point nor the comma of its number, as it would with numfmt.
  if (symbol !== '') return `"${symbol.replaceAll('"', '')}"`
  return format.meaning === 'number' ? '' : `[${inside}]`
}

/** @param text `411`, `d000411` (the front half says more, such as the calendar), `ja-jp`, `411,80` */
function languageCode(text: string): string {
  if (text.startsWith('ja')) return '411'
  if (text.startsWith('zh-tw')) return '404'
  if (text.startsWith('zh')) return '804'
  return /^[0-9a-f]+/.exec(text)?.[0].slice(-4).replace(/^0+/, '') ?? ''
}
