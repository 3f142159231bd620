import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { valueOf, type Key, type RawCell } from './cell.ts'
import { linkOfFormula } from './links.ts'
import { columnNumber } from './ranges.ts'
import { FileRefusal, HEAD_ROWS, tooManyRows } from './refusal.ts'
import type { RawRow, Value } from './value.ts'
import { attribute, type XmlHandler } from './xml.ts'

/** The last row that Excel allows. */
const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_384
/** As much of a formula tells whether it makes a picture, and where it leads to. */
const FORMULA_CHARS = 2_400

/** Parses a worksheet’s XML; `take` returns the complete rows. Cells with formatting but no value are skipped. */
export class SheetReader implements XmlHandler {
  readonly #key: Key
  readonly #limits: Limits
  readonly #cell: RawCell = {
    type: 'n',
    style: 0,
    text: '',
    hasText: false,
    formula: undefined,
    richValue: 0,
  }
  #rows: RawRow[] = []
  #values: Value[] = []
  /** of the row that is being read, from its formulas */
  #links: Map<number, string> | undefined
  /** the row that is being read; some programs write one element of it per cell */
  #row = 0
  #isContinued = false
  #column = 0
  #hidden = false
  #inData = false
  #inText = false
  #inCell = false
  #inFormula = false
  #phonetic = 0
  #count = 0

  constructor(key: Key, limits: Limits) {
    this.#key = key
    this.#limits = limits
  }

  /** The rows with a value that were read since the last call. */
  take(): RawRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, source: string): void {
    if (name === 'c') this.#openCell(source)
    else if (name === 'row') this.#openRow(source)
    else if (name === 'v') this.#openText(this.#cell.type !== 'inlineStr')
    else if (name === 't') this.#openText(this.#cell.type === 'inlineStr' && this.#phonetic === 0)
    else if (name === 'f') this.#openFormula()
    else if (name === 'rPh') this.#phonetic++
    else if (name === 'sheetData') this.#inData = true
  }

  text(text: string): void {
    if (this.#inFormula) this.#takeFormula(text)
    if (!this.#inText) return
    this.#cell.text += text
    if (this.#cell.text.length > this.#limits.maxCellChars * 7) throw this.#tooLong()
  }

  close(name: string): void {
    if (name === 'c') this.#closeCell()
    else if (name === 'v' || name === 't') this.#inText = false
    else if (name === 'f') this.#inFormula = false
    else if (name === 'rPh') this.#phonetic--
    else if (name === 'sheetData') {
      this.#finishRow()
      this.#inData = false
    }
  }

  #openRow(source: string): void {
    if (!this.#inData) return
    const given = attribute(source, 'r')
    const row = given === undefined ? this.#row + 1 : Number(given)
    // Out-of-order rows would get wrong row numbers, so such a file is refused.
    if (!(row >= this.#row && row >= 1 && row <= LAST_ROW))
      throw new FileRefusal('corrupt', say('row-out-of-place', { row: Number(given) }))
    this.#isContinued = row === this.#row
    if (!this.#isContinued) this.#finishRow()
    this.#row = row
    this.#column = 0
    const hidden = attribute(source, 'hidden')
    if (hidden === '1' || hidden === 'true') this.#hidden = true
  }

  /** A row is complete when the next one begins. */
  #finishRow(): void {
    const row: RawRow = { row: this.#row, cells: this.#values }
    if (this.#hidden) row.hidden = true
    if (this.#links) row.links = this.#links
    this.#values = []
    this.#links = undefined
    this.#hidden = false
    if (row.cells.length === 0) return
    if (++this.#count > this.#limits.maxRows + HEAD_ROWS) {
      throw tooManyRows(this.#limits.maxRows)
    }
    this.#rows.push(row)
  }

  #openCell(source: string): void {
    if (!this.#inData) return
    const reference = attribute(source, 'r')
    this.#column = reference === undefined ? this.#column + 1 : columnNumber(reference)
    if (!(this.#column >= 1 && this.#column <= LAST_COLUMN))
      throw new FileRefusal('corrupt', say('cell-out-of-place'))
    const cell = this.#cell
    cell.type = attribute(source, 't') ?? 'n'
    cell.style = Number(attribute(source, 's') ?? 0)
    cell.text = ''
    cell.hasText = false
    cell.formula = undefined
    cell.richValue = cell.type === 'e' ? Number(attribute(source, 'vm') ?? 0) : 0
    this.#inCell = true
  }

  #openFormula(): void {
    this.#cell.formula = ''
    this.#inFormula = this.#inCell
  }

  #takeFormula(text: string): void {
    const { formula = '' } = this.#cell
    if (formula.length < FORMULA_CHARS) this.#cell.formula = formula + text.slice(0, FORMULA_CHARS)
  }

  #openText(isValue: boolean): void {
    if (!this.#inCell || !isValue) return
    this.#inText = true
    this.#cell.hasText = true
  }

  #closeCell(): void {
    if (!this.#inCell) return
    this.#inCell = false
    const value = valueOf(this.#cell, this.#key)
    if (value === null) return
    if (typeof value === 'string' && value.length > this.#limits.maxCellChars) throw this.#tooLong()
    if (this.#column > this.#limits.maxColumns) {
      throw new FileRefusal(
        'too-many-columns',
        say('columns-at-most', { max: this.#limits.maxColumns, row: this.#row }),
      )
    }
    if (this.#isContinued && (this.#values[this.#column - 1] ?? null) !== null)
      throw new FileRefusal('corrupt', say('row-twice', { row: this.#row }))
    while (this.#values.length < this.#column - 1) this.#values.push(null)
    this.#values[this.#column - 1] = value
    const link = this.#cell.formula && linkOfFormula(this.#cell.formula)
    if (link) (this.#links ??= new Map()).set(this.#column - 1, link)
  }

  #tooLong(): FileRefusal {
    return new FileRefusal('cell-too-long', say('in-row', { row: this.#row }))
  }
}
