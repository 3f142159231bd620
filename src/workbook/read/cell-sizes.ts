import { streamXml } from './parts.ts'
import { columnNumber } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import { attribute, attributes, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

/** Heights of rows and widths of columns in EMU, by index from 0; 0 for hidden ones. */
export interface CellSizes {
  height(row: number): number
  width(column: number): number
}

const EMU_A_POINT = 12_700
/** Of a character in the usual font: 7 pixels. */
const EMU_A_CHAR = 7 * 9_525
const USUAL_HEIGHT = 15 * EMU_A_POINT
const USUAL_WIDTH = 64 * 9_525

/** @param rows the ones whose heights are asked for later, from 0 */
export async function cellSizes(zip: Zip, sheet: string, rows: ReadonlySet<number>): Promise<CellSizes> {
  const reader = new SizeReader(rows)
  const last = Math.max(...rows)
  try {
    for await (const _ of streamXml(zip.stream(sheet), reader)) if (reader.row > last) break
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error // damaged, and the reader of its cells says so
  }
  return reader
}

class SizeReader implements XmlHandler, CellSizes {
  /** the one that is being read, from 0 */
  row = -1
  readonly #rows: ReadonlySet<number>
  readonly #heights = new Map<number, number>()
  readonly #columns: { first: number; last: number; width: number }[] = []
  #height = USUAL_HEIGHT
  #width = USUAL_WIDTH

  constructor(rows: ReadonlySet<number>) {
    this.#rows = rows
  }

  height(row: number): number {
    return this.#heights.get(row) ?? this.#height
  }

  width(column: number): number {
    return this.#columns.find(({ first, last }) => first <= column && column <= last)?.width ?? this.#width
  }

  open(name: string, source: string): void {
    if (name === 'row') this.#openRow(source)
    else if (name === 'col' && this.#columns.length < MAX_COLUMNS) this.#openColumn(attributes(source))
    else if (name === 'sheetFormatPr') {
      const { defaultRowHeight, defaultColWidth } = attributes(source)
      this.#height = sizeOf(defaultRowHeight, EMU_A_POINT) ?? this.#height
      this.#width = sizeOf(defaultColWidth, EMU_A_CHAR) ?? this.#width
    }
  }

  #openRow(source: string): void {
    const number = attribute(source, 'r')
    this.row = number === undefined ? this.row + 1 : Number(number) - 1
    if (!this.#rows.has(this.row)) return
    const { hidden, ht } = attributes(source)
    const height = isOn(hidden) ? 0 : sizeOf(ht, EMU_A_POINT)
    if (height !== undefined) this.#heights.set(this.row, height)
  }

  #openColumn({ min, max, width, hidden }: Record<string, string>): void {
    const size = isOn(hidden) ? 0 : sizeOf(width, EMU_A_CHAR)
    if (size !== undefined) this.#columns.push({ first: Number(min) - 1, last: Number(max) - 1, width: size })
  }
}

const MAX_COLUMNS = columnNumber('XFD')

function sizeOf(text: string | undefined, unit: number): number | undefined {
  const size = Number(text ?? NaN) * unit
  return size >= 0 ? size : undefined
}

function isOn(text: string | undefined): boolean {
  return text === '1' || text === 'true'
}
