import { shownText, type RawRow, type Value } from '../read/value.ts'
import { isBlank } from './prepare.ts'

/** As the whole text of a row’s first cell. */
const SUM =
  /^(?:(?:grand |sub[- ]?)?totals?|sum|合计|总计|共计|小计|合計|總計|共計|小計|합계|총계|소계|(?:zwischen|gesamt)?summe|gesamt|sous[- ]total|totaux|totale|somme|suma|subtotale?)\s*[:：]?$/i

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
    const filled = cells.filter((cell) => !isBlank(cell))
    this.#rows++
    if (filled.length >= 3) this.#full++
    const isAfterBlank = this.#above > 0 && row > this.#above + 1
    this.#isBelow = filled.length * 2 <= this.#least && (this.#isBelow || isAfterBlank)
    this.#above = row
    if (!this.#isBelow) this.#least = Math.min(this.#least, filled.length)
    if (!runs) return
    const [first = null] = filled
    if (this.#isBelow || SUM.test(shownText(first).trim()) || this.#isHeadings(cells)) this.#unlike.push(row)
    else if (filled.length === 1) this.#single.push(row)
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
