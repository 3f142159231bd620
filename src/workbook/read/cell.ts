import { say } from '../../engine/sentence.ts'
import { fromIso } from './dates.ts'
import { FileRefusal } from './refusal.ts'
import { unescaped } from './strings.ts'
import { valueOfIso, valueOfNumber } from './shown.ts'
import { shownText, type Value } from './value.ts'

/** The workbook’s data that is needed to read its cells. */
export interface Key {
  texts: string[]
  /** the number format of each style: `General`, `0.0%` */
  styles: string[]
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
  const format = key.styles[cell.style] ?? 'General'
  switch (cell.type) {
    case 's':
      return sharedText(text, key)
    case 'b':
      return text === '1' || text === 'true'
    case 'e':
      return isPicture(cell.richValue, text, key) ? { picture: true } : { error: text }
    case 'd':
      return dated(text, format)
    default:
      return numeric(text, format, key)
  }
}

/** Without a description of the rich value, it is most probably a picture: those are in cells of many rows. */
function isPicture(richValue: number, error: string, { pictures }: Key): boolean {
  return richValue > 0 && error === '#VALUE!' && (pictures.get(richValue) ?? true)
}

function sharedText(index: string, key: Key): Value {
  const text = key.texts[Number(index)]
  // Better to refuse the file than to lose texts.
  if (text === undefined) throw new FileRefusal('corrupt', say('texts-not-whole'))
  return textOrPicture(text)
}

function textOrPicture(text: string): Value {
  if (text === '') return null
  return text.charCodeAt(0) === 0x3d /* = */ && PICTURE_TEXT.test(text) ? PICTURE : text
}

function dated(text: string, format: string): Value {
  const iso = fromIso(text)
  return iso === undefined ? text : valueOfIso(iso, format)
}

function numeric(text: string, format: string, { is1904 }: Key): Value {
  const number = Number(text)
  if (!Number.isFinite(number)) return text
  const value = valueOfNumber(number, format, is1904)
  // Programs other than Excel write all digits of a long id, of which a number would lose the last ones.
  const isLongId = Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text)
  return isLongId && /^-?\d+$/.test(shownText(value)) ? { number, shown: text, raw: text } : value
}
