import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { Book } from './book.ts'
import { HeldBook, type HeldSheet } from './held-book.ts'
import { linkOfFormula } from './links.ts'
import { pieces } from './ods.ts'
import { streamXml } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import { valueOfNumber } from './shown.ts'
import type { Value } from './value.ts'
import { attributes, type XmlHandler } from './xml.ts'
import { formatNamed, serialOf } from './xml-2003-values.ts'

const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_384

/** Opens an “XML Spreadsheet 2003”, which many web applications export under the name .xls. */
export async function openXml2003(bytes: Uint8Array, limits: Limits): Promise<Book> {
  const held = new HeldBook(limits)
  for await (const _ of streamXml(pieces(bytes), new Xml2003Reader(held, limits))) continue
  return held.book()
}

class Xml2003Reader implements XmlHandler {
  readonly #book: HeldBook
  readonly #limits: Limits
  /** number formats by style */
  readonly #formats = new Map<string, string>()
  #style = ''
  #is1904 = false
  #sheet: HeldSheet | undefined
  #row = 0
  #rowStyle: string | undefined
  #rowHidden = false
  #values: Value[] = []
  #links = new Map<number, string>()
  #column = 0
  #cell: Record<string, string> | undefined
  #type: string | undefined
  #text = ''
  /** inside of the cell’s data: its comments have data, too */
  #inData = false
  #element = ''
  #inComment = false

  constructor(book: HeldBook, limits: Limits) {
    this.#book = book
    this.#limits = limits
  }

  open(fullName: string, source: string): void {
    const name = local(fullName)
    this.#element = name
    if (name === 'Comment') this.#inComment = true
    else if (name === 'Data' && this.#cell && !this.#inComment) this.#openData(source)
    else if (name === 'Cell') this.#openCell(source)
    else if (name === 'Row') this.#openRow(source)
    else if (name === 'Worksheet') {
      this.#sheet = this.#book.sheet(given(source, 'Name') ?? '', false)
      this.#row = 0
    } else if (name === 'Date1904') this.#is1904 = true
    else if (name === 'Style') this.#openStyle(source)
    else if (name === 'NumberFormat')
      this.#formats.set(this.#style, formatNamed(given(source, 'Format') ?? ''))
  }

  text(text: string): void {
    if (this.#inData) {
      this.#text += text
      if (this.#text.length > this.#limits.maxCellChars)
        throw new FileRefusal('cell-too-long', say('in-row', { row: this.#row }))
    } else if (this.#element === 'Visible' && this.#sheet) this.#sheet.hidden ||= text.includes('Hidden')
    else if (this.#element === 'Date1904') this.#is1904 = !/^(0|false)$/i.test(text.trim())
  }

  close(fullName: string): void {
    const name = local(fullName)
    this.#element = ''
    if (name === 'Comment') this.#inComment = false
    else if (name === 'Data') this.#inData = false
    else if (name === 'Cell') this.#closeCell()
    else if (name === 'Row') this.#sheet?.add(this.#row, this.#values, this.#rowHidden, 1, this.#links)
  }

  #openStyle(source: string): void {
    this.#style = given(source, 'ID') ?? ''
    const parent = this.#formats.get(given(source, 'Parent') ?? 'Default')
    if (parent !== undefined) this.#formats.set(this.#style, parent)
  }

  #openRow(source: string): void {
    const index = given(source, 'Index')
    const row = index === undefined ? this.#row + 1 : Number(index)
    if (!(Number.isInteger(row) && row > this.#row && row <= LAST_ROW)) {
      throw new FileRefusal('corrupt', say('row-out-of-place', { row: Number(index) }))
    }
    this.#row = row
    this.#rowStyle = given(source, 'StyleID')
    this.#rowHidden = given(source, 'Hidden') === '1'
    this.#values = []
    this.#links = new Map()
    this.#column = 0
  }

  #openCell(source: string): void {
    this.#cell = attributes(source)
    const index = this.#cell['ss:Index'] ?? this.#cell['Index']
    const column = index === undefined ? this.#column + 1 : Number(index)
    if (!(Number.isInteger(column) && column > this.#column && column <= LAST_COLUMN)) {
      throw new FileRefusal('corrupt', say('cell-out-of-place'))
    }
    this.#column = column
    this.#type = undefined
    this.#text = ''
  }

  #openData(source: string): void {
    this.#type = given(source, 'Type') ?? 'String'
    this.#inData = true
  }

  #closeCell(): void {
    const cell = this.#cell
    if (!cell) throw new FileRefusal('corrupt')
    this.#cell = undefined
    const value = this.#valueOf(cell)
    if (value !== null) {
      // Beyond the limit of columns the sheet refuses the row, whatever lies between.
      while (this.#values.length < Math.min(this.#column - 1, this.#limits.maxColumns))
        this.#values.push(null)
      this.#values.push(value)
      const link = cell['ss:HRef'] ?? cell['HRef'] ?? linkOfFormula(cell['ss:Formula'] ?? '')
      if (link) this.#links.set(this.#column - 1, link.trim())
    }
    const across = span(cell['ss:MergeAcross'])
    const down = span(cell['ss:MergeDown'])
    if (across > 0 || down > 0) {
      const [top, left] = [this.#row, this.#column - 1]
      this.#sheet?.merge({ top, left, bottom: top + down, right: left + across })
    }
    this.#column += across
  }

  #valueOf(cell: Record<string, string>): Value {
    const isFormula = cell['ss:Formula'] !== undefined
    if (this.#type === undefined) return isFormula ? { uncalculated: true } : null
    const text = this.#text
    const format = this.#formats.get(cell['ss:StyleID'] ?? this.#rowStyle ?? 'Default') ?? ''
    switch (this.#type) {
      case 'Number':
        return numeric(text, Number(text), format, this.#is1904)
      case 'DateTime':
        return numeric(text, serialOf(text, this.#is1904), format || 'yyyy-mm-dd', this.#is1904)
      case 'Boolean':
        return text.trim() === '1'
      case 'Error':
        return { error: text.trim() || '#VALUE!' }
      default:
        return text || null
    }
  }
}

function numeric(text: string, number: number, format: string, is1904: boolean): Value {
  return text.trim() !== '' && Number.isFinite(number) ? valueOfNumber(number, format, is1904) : text || null
}

/** By which prefix an element or attribute of Excel’s goes differs by program; the names are enough. */
function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function given(source: string, name: string): string | undefined {
  const found = attributes(source)
  return found[`ss:${name}`] ?? found[name]
}

function span(text: string | undefined): number {
  const count = Number(text ?? 0)
  return Number.isInteger(count) && count > 0 && count <= LAST_ROW ? count : 0
}
