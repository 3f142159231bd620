import type { Variable } from '../../engine/workflow.ts'
import type { FaultCode } from '../fault.ts'
import type { NamedTable } from '../read/sheet-parts.ts'
import type { RawRow } from '../read/value.ts'
import { isInRanges } from '../row-ranges.ts'
import type { Mapping, Reading } from '../types.ts'
import { type ColumnCondition, columnConditions, fulfils } from './condition-columns.ts'
import { isBlank } from './prepare.ts'
import type { Sheet } from '../read/book.ts'
import { TableEnd } from './table-end.ts'

/** Why a row below the headings is left out. */
export type LeftOut = Extract<
  FaultCode,
  'totals-row' | 'below-table' | 'hidden-rows-left-out' | 'rows-left-out'
>

/**
 * Decides which of the rows below the headings are taken: not what is no data (totals, remarks below the table), and
 * of the data what a person chose. If a person said where the table ends, its last row is data even if it has totals,
 * and those further up are left out as without that: the rows that were checked are read again up to their last one.
 */
export class RowChoice {
  readonly #lastRow: number | undefined
  readonly #rows: Reading['rows']
  readonly #where: ColumnCondition[]
  readonly #headingRow: number
  readonly #tables: NamedTable[]
  readonly #end: TableEnd
  readonly #onLeft: (row: number, why: LeftOut) => void
  #last: number

  /**
   * @param needed the columns of which a row of data fills at least one: see `neededColumns`
   * @param onLeft receives each row that is left out, without a limit
   * @throws UserError if a condition is about a column that is not there
   */
  constructor(
    { lastRow, rows, where = [] }: Pick<Reading, 'lastRow' | 'rows' | 'where'>,
    {
      sheet,
      headingRow,
      headingRows,
      headings = [],
    }: { sheet: Pick<Sheet, 'tables'>; headingRow: number; headingRows: 1 | 2; headings?: string[] },
    needed: number[] = [],
    onLeft: (row: number, why: LeftOut) => void = () => {},
  ) {
    this.#lastRow = lastRow
    this.#rows = rows
    this.#where = columnConditions(where, headings)
    this.#headingRow = headingRow + headingRows - 1
    this.#tables = (sheet.tables?.() ?? []).filter(({ totals }) => totals > 0)
    this.#end = new TableEnd(needed)
    this.#onLeft = onLeft
    this.#last = this.#headingRow
  }

  /** The last row of the table, from 1; complete when all rows were taken. */
  get lastRow(): number {
    return this.#lastRow ?? this.#last
  }

  /** The rows of the next ones that are taken. Some are held back, and come with a later call. */
  take(rows: RawRow[]): RawRow[] {
    const data = this.#dataAmong(rows)
    this.#last = data.at(-1)?.row ?? this.#last
    const isAll = this.#rows === undefined && this.#where.length === 0
    return isAll ? data : data.filter((row) => this.#isWithin(row) && this.#isMeant(row))
  }

  /** To be called at the end of the sheet. */
  end(): void {
    for (const { row } of this.#end.remarks()) this.#onLeft(row, 'below-table')
  }

  #dataAmong(rows: RawRow[]): RawRow[] {
    const last = this.#lastRow
    if (last === undefined) return this.#end.take(this.#withoutTotals(rows))
    const within = rows.filter(({ row }) => row <= last || this.#leave(row, 'below-table'))
    return this.#withoutTotals(within, last)
  }

  #withoutTotals(rows: RawRow[], end = Number.POSITIVE_INFINITY): RawRow[] {
    if (this.#tables.length === 0) return rows
    return rows.filter((row) => row.row >= end || !this.#isTotals(row) || this.#leave(row.row, 'totals-row'))
  }

  /** A row of totals of the table with our headings. Another table may lie beside it, and has data in this row. */
  #isTotals({ row, cells }: RawRow): boolean {
    return this.#tables.some(
      ({ range: { top, bottom, left, right }, totals }) =>
        row > Math.max(bottom - totals, this.#headingRow) &&
        row <= bottom &&
        top <= this.#headingRow &&
        cells.every((cell, column) => (column >= left && column <= right) || isBlank(cell)),
    )
  }

  #isMeant(row: RawRow): boolean {
    return fulfils(row, this.#where) || this.#leave(row.row, 'rows-left-out')
  }

  #isWithin({ row, hidden }: RawRow): boolean {
    if (this.#rows === undefined) return true
    if (this.#rows === 'visible') return !hidden || this.#leave(row, 'hidden-rows-left-out')
    return isInRanges(row, this.#rows) || this.#leave(row, 'rows-left-out')
  }

  #leave(row: number, why: LeftOut): false {
    this.#onLeft(row, why)
    return false
  }
}

/** The columns that feed required variables; if there are none, all that feed one. */
export function neededColumns(variables: Variable[], mapping: Mapping): number[] {
  const columnsOf = (some: Variable[]) => some.flatMap(({ name }) => mapping[name] ?? [])
  const required = columnsOf(variables.filter((variable) => variable.required))
  return required.length > 0 ? required : columnsOf(variables)
}
