import { fromIso } from './dates.ts'
import { FileRefusal } from './refusal.ts'
import { unescaped } from './strings.ts'
import { PLAIN, type NumberStyle } from './number-formats.ts'
import { valueOfStyled } from './shown.ts'
import type { Value } from './value.ts'

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

function numeric(text: string, style: NumberStyle, key: Key): Value {
  const number = Number(text)
  return Number.isFinite(number) ? valueOfStyled(number, style, key.is1904) : text
}
