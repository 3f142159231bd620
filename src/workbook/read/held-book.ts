import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { Book, Sheet, SheetFacts } from './book.ts'
import { MergedCells } from './merges.ts'
import type { CellPlace, CellRange } from './ranges.ts'
import { FileRefusal, HEAD_ROWS, tooManyRows } from './refusal.ts'
import { TEXT_COST } from './strings.ts'
import type { RawRow, RowLinks, Value } from './value.ts'

const BATCH_ROWS = 1_000
const MAX_MERGES = 100_000
/** Cells with a value of all sheets together. One takes some 30 bytes, its text aside. */
const MAX_CELLS = 5_000_000

/**
 * A workbook whose sheets are read in one go and held in memory, since its format does not let us read one without
 * the others. A sheet that exceeds a limit does not make the others unreadable.
 */
export class HeldBook {
  readonly #limits: Limits
  readonly #sheets: HeldSheet[] = []
  /** equal texts are held once */
  readonly #texts = new Map<string, string>()
  #chars = 0
  #cells = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  sheet(name: string, hidden: boolean): HeldSheet {
    // Two sheets of one name could not be told apart when one of them is chosen.
    if (this.#sheets.some((sheet) => sheet.name === name))
      throw new FileRefusal('corrupt', say('sheet-twice', { sheet: name }))
    const sheet = new HeldSheet(name, hidden, this.#limits, (values) => this.#hold(values))
    this.#sheets.push(sheet)
    return sheet
  }

  /** @param facts what is known of every sheet */
  book(facts: SheetFacts = {}): Book {
    if (this.#sheets.length === 0) throw new FileRefusal('no-sheets')
    const sheets = this.#sheets.map((sheet): Sheet => {
      const rows = (found: SheetFacts = {}) => sheet.batches(Object.assign(found, facts))
      return { name: sheet.name, hidden: sheet.hidden, rows }
    })
    return { sheets, parts: [] }
  }

  #hold(values: Value[]): Value[] {
    this.#cells += values.length
    if (this.#cells > MAX_CELLS) throw new FileRefusal('too-large-inside', say('more-cells-than-taken'))
    return values.map((value) => (typeof value === 'string' ? this.#text(value) : value))
  }

  #text(text: string): string {
    const held = this.#texts.get(text)
    if (held !== undefined) return held
    this.#chars += text.length + TEXT_COST
    if (this.#chars > this.#limits.maxTextChars) throw new FileRefusal('too-large-inside')
    this.#texts.set(text, text)
    return text
  }
}

export class HeldSheet {
  readonly #limits: Limits
  readonly #hold: (values: Value[]) => Value[]
  readonly #merges: CellRange[] = []
  #rows: RawRow[] = []
  /** what lies under merged cells, once it has been taken out of the rows */
  #covered: CellPlace[] | undefined
  #refusal: FileRefusal | undefined

  constructor(
    readonly name: string,
    /** may become known after the rows */
    public hidden: boolean,
    limits: Limits,
    hold: (values: Value[]) => Value[],
  ) {
    this.#limits = limits
    this.#hold = hold
  }

  /** No further row is taken: a limit was exceeded. */
  get isFull(): boolean {
    return this.#refusal !== undefined
  }

  /**
   * Takes the next row, or `times` equal ones. Rows without a value are left out.
   * @param row from 1; higher than the last one’s
   * @param links where its cells lead to
   */
  add(row: number, values: Value[], hidden: boolean, times = 1, links?: RowLinks): void {
    const end = values.findLastIndex((value) => value !== null) + 1
    if (end === 0 || this.isFull) return
    this.#refusal = this.#refusalOf(row, values, end, times)
    if (this.isFull) return
    for (let i = 0; i < times; i++) {
      const next: RawRow = { row: row + i, cells: this.#hold(values.slice(0, end)) }
      if (hidden) next.hidden = true
      if (links && links.size > 0) next.links = links
      this.#rows.push(next)
    }
  }

  merge(range: CellRange): void {
    if (this.#merges.length < MAX_MERGES) this.#merges.push(range)
  }

  async *batches(facts: SheetFacts): AsyncGenerator<RawRow[]> {
    this.#covered ??= this.#hideCovered()
    for (let i = 0; i < this.#rows.length; i += BATCH_ROWS) yield this.#rows.slice(i, i + BATCH_ROWS)
    if (this.#refusal) throw this.#refusal
    facts.merges = this.#merges
    facts.covered = this.#covered
  }

  #hideCovered(): CellPlace[] {
    this.#merges.sort((a, b) => a.top - b.top)
    const merged = new MergedCells(this.#merges, this.#limits.maxColumns)
    this.#rows = merged.hide(this.#rows)
    return merged.covered
  }

  #refusalOf(row: number, values: Value[], width: number, times: number): FileRefusal | undefined {
    if (this.#rows.length + times > this.#limits.maxRows + HEAD_ROWS) return tooManyRows(this.#limits.maxRows)
    if (width > this.#limits.maxColumns) return tooManyColumns(this.#limits.maxColumns, row)
    const tooLong = values.some(
      (value) => typeof value === 'string' && value.length > this.#limits.maxCellChars,
    )
    return tooLong ? new FileRefusal('cell-too-long', say('in-row', { row })) : undefined
  }
}

export function tooManyColumns(most: number, row: number): FileRefusal {
  return new FileRefusal('too-many-columns', say('columns-at-most', { max: most, row: row }))
}
