import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { fromIso } from './dates.ts'
import type { HeldBook, HeldSheet } from './held-book.ts'
import { linkOfFormula } from './links.ts'
import { OdsText } from './ods-text.ts'
import { FileRefusal } from './refusal.ts'
import { clock, odsDate, odsNumber } from './ods-values.ts'
import type { Value } from './value.ts'
import { attributes, type XmlHandler } from './xml.ts'

const LAST_ROW = 1_048_576

/**
 * Parses the content of an OpenDocument spreadsheet (ODF 1.3 part 3). Equal neighbours are written once, with how
 * often they are repeated: a row or cell without a value may be repeated a million times and costs nothing, and one
 * with a value counts as often as it is repeated, before it is made.
 */
export class OdsReader implements XmlHandler {
  readonly #book: HeldBook
  readonly #limits: Limits
  readonly #text: OdsText
  /** names of table styles whose sheets are hidden */
  readonly #hiddenStyles = new Set<string>()
  #style = ''
  /** elements around this one that hold no sheet or cell: tracked changes, comments, drawings and the like */
  #ignored = 0
  #tables = 0
  #sheet: HeldSheet | undefined
  #row = 0
  #rowTimes = 1
  #rowHidden = false
  #values: Value[] = []
  #links = new Map<number, string>()
  #column = 0
  #cell: Record<string, string> | undefined

  constructor(book: HeldBook, limits: Limits) {
    this.#book = book
    this.#limits = limits
    this.#text = new OdsText(limits)
  }

  open(name: string, source: string): void {
    if (this.#ignored > 0 || isIgnored(name)) this.#ignored++
    else if (this.#cell) this.#text.open(name, source, this.#row)
    else if (name === 'table:table') this.#openTable(source)
    else if (name === 'table:table-row') this.#openRow(source)
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') {
      this.#openCell(source)
    } else if (name === 'style:style') this.#style = attributes(source)['style:name'] ?? ''
    else if (name === 'style:table-properties' && attributes(source)['table:display'] === 'false') {
      this.#hiddenStyles.add(this.#style)
    }
  }

  text(text: string): void {
    if (this.#cell && this.#ignored === 0) this.#text.add(text, this.#row)
  }

  close(name: string): void {
    if (this.#ignored > 0) this.#ignored--
    else if (name === 'table:table-cell' || name === 'table:covered-table-cell') this.#closeCell()
    else if (this.#cell) this.#text.close(name)
    else if (name === 'table:table-row') this.#closeRow()
    else if (name === 'table:table') this.#tables--
  }

  #openTable(source: string): void {
    if (++this.#tables > 1) throw new FileRefusal('corrupt', say('table-in-table'))
    const found = attributes(source)
    const style = found['table:style-name'] ?? ''
    this.#row = 0
    // What LibreOffice remembers of other files, to which formulas refer.
    this.#sheet =
      style === 'ta_extref'
        ? undefined
        : this.#book.sheet(found['table:name'] ?? '', this.#hiddenStyles.has(style))
  }

  #openRow(source: string): void {
    const found = attributes(source)
    this.#rowTimes = times(found['table:number-rows-repeated'])
    const visibility = found['table:visibility']
    this.#rowHidden = visibility === 'collapse' || visibility === 'filter'
    this.#values = []
    this.#links = new Map()
    this.#column = 0
  }

  #closeRow(): void {
    const first = this.#row + 1
    this.#row += this.#rowTimes
    if (this.#values.length === 0) return
    if (first > LAST_ROW) throw new FileRefusal('corrupt', say('row-out-of-place', { row: first }))
    this.#sheet?.add(first, this.#values, this.#rowHidden, this.#rowTimes, this.#links)
  }

  #openCell(source: string): void {
    this.#cell = attributes(source)
    this.#text.begin()
  }

  #closeCell(): void {
    const cell = this.#cell
    if (!cell) throw new FileRefusal('corrupt')
    this.#cell = undefined
    const count = times(cell['table:number-columns-repeated'])
    const value = valueOf(cell, this.#text.end())
    if (value !== null) {
      this.#put(value, count)
      this.#link(this.#text.links() ?? linkOfFormula(cell['table:formula'] ?? ''), count)
    }
    this.#merge(cell)
    this.#column += count
  }

  #put(value: Value, count: number): void {
    if (this.#column + count > this.#limits.maxColumns) {
      // The sheet refuses the row: it is long enough to show that.
      this.#values.length = 0
      while (this.#values.length <= this.#limits.maxColumns) this.#values.push(value)
      return
    }
    while (this.#values.length < this.#column) this.#values.push(null)
    for (let i = 0; i < count; i++) this.#values.push(value)
  }

  #link(target: string | undefined, count: number): void {
    if (target === undefined) return
    const end = Math.min(this.#column + count, this.#limits.maxColumns)
    for (let column = this.#column; column < end; column++) this.#links.set(column, target)
  }

  #merge(cell: Record<string, string>): void {
    const columns = times(cell['table:number-columns-spanned'])
    const rows = times(cell['table:number-rows-spanned'])
    if (columns * rows === 1) return
    const [top, left] = [this.#row + 1, this.#column]
    this.#sheet?.merge({ top, left, bottom: top + rows - 1, right: left + columns - 1 })
  }
}

/** Inside of these, tables, cells and texts are not the sheet’s. The prefix of the root, `office:`, is not part of names. */
function isIgnored(name: string): boolean {
  return name.startsWith('draw:') || IGNORED.has(name)
}

const IGNORED = new Set(['annotation', 'table:tracked-changes', 'table:dde-links', 'table:shapes'])

/** @param shown the cell’s text */
function valueOf(cell: Record<string, string>, shown: string): Value {
  const isError = cell['calcext:value-type'] === 'error' || cell['gnm:error-value'] !== undefined
  if (isError) return { error: shown || '#VALUE!' }
  const type = cell['office:value-type']
  switch (type) {
    case undefined:
      return shown || (cell['table:formula'] === undefined ? null : { uncalculated: true })
    case 'float':
    case 'percentage':
    case 'currency':
      return odsNumber(Number(cell['office:value']), shown, type === 'percentage')
    case 'date':
      return odsDate(fromIso(cell['office:date-value'] ?? ''), shown)
    case 'time':
      return odsDate(clock(cell['office:time-value'] ?? ''), shown)
    case 'boolean':
      return cell['office:boolean-value'] === 'true'
    default:
      return shown || cell['office:string-value'] || null
  }
}

/** How often a row or cell is repeated, or over how many it reaches: from 1. */
function times(text: string | undefined): number {
  const count = Number(text ?? 1)
  return Number.isInteger(count) && count >= 1 && count <= LAST_ROW * 16 ? count : 1
}
