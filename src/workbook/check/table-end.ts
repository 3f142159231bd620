import { shownText, type RawRow } from '../read/value.ts'
import { isBlank } from './prepare.ts'

/** Longer text below a table is data that we do not understand: it is not left out. */
const MAX_REMARKS = 20

/**
 * Tells remarks below a table from its rows while they stream by: “Source: ERP export 2026”. A row that could be one
 * is held back until the sheet ends, and is data after all if data follows. A real row is never left out, so a remark
 *
 * - has fewer cells than any row above it: a single one, or at most half as many;
 * - has nothing in the columns that the workflow needs, or begins as only remarks do (“Note:”);
 * - has a blank row somewhere between it and the data, or else is a single cell that the workflow does not need.
 */
export class TableEnd {
  readonly #needed: number[]
  #held: RawRow[] = []
  /** the fewest cells that a row of the data has */
  #least = Number.POSITIVE_INFINITY
  /** the row above, of data or held back */
  #above = 0
  #isAfterBlank = false

  /** @param needed the columns of which a row of data fills at least one; empty if it is not known */
  constructor(needed: number[]) {
    this.#needed = needed
  }

  /** The rows that are known to be data, in order. */
  take(rows: RawRow[]): RawRow[] {
    if (this.#least < 2 && this.#held.length === 0) return rows
    const data: RawRow[] = []
    for (const row of rows) {
      const cells = filledCells(row, this.#least)
      const isAfterBlank = this.#isAfterBlank || (this.#above > 0 && row.row > this.#above + 1)
      if (this.#isRemark(row, cells, isAfterBlank) && this.#held.length < MAX_REMARKS) {
        this.#held.push(row)
        this.#isAfterBlank = isAfterBlank
      } else {
        for (const held of this.#held) this.#least = Math.min(this.#least, filledCells(held, this.#least))
        data.push(...this.#held, row)
        this.#held = []
        this.#isAfterBlank = false
        this.#least = Math.min(this.#least, cells)
      }
      this.#above = row.row
    }
    return data
  }

  /** At the end of the sheet: the rows that were no data. */
  remarks(): RawRow[] {
    return this.#held
  }

  #isRemark(row: RawRow, cells: number, isAfterBlank: boolean): boolean {
    if (this.#least < 2 || this.#least === Number.POSITIVE_INFINITY) return false
    if (cells >= this.#least || (cells > 1 && cells * 2 > this.#least)) return false
    const isNeeded = this.#needed.some((column) => !isBlank(row.cells[column] ?? null))
    if (!isAfterBlank) return cells === 1 && this.#needed.length > 0 && !isNeeded
    return !isNeeded || (cells === 1 && this.#readsAsRemark(row))
  }

  #readsAsRemark(row: RawRow): boolean {
    const text = textOf(row)
    const above = this.#held.at(-1)
    if (above?.row === row.row - 1 && LISTED.test(text))
      return readsAsRemark(textOf(above)) || LISTED.test(textOf(above))
    return readsAsRemark(text)
  }
}

/** Words that a remark begins with, before a colon or as its whole text. */
const WORDS = [
  'sources?|data source|notes?|n\\.?b\\.?|remarks?|comments?|footnotes?|legend|disclaimer|explanations?',
  'totals?|grand total|sum|prepared by|created by|checked by|approved by|as of|last updated?|updated?',
  '数据来源|资料来源|来源|出处|注|附注|注释|备注|说明|提示|合计|总计|共计|小计|制表人?|填表人|审核人?|制表日期|更新时间|导出时间|截至',
  '出典|注記|備考|合計|作成者|資料來源|備註|說明|總計|출처|비고|합계|quelle|anmerkung|hinweis|summe|source|remarque|fuente|nota|fonte',
].join('|')
const REMARK = new RegExp(`^[\\s\\[(（【]*(?:${WORDS})\\s*\\d*\\s*(?:[:：]|[\\])）】]|$)`, 'i')
const FOOTNOTE = /^(?:\*{1,3}|※|†|‡)\s*[\p{L}\p{N}]/u
const EXPORTED = /^(?:generated|exported|created|printed|updated|last updated) (?:on|at|by|from)\b/i
/** A line of a list under “Notes:”. */
const LISTED = /^\s*(?:\(?\d{1,2}[.)、．）]|[-–•·*])\s*\S/

function readsAsRemark(text: string): boolean {
  return REMARK.test(text) || FOOTNOTE.test(text) || EXPORTED.test(text)
}

function textOf({ cells }: RawRow): string {
  const filled = cells.find((cell) => !isBlank(cell))
  return filled === undefined ? '' : shownText(filled).trim()
}

/** How many cells of a row are filled, counting no further than `most`. */
function filledCells({ cells }: RawRow, most: number): number {
  let count = 0
  for (const cell of cells) {
    if (!isBlank(cell) && ++count >= most) break
  }
  return count
}
