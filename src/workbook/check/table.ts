import { UserError } from '../../engine/user-error.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Limits } from '../limits.ts'
import type { Book, Sheet, SheetFacts } from '../read/book.ts'
import { FileRefusal, tooManyRows } from '../read/refusal.ts'
import { shownText, type RawRow } from '../read/value.ts'
import { findHeadingRow, HEAD_ROWS, namedBy } from './heading-row.ts'
import { isBlank } from './prepare.ts'
import { RowChoice } from './row-choice.ts'

/** A sheet, and where its headings are. */
export interface SheetTable {
  sheet: Sheet
  headingRow: number
  /** the cells of the heading row; rows below may have more */
  headings: string[]
  /** of a CSV file: how many cells the heading row has; rows below with more are at fault */
  width?: number
}

export interface TableOptions {
  sheet?: string
  headingRow?: number
  variables?: Variable[]
}

/** The sheet that we put in front of a marked copy; never the one to run. */
export const CHECK_SHEET = 'Rowbot check'

/**
 * Chooses the sheet and finds its headings: the sheet that was asked for, otherwise the first visible one with a
 * heading for a variable, otherwise the first visible one with rows.
 * @throws UserError if there is no such sheet, or none has any cells
 */
export async function openTable(book: Book, options: TableOptions): Promise<SheetTable> {
  if (options.sheet !== undefined) return tableOf(sheetNamed(book, options.sheet), options)
  let first: SheetTable | undefined
  const visible = book.sheets.filter(({ hidden, name }) => !hidden && name !== CHECK_SHEET)
  for (const sheet of visible.length > 0 ? visible : book.sheets) {
    const table = await tableOf(sheet, options)
    if (table.headings.length === 0) continue
    if (!options.variables || namesAny(table, options.variables)) return table
    first ??= table
  }
  if (!first) throw new FileRefusal('no-sheets')
  return first
}

/**
 * The non-blank rows below the headings that are chosen, in batches.
 * @throws FileRefusal if there are more than `maxRows`
 */
export async function* dataRows(
  table: SheetTable,
  { maxRows = Number.POSITIVE_INFINITY }: Partial<Pick<Limits, 'maxRows'>>,
  choice: RowChoice,
  facts?: SheetFacts,
): AsyncGenerator<RawRow[]> {
  let count = 0
  for await (const batch of table.sheet.rows(facts)) {
    const below = batch.filter(({ row, cells }) => row > table.headingRow && !cells.every(isBlank))
    const rows = choice.take(below)
    count += rows.length
    if (count > maxRows) throw tooManyRows(maxRows)
    if (rows.length > 0) yield rows
  }
  choice.end()
}

/**
 * Number of rows in a sheet that was not chosen. If it cannot be read to its end, that does not affect the chosen
 * sheet.
 */
export async function countRows(sheet: Sheet): Promise<number> {
  let count = 0
  try {
    const table = await tableOf(sheet, {})
    for await (const rows of dataRows(table, {}, new RowChoice({}, table))) count += rows.length
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error
  }
  return count
}

function sheetNamed(book: Book, name: string): Sheet {
  const sheet =
    book.sheets.find((sheet) => sheet.name === name) ??
    book.sheets.find((sheet) => sheet.name.toLowerCase() === name.trim().toLowerCase())
  if (sheet) return sheet
  const names = book.sheets.map((sheet) => `“${sheet.name}”`).join(', ')
  throw new UserError(`There is no sheet “${name}”.`, `The workbook has ${names}.`)
}

async function tableOf(sheet: Sheet, options: TableOptions): Promise<SheetTable> {
  const head = await rowsUpTo(sheet, options.headingRow)
  const headingRow = options.headingRow ?? findHeadingRow(head, options.variables)
  const { cells = [], width } = head.find(({ row }) => row === headingRow) ?? {}
  return { sheet, headingRow, headings: cells.map(shownText), ...(width !== undefined && { width }) }
}

/** The first rows, or all rows up to the given heading row. */
async function rowsUpTo(sheet: Sheet, last: number | undefined): Promise<RawRow[]> {
  const head: RawRow[] = []
  for await (const batch of sheet.rows()) {
    for (const row of batch)
      if (last === undefined ? head.length < HEAD_ROWS : row.row === last) head.push(row)
    const reached = batch.at(-1)?.row ?? 0
    if (last === undefined ? head.length >= HEAD_ROWS : reached >= last) break
  }
  return head
}

function namesAny({ headings }: SheetTable, variables: Variable[]): boolean {
  return namedBy({ row: 0, cells: headings }, variables) > 0
}
