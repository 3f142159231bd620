import type { Limits } from '../limits.ts'
import { valueOf, type Key, type RawCell } from './cell.ts'
import { FileRefusal, tooManyRows } from './refusal.ts'
import type { RawRow, Value } from './value.ts'
import { attribute, type XmlHandler } from './xml.ts'

/** The last row that Excel allows. */
const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_384
/** Further merged ranges are not stored: they only serve for hints. */
const MAX_MERGES = 10_000

/** Parses a worksheet’s XML; `take` returns the complete rows. Cells with formatting but no value are skipped. */
export class SheetReader implements XmlHandler {
  /** merged ranges, as `A2:A5`; complete when the sheet has been read to its end */
  readonly merges: string[] = []
  readonly #key: Key
  readonly #limits: Limits
  readonly #cell: RawCell = { type: 'n', style: 0, text: '', hasText: false, hasFormula: false }
  #rows: RawRow[] = []
  #values: Value[] = []
  #row = 0
  #column = 0
  #hidden = false
  #inData = false
  #inText = false
  #inCell = false
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
    else if (name === 'f') this.#cell.hasFormula = true
    else if (name === 'rPh') this.#phonetic++
    else if (name === 'sheetData') this.#inData = true
    else if (name === 'mergeCell') this.#merge(attribute(source, 'ref'))
  }

  text(text: string): void {
    if (!this.#inText) return
    this.#cell.text += text
    if (this.#cell.text.length > this.#limits.maxCellChars * 7) throw this.#tooLong()
  }

  close(name: string): void {
    if (name === 'c') this.#closeCell()
    else if (name === 'v' || name === 't') this.#inText = false
    else if (name === 'row') this.#closeRow()
    else if (name === 'rPh') this.#phonetic--
    else if (name === 'sheetData') this.#inData = false
  }

  #openRow(source: string): void {
    if (!this.#inData) return
    const given = attribute(source, 'r')
    const row = given === undefined ? this.#row + 1 : Number(given)
    // Out-of-order rows would get wrong row numbers, so such a file is refused.
    if (!(row > this.#row && row <= LAST_ROW))
      throw new FileRefusal('corrupt', `row ${given} is out of place`)
    this.#row = row
    this.#column = 0
    this.#values = []
    const hidden = attribute(source, 'hidden')
    this.#hidden = hidden === '1' || hidden === 'true'
  }

  #closeRow(): void {
    if (!this.#inData || this.#values.length === 0) return
    if (++this.#count > this.#limits.maxRows + HEAD_ROWS) {
      throw tooManyRows(this.#limits.maxRows)
    }
    const row: RawRow = { row: this.#row, cells: this.#values }
    if (this.#hidden) row.hidden = true
    this.#rows.push(row)
  }

  #openCell(source: string): void {
    if (!this.#inData) return
    const reference = attribute(source, 'r')
    this.#column = reference === undefined ? this.#column + 1 : columnNumber(reference)
    if (!(this.#column >= 1 && this.#column <= LAST_COLUMN))
      throw new FileRefusal('corrupt', 'a cell is out of place')
    const cell = this.#cell
    cell.type = attribute(source, 't') ?? 'n'
    cell.style = Number(attribute(source, 's') ?? 0)
    cell.text = ''
    cell.hasText = cell.hasFormula = false
    this.#inCell = true
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
        `at most ${this.#limits.maxColumns} are taken; row ${this.#row} has more`,
      )
    }
    while (this.#values.length < this.#column - 1) this.#values.push(null)
    this.#values[this.#column - 1] = value
  }

  #merge(reference: string | undefined): void {
    if (reference !== undefined && this.merges.length < MAX_MERGES) this.merges.push(reference)
  }

  #tooLong(): FileRefusal {
    return new FileRefusal('cell-too-long', `row ${this.#row}`)
  }
}

/** Titles and headings, up to this many rows, do not count against the limit of rows. */
export const HEAD_ROWS = 100

/** 3 for `C7`; 0 if there are no letters. */
function columnNumber(reference: string): number {
  let column = 0
  for (let i = 0; i < reference.length && i < 4; i++) {
    const letter = reference.charCodeAt(i) | 0x20
    if (letter < 0x61 || letter > 0x7a) break
    column = column * 26 + letter - 0x60
  }
  return column
}
