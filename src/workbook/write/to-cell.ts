/** Excel’s limit for the text of a cell, in UTF-16 units. */
export const MAX_CELL_CHARS = 32_767

export interface Writable {
  value: string | number | boolean | null
  /**
   * Begins like a formula. It is written as text, and formatted as text so that it does not become a formula when a
   * person edits the cell and presses Enter.
   */
  risky: boolean
  /** the full text, if it had to be cut */
  whole?: string
}

/**
 * Every value in a result goes through here, whether from a person’s cell or from a model. It becomes a plain value,
 * never an object, which exceljs could take for a formula or a link.
 * @param longSheet where a text goes that is too long: the note at its cut end says so
 */
export function toCell(value: unknown, longSheet = LONG_SHEET): Writable {
  if (value === null || value === undefined) return { value: null, risky: false }
  if (typeof value === 'boolean') return { value, risky: false }
  if (typeof value === 'number' && Number.isFinite(value)) return { value, risky: false }
  const text = clean(readable(value))
  if (text === '') return { value: null, risky: false }
  const risky = isRisky(text)
  if (escaped(text).length <= MAX_CELL_CHARS) return { value: escaped(text), risky }
  return { value: cut(text, longSheet), risky, whole: text }
}

/**
 * For a cell that exceljs streams: its form of plain text loses spaces at either end in other programs, while its
 * form of rich text keeps them.
 */
export function keepingSpaces(
  value: Writable['value'],
): Writable['value'] | { richText: { text: string }[] } {
  return typeof value === 'string' && /^\s|\s$/.test(value) ? { richText: [{ text: value }] } : value
}

/**
 * True for text that a spreadsheet may take for a formula (OWASP, CSV injection), but not for a number as a cell shows
 * it. Some programs leave out blanks and line breaks in front.
 */
export function isRisky(text: string): boolean {
  return /^(?:[\t\r]|\s*[=+\-@＝＋－＠])/.test(text) && !SHOWN_NUMBER.test(text.trim())
}

/** `-5`, `+7.5%`, `-$1,234.50`, `-23.79 €` */
const SHOWN_NUMBER = /^[+-]?\p{Sc}?\d[\d.,]*(?: ?(?:%|\p{Sc}))?$/u

/** A list of plain values with one per line; anything deeper is indented JSON. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(isPlain)) return value.map(String).join('\n')
  if (typeof value === 'object' && value !== null) return JSON.stringify(value, jsonSafe, 2) ?? ''
  return String(value)
}

/** Removes the characters that XML forbids: a file that has one does not open. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const visible = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return visible.replaceAll(/\r\n?/g, '\n').toWellFormed()
}

/** Never cuts a surrogate pair in two. */
export function clip(text: string, length: number): string {
  const unit = text.charCodeAt(length - 1)
  return text.slice(0, unit >= 0xd800 && unit <= 0xdbff ? length - 1 : length)
}

/** `_x0041_` would be shown as `A`, so its first `_` is written as `_x005F_`. */
export function escaped(text: string): string {
  return text.includes('_x') ? text.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_') : text
}

/** The sheet that has the texts that are too long for a cell. */
export const LONG_SHEET = 'Long texts'

function cut(text: string, longSheet: string): string {
  const note = ` … [cut: the whole text is on the sheet “${longSheet}”]`
  const most = MAX_CELL_CHARS - note.length
  let length = most
  let short = escaped(clip(text, length))
  while (short.length > most) {
    length -= short.length - most
    short = escaped(clip(text, length))
  }
  return short + note
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

function jsonSafe(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
