import { fromIso, fromSerial } from './dates.ts'
import { FileRefusal } from './refusal.ts'
import { unescaped } from './strings.ts'
import { PLAIN, type NumberStyle } from './number-formats.ts'
import { shownText, type Value } from './value.ts'

/** The workbook’s data that is needed to read its cells. */
export interface Key {
  texts: string[]
  styles: NumberStyle[]
  is1904: boolean
}

/** A cell as it is in the XML. */
export interface RawCell {
  /** the cell’s `t` attribute: how to read `text` */
  type: string
  style: number
  /** content of `<v>`, or of all `<t>` of an inline text */
  text: string
  /** there was a `<v>` or a `<t>` */
  hasText: boolean
  hasFormula: boolean
}

export function valueOf(cell: RawCell, key: Key): Value {
  const isText = cell.type === 'str' || cell.type === 'inlineStr'
  if (isText) return unescaped(cell.text) || null
  if (!cell.hasText || cell.text === '') return cell.hasFormula ? { uncalculated: true } : null
  const text = cell.text.trim()
  switch (cell.type) {
    case 's':
      return sharedText(text, key)
    case 'b':
      return text === '1' || text === 'true'
    case 'e':
      return { error: text }
    case 'd':
      return fromIso(text) ?? text
    default:
      return numeric(text, key.styles[cell.style] ?? PLAIN, key)
  }
}

function sharedText(index: string, key: Key): Value {
  const text = key.texts[Number(index)]
  // Better to refuse the file than to lose texts.
  if (text === undefined) throw new FileRefusal('corrupt', 'its table of texts is not whole')
  return text || null
}

function numeric(text: string, { meaning, digits, isPercentage }: NumberStyle, key: Key): Value {
  const number = withoutNoise(Number(text))
  if (!Number.isFinite(number)) return text
  // Written in full by a program other than Excel, as an id: as a number, its last digits would be lost.
  if (/^-?\d{16,}$/.test(text) && !Number.isSafeInteger(number)) return { number, shown: text }
  if (meaning !== 'number') return fromSerial(number, meaning, key.is1904) ?? number
  if (isPercentage) return { number, shown: `${shownText(withoutNoise(number * 100))}%` }
  if (digits > 0 && Number.isInteger(number) && number >= 0) {
    const shown = String(number).padStart(digits, '0')
    if (shown !== String(number)) return { number, shown }
  }
  return number
}

/** 0.1 + 0.2 is stored as 0.30000000000000004; Excel never shows more than 15 digits. */
function withoutNoise(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(15))
}
