import { readXml, relationships } from './parts.ts'
import { rangeOf, type CellPlace, type CellRange } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import { attributes, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

// What lies on a worksheet besides its cells, in parts of their own. They only serve for notes and for the end of the
// table, so a damaged one does not refuse the workbook.

/** A table that was made with “Format as Table”. */
export interface NamedTable {
  /** its headings, data and totals */
  range: CellRange
  /** rows of totals at its end */
  totals: number
}

/** Further pictures are not told of. */
const MAX_PICTURES = 10_000
const MAX_PARTS = 100
/** A drawing with ten thousand pictures has 10 MB. */
const MAX_BYTES = 16 * 1024 * 1024

export function tablesOn(zip: Zip, sheet: string): NamedTable[] {
  const tables: NamedTable[] = []
  for (const part of partsOf(zip, sheet, 'table')) {
    readIfWhole(zip, part, {
      open(name, source) {
        if (name !== 'table') return
        const { ref, totalsRowCount = '0' } = attributes(source)
        const range = rangeOf(ref)
        if (range) tables.push({ range, totals: Number(totalsRowCount) || 0 })
      },
    })
  }
  return tables
}

/** The cells on which pictures begin that lie over the sheet. */
export function picturesOver(zip: Zip, sheet: string): CellPlace[] {
  const places: CellPlace[] = []
  for (const part of partsOf(zip, sheet, 'drawing')) readIfWhole(zip, part, new DrawingReader(places))
  return places
}

/** Reads a drawing: anchors, each with the cell where it begins (`from`), and what is anchored. */
class DrawingReader implements XmlHandler {
  readonly #places: CellPlace[]
  #number = ''
  #inFrom = false
  #from: { row?: number; col?: number } = {}
  #hasPicture = false

  constructor(places: CellPlace[]) {
    this.#places = places
  }

  open(name: string): void {
    this.#number = ''
    if (name.endsWith('Anchor')) {
      this.#from = {}
      this.#hasPicture = false
    } else if (name === 'from') this.#inFrom = true
    else if (name === 'pic') this.#hasPicture = true
  }

  text(text: string): void {
    if (this.#inFrom && this.#number.length < 20) this.#number += text
  }

  close(name: string): void {
    if (name === 'from') this.#inFrom = false
    else if (this.#inFrom && (name === 'row' || name === 'col')) this.#from[name] = Number(this.#number)
    else if (name.endsWith('Anchor')) this.#anchored()
  }

  #anchored(): void {
    const { row = NaN, col = NaN } = this.#from
    if (!this.#hasPicture || !(row >= 0 && col >= 0) || this.#places.length >= MAX_PICTURES) return
    this.#places.push({ row: row + 1, column: col })
  }
}

function partsOf(zip: Zip, sheet: string, type: string): string[] {
  try {
    const targets = [...relationships(zip, sheet).values()]
      .filter((part) => part.type === type)
      .map(({ target }) => target)
    return [...new Set(targets)].slice(0, MAX_PARTS)
  } catch (error) {
    return passOver(error, [])
  }
}

function readIfWhole(zip: Zip, part: string, handler: XmlHandler): void {
  try {
    const bytes = zip.read(part, MAX_BYTES)
    if (bytes) readXml(bytes, handler)
  } catch (error) {
    passOver(error, undefined)
  }
}

function passOver<T>(error: unknown, otherwise: T): T {
  if (error instanceof FileRefusal) return otherwise
  throw error
}
