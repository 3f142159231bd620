import { streamXml } from '../../read/parts.ts'
import { attribute, type XmlHandler } from '../../read/xml.ts'
import type { Zip } from '../../read/zip.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { relationshipIdIn } from '../carried/package.ts'
import { type Area, areaOf } from './area.ts'

/** The last column that Excel has. */
export const LAST_COLUMN = 16_384

/** A hostile sheet may merge all of its columns a million times. */
const MAX_MERGED = 10_000_000

/** What is where in a sheet. Columns are counted from 1. */
export interface Survey {
  /** columns that have a value, a formula or a merge from the heading row down */
  used: Set<number>
  /** the last column with one in any row; 0 if there is none */
  lastUsed: number
  /** the last column with a cell, which may be empty */
  lastCell: number
  lastRow: number
  autoFilter?: Area
  /** relationship ids of the tables, and of the drawing */
  tables: string[]
  drawing?: string
  /** it refers to a drawing of comments or controls */
  hasNotes: boolean
}

/**
 * Reads a sheet once, so that it is known where columns can be added before anything is written.
 * @throws CannotCarry if its rows and cells are not written in the common way
 * @throws FileRefusal if it is damaged
 */
export async function surveyed(zip: Zip, part: string, headingRow: number): Promise<Survey> {
  const reader = new Surveyor(headingRow)
  for await (const _ of streamXml(zip.stream(part), reader)) continue
  return reader.survey
}

class Surveyor implements XmlHandler {
  readonly survey: Survey = {
    used: new Set(),
    lastUsed: 0,
    lastCell: 0,
    lastRow: 0,
    tables: [],
    hasNotes: false,
  }
  readonly #headingRow: number
  readonly #path: string[] = []
  #row = 0
  #column = 0
  #merged = 0

  constructor(headingRow: number) {
    this.#headingRow = headingRow
  }

  open(name: string, source: string): void {
    const depth = this.#path.push(name)
    if (depth === 5 && (name === 'v' || name === 'f' || name === 'is')) this.#use(this.#column, this.#row)
    else if (depth === 4 && name === 'c' && this.#path[2] === 'row') this.#cell(source)
    else if (depth === 3) this.#inside(name, source)
    else if (depth === 2) this.#part(name, source)
  }

  close(): void {
    this.#path.pop()
  }

  #inside(name: string, source: string): void {
    if (name === 'row' && this.#path[1] === 'sheetData') this.#beginRow(source)
    else if (name === 'mergeCell') this.#merge(areaOf(attribute(source, 'ref')))
    else if (name === 'tablePart') this.survey.tables.push(relationshipIdIn(source))
  }

  #part(name: string, source: string): void {
    if (name === 'drawing') this.survey.drawing = relationshipIdIn(source)
    if (name === 'legacyDrawing') this.survey.hasNotes = true
    if (name !== 'autoFilter') return
    const area = areaOf(attribute(source, 'ref'))
    if (area) this.survey.autoFilter = area
  }

  #beginRow(source: string): void {
    const row = Number(attribute(source, 'r'))
    if (!(row > this.#row)) throw new CannotCarry('its rows are not numbered, or not in order')
    this.#row = this.survey.lastRow = row
    this.#column = 0
  }

  #cell(source: string): void {
    const area = areaOf(attribute(source, 'r'))
    if (!area || area.top !== this.#row || area.left <= this.#column || area.left > LAST_COLUMN)
      throw new CannotCarry('its cells have no references, or are not in order')
    this.#column = area.left
    if (area.left > this.survey.lastCell) this.survey.lastCell = area.left
  }

  #merge(area: Area | undefined): void {
    if (!area || area.right > LAST_COLUMN) return
    this.#merged += area.right - area.left + 1
    if (this.#merged > MAX_MERGED) throw new CannotCarry('it has too many merged cells')
    for (let column = area.left; column <= area.right; column++) this.#use(column, area.bottom)
  }

  #use(column: number, row: number): void {
    if (column > this.survey.lastUsed) this.survey.lastUsed = column
    if (row >= this.#headingRow) this.survey.used.add(column)
  }
}
