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
  /** which rich values are pictures: see `richPictures` */
  pictures: Map<number, boolean>
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
  /** how its formula begins; undefined if it has none */
  formula: string | undefined
  /** number of the rich value that an error stands for; 0 for none */
  richValue: number
}

/** A picture in a cell: of WPS, which keeps it as the formula’s text, and of Excel’s function. */
const PICTURE_FORMULA = /^\s*(_xlfn\.)?(DISPIMG|IMAGE)\(/i
const PICTURE_TEXT = /^=(_xlfn\.)?DISPIMG\("ID_[0-9A-F]+",\s*\d+\)$/i

const PICTURE: Value = { picture: true }

export function valueOf(cell: RawCell, key: Key): Value {
  if (cell.formula && PICTURE_FORMULA.test(cell.formula)) return PICTURE
  if (cell.type === 'str' || cell.type === 'inlineStr') return textOrPicture(unescaped(cell.text))
  if (!cell.hasText || cell.text === '') return cell.formula === undefined ? null : { uncalculated: true }
  const text = cell.text.trim()
  switch (cell.type) {
    case 's':
      return sharedText(text, key)
    case 'b':
      return text === '1' || text === 'true'
    case 'e':
      return isPicture(cell.richValue, text, key) ? { picture: true } : { error: text }
    case 'd':
      return fromIso(text) ?? text
    default:
      return numeric(text, key.styles[cell.style] ?? PLAIN, key)
  }
}

/** Without a description of the rich value, it is most probably a picture: those are in cells of many rows. */
function isPicture(richValue: number, error: string, { pictures }: Key): boolean {
  return richValue > 0 && error === '#VALUE!' && (pictures.get(richValue) ?? true)
}

function sharedText(index: string, key: Key): Value {
  const text = key.texts[Number(index)]
  // Better to refuse the file than to lose texts.
  if (text === undefined) throw new FileRefusal('corrupt', 'its table of texts is not whole')
  return textOrPicture(text)
}

function textOrPicture(text: string): Value {
  if (text === '') return null
  return text.charCodeAt(0) === 0x3d /* = */ && PICTURE_TEXT.test(text) ? PICTURE : text
}

function numeric(text: string, { meaning, digits, isPercentage }: NumberStyle, key: Key): Value {
  const number = withoutNoise(Number(text))
  if (!Number.isFinite(number)) return text
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
