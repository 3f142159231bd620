import type { CellPlace, CellRange } from './ranges.ts'
import type { RawRow, Value } from './value.ts'

/** As many hidden values are told; further ones are hidden, too. */
const MAX_COVERED = 10_000

/** Removes what lies under merged ranges from rows in their order: only a range’s first cell is seen. */
export class MergedCells {
  /** where values were removed, the first ones */
  readonly covered: CellPlace[] = []
  readonly #ranges: CellRange[]
  readonly #maxColumns: number
  /** the last range that began above or in the present row, by column */
  readonly #over: (CellRange | undefined)[] = []
  #next = 0

  /** @param ranges by their first rows */
  constructor(ranges: CellRange[], maxColumns: number) {
    this.#ranges = ranges
    this.#maxColumns = maxColumns
  }

  /** The rows without what nobody sees, and without those that have nothing else. */
  hide(rows: RawRow[]): RawRow[] {
    if (this.#ranges.length === 0) return rows
    return rows.filter((row) => {
      this.#enter(row.row)
      this.#hideIn(row)
      return row.cells.length > 0
    })
  }

  #enter(row: number): void {
    for (let range = this.#ranges[this.#next]; range && range.top <= row; range = this.#ranges[this.#next]) {
      this.#next++
      if (range.bottom >= row) this.#put(range)
    }
  }

  /** Excel allows no ranges that overlap; only the first of them counts, so that the work is bounded. */
  #put(range: CellRange): void {
    const end = Math.min(range.right + 1, this.#maxColumns)
    for (let column = range.left; column < end; column++) {
      if ((this.#over[column]?.bottom ?? 0) >= range.top) return
    }
    for (let column = range.left; column < end; column++) this.#over[column] = range
  }

  #hideIn({ row, cells }: RawRow): void {
    for (let column = 0; column < cells.length; column++) {
      const range = this.#over[column]
      if (!range || range.bottom < row || isBlankCell(cells[column])) continue
      if (range.top === row && range.left === column) continue
      cells[column] = null
      if (this.covered.length < MAX_COVERED) this.covered.push({ row, column })
    }
    while (cells.length > 0 && cells.at(-1) === null) cells.pop()
  }
}

function isBlankCell(value: Value | undefined): boolean {
  return value === null || value === undefined
}
