import { shownText, type RawRow, type Value } from '../read/value.ts'
import { isBlank } from './prepare.ts'

/** As the whole text of a row’s first cell. */
const SUM =
  /^(?:(?:grand |sub[- ]?)?totals?|sum|合计|总计|共计|小计|合計|總計|共計|小計|합계|총계|소계|(?:zwischen|gesamt)?summe|gesamt|sous[- ]total|totaux|totale|somme|suma|subtotale?)\s*[:：]?$/i

const LONGEST_SUM = 20
/** So many rows do not tell what the others are like. */
const FEW = 2

function isSum(value: Value): boolean {
  return typeof value === 'string' && value.length <= LONGEST_SUM && SUM.test(value.trim())
}

/**
 * Finds rows among the data that look like something else: they run, since a real row must not be lost, but each costs
 * a run, so the person is told. These are
 *
 * - sums, by the word in their first cell, and the headings once more;
 * - another table or a remark: below a blank row, up to half as many cells as any row of the data has above it;
 * - headings of sections: a single cell, where two thirds of all rows have three or more.
 */
export class UnlikeRows {
  readonly #headings: string[]
  readonly #unlike: number[] = []
  readonly #single: number[] = []
  #rows = 0
  #full = 0
  /** the fewest cells of a row, up to the first that is unlike */
  #least = Number.POSITIVE_INFINITY
  #above = 0
  #isBelow = false

  constructor(headings: string[]) {
    this.#headings = headings.map((heading) => heading.trim())
  }

  /** @param runs it has no fault */
  add({ row, cells }: RawRow, runs: boolean): void {
    let filled = 0
    for (const cell of cells) if (!isBlank(cell)) filled++
    this.#rows++
    if (filled >= 3) this.#full++
    const isAfterBlank = this.#rows > FEW && row > this.#above + 1
    this.#isBelow = filled * 2 <= this.#least && (this.#isBelow || isAfterBlank)
    this.#above = row
    if (!this.#isBelow && filled < this.#least) this.#least = filled
    if (!runs) return
    const first = cells.find((cell) => !isBlank(cell)) ?? null
    if (this.#isBelow || isSum(first) || this.#isHeadings(cells)) this.#unlike.push(row)
    else if (filled === 1) this.#single.push(row)
  }

  /** Their row numbers, in order. */
  found(): number[] {
    const isFull = this.#full * 3 >= this.#rows * 2
    return [...this.#unlike, ...(isFull ? this.#single : [])].toSorted((a, b) => a - b)
  }

  #isHeadings(cells: Value[]): boolean {
    const [first] = cells
    // Nearly all rows differ in their first cell.
    if (typeof first !== 'string' || first.trim() !== this.#headings[0]) return false
    return (
      this.#headings.length > 1 &&
      this.#headings.every((heading, i) => heading === shownText(cells[i] ?? null).trim())
    )
  }
}
