import { shownText, type RawRow } from '../read/value.ts'
import { isBlank } from './prepare.ts'

/** As the whole text of a row’s first cell. */
const SUM =
  /^(?:(?:grand |sub[- ]?)?totals?|sum|合计|总计|共计|小计|合計|總計|共計|小計|합계|총계|소계|(?:zwischen|gesamt)?summe|gesamt|sous[- ]total|totaux|totale|somme|suma|subtotale?)\s*[:：]?$/i

/**
 * Finds rows that look like headings of sections, sums or remarks among the data: they run, since a real row must not
 * be lost, but each costs a run, so the person is told. These are rows of one cell where two thirds of all rows have
 * three or more, and rows that begin as only sums do.
 */
export class UnlikeRows {
  readonly #single: number[] = []
  readonly #sums: number[] = []
  #rows = 0
  #full = 0

  /** @param runs it has no fault */
  add({ row, cells }: RawRow, runs: boolean): void {
    const filled = cells.filter((cell) => !isBlank(cell))
    this.#rows++
    if (filled.length >= 3) this.#full++
    if (!runs) return
    if (SUM.test(shownText(filled[0] ?? null).trim())) this.#sums.push(row)
    else if (filled.length === 1) this.#single.push(row)
  }

  /** Their row numbers, in order. */
  found(): number[] {
    const isFull = this.#full * 3 >= this.#rows * 2
    return [...this.#sums, ...(isFull ? this.#single : [])].toSorted((a, b) => a - b)
  }
}
