/** The most that Excel takes in a cell, in UTF-16 units. */
export const MAX_CELL_CHARS = 32_767

export interface Writable {
  value: string | number | boolean | null
  /**
   * Begins like a formula. It is written as text, which it stays; formatted as text too, so that it is none either
   * when a person edits the cell and presses Enter.
   */
  risky: boolean
  /** the whole of a text that had to be cut */
  whole?: string
}

/**
 * Every value that goes into a workbook passes here, wherever it comes from: a person's cell or a model. What comes out
 * is a plain value: never an object, which exceljs would take for a formula or a link.
 */
export function toCell(value: unknown): Writable {
  if (value === null || value === undefined) return { value: null, risky: false }
  if (typeof value === 'boolean') return { value, risky: false }
  if (typeof value === 'number' && Number.isFinite(value)) return { value, risky: false }
  const text = clean(readable(value))
  if (text === '') return { value: null, risky: false }
  const risky = isRisky(text)
  if (escaped(text).length <= MAX_CELL_CHARS) return { value: escaped(text), risky }
  return { value: cut(text), risky, whole: text }
}

/**
 * For a cell that exceljs streams: it writes plain text in a form whose outer spaces other programs drop, and rich text
 * in one that keeps them.
 */
export function keepingSpaces(
  value: Writable['value'],
): Writable['value'] | { richText: { text: string }[] } {
  return typeof value === 'string' && /^\s|\s$/.test(value) ? { richText: [{ text: value }] } : value
}

/** Text that a spreadsheet may take for a formula (OWASP, CSV injection). A plain number is none. */
export function isRisky(text: string): boolean {
  return /^[=+\-@\t\r＝＋－＠]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text)
}

/** A list of plain values has one a line; anything deeper is JSON with indents. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(isPlain)) return value.map(String).join('\n')
  if (typeof value === 'object' && value !== null) return JSON.stringify(value, jsonSafe, 2) ?? ''
  return String(value)
}

/** Without the characters that XML forbids: a file with one of them does not open. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const visible = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return visible.replaceAll(/\r\n?/g, '\n').toWellFormed()
}

/** Cuts between characters, not through one. */
export function clip(text: string, length: number): string {
  const unit = text.charCodeAt(length - 1)
  return text.slice(0, unit >= 0xd800 && unit <= 0xdbff ? length - 1 : length)
}

/** `_x0041_` would be shown as `A`: its first `_` is written as `_x005F_`. */
export function escaped(text: string): string {
  return text.includes('_x') ? text.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_') : text
}

const CUT_NOTE = ' … [cut: the whole text is on the sheet “Long texts”]'

function cut(text: string): string {
  let length = MAX_CELL_CHARS - CUT_NOTE.length
  let short = escaped(clip(text, length))
  while (short.length > MAX_CELL_CHARS - CUT_NOTE.length) {
    length -= short.length - (MAX_CELL_CHARS - CUT_NOTE.length)
    short = escaped(clip(text, length))
  }
  return short + CUT_NOTE
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

function jsonSafe(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
