import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Fault } from '../fault.ts'
import type { Limits } from '../limits.ts'
import type { Book, Sheet, SheetFacts } from '../read/book.ts'
import { FileRefusal, tooManyRows } from '../read/refusal.ts'
import { shownText, type RawRow } from '../read/value.ts'
import { bestSheet, type TableOptions } from './best-sheet.ts'
import { groupRow, joinedHeadings } from './heading-levels.ts'
import { findHeadingRow, headOf, type HeadingRow } from './heading-row.ts'
import { isBlank } from './prepare.ts'
import { RowChoice } from './row-choice.ts'

/** A sheet, and where its headings are. */
export interface SheetTable {
  sheet: Sheet
  headingRow: number
  headingRows: 1 | 2
  /** the cells of the heading row; rows below may have more */
  headings: string[]
  /** the row of group headings, where the headings seem to be in two rows */
  groups: number | undefined
  /** a person has said where the headings are */
  isChosen: boolean
  /** what a person has to decide about the sheet or its headings before anything runs */
  faults: Fault[]
  /** of a CSV file: how many cells the headings have; rows below with more are at fault */
  width?: number
  /** marks cells of a row whose pictures are files: see `pictureMarker` */
  markPictures?: ((row: RawRow) => void) | undefined
}

/**
 * Chooses the sheet and finds its headings: the sheet that was asked for, otherwise the visible one that feeds the
 * most inputs, all required ones first; if none feeds any, the first visible one with rows. Sheets that Rowbot wrote
 * for people to read are never chosen.
 * @throws UserError if there is no such sheet, or none has any cells
 */
export async function openTable(book: Book, options: TableOptions): Promise<SheetTable> {
  if (options.sheet !== undefined) {
    const sheet = sheetNamed(book, options.sheet)
    return tableOf(sheet, await headOf(sheet, options.headingRow), options)
  }
  const { best, rivals } = await bestSheet(book, options)
  const table = await tableOf(best.sheet, best.head, options)
  if (rivals.length === 0) return table
  const sheets = [best, ...rivals].map(({ sheet }) => sheet.name)
  const fault: Fault = { code: 'two-sheets', sheets, sheet: best.sheet.name }
  return { ...table, faults: [fault, ...table.faults] }
}

/**
 * The non-blank rows below the headings that are chosen, in batches.
 * @throws FileRefusal if there are more than `maxRows`
 */
export async function* dataRows(
  table: Pick<SheetTable, 'sheet' | 'headingRow' | 'headingRows' | 'markPictures'>,
  { maxRows = Number.POSITIVE_INFINITY }: Partial<Pick<Limits, 'maxRows'>>,
  choice: RowChoice,
  facts?: SheetFacts,
): AsyncGenerator<RawRow[]> {
  let count = 0
  for await (const batch of table.sheet.rows(facts)) {
    if (table.markPictures) for (const row of batch) if (row.row >= firstRow(table)) table.markPictures(row)
    const below = batch.filter(({ row, cells }) => row >= firstRow(table) && !cells.every(isBlank))
    const rows = choice.take(below)
    count += rows.length
    if (count > maxRows) throw tooManyRows(maxRows)
    if (rows.length > 0) yield rows
  }
  choice.end()
}

/** The first row below the headings. */
export function firstRow({
  headingRow,
  headingRows,
}: Pick<SheetTable, 'headingRow' | 'headingRows'>): number {
  return headingRow + headingRows
}

/**
 * Number of rows in a sheet that was not chosen. If it cannot be read to its end, that does not affect the chosen
 * sheet.
 */
export async function countRows(sheet: Sheet): Promise<number> {
  let count = 0
  try {
    const headingRow = findHeadingRow(await headOf(sheet)).row
    const table = { sheet, headingRow, headingRows: 1 } as const
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
  const names = book.sheets.map((sheet) => sheet.name)
  throw new UserError(say('no-such-sheet', { sheet: name }), say('do-sheets-are', { names }))
}

async function tableOf(sheet: Sheet, head: RawRow[], options: TableOptions): Promise<SheetTable> {
  const { headingRows = 1 } = options
  const isChosen = options.headingRow !== undefined || options.headingRows !== undefined
  const found = findHeadingRow(head, options.variables)
  const detected = headingRows === 2 ? (found.groups ?? found.row) : found.row
  const headingRow = options.headingRow ?? detected
  const upper = head.find(({ row }) => row === headingRow)
  const { headings, width } = headingRows === 2 ? await twoLevels(sheet, headingRow, upper) : oneLevel(upper)
  return {
    sheet,
    ...(width !== undefined && { width }),
    headingRow,
    headingRows,
    headings,
    groups: options.headingRow === undefined ? found.groups : groupRow(head, headingRow),
    isChosen,
    faults: doubts(found, options),
  }
}

/** A heading row that a person has chosen is never in doubt. */
function doubts({ row, above, groups }: HeadingRow, options: TableOptions): Fault[] {
  if (options.headingRow !== undefined || !options.variables) return []
  const faults: Fault[] = []
  if (above > 0) faults.push({ code: 'rows-above', row, count: above })
  if (groups === row && options.headingRows === undefined)
    faults.push({ code: 'two-heading-rows', row, next: row + 1 })
  return faults
}

type Headings = Pick<SheetTable, 'headings' | 'width'>

function oneLevel(row: RawRow | undefined): Headings {
  return { headings: row?.cells.map(shownText) ?? [], ...(row?.width !== undefined && { width: row.width }) }
}

/** Merged cells say how far a group reaches; they are known at the end of the sheet. */
async function twoLevels(sheet: Sheet, headingRow: number, upper: RawRow | undefined): Promise<Headings> {
  const facts: SheetFacts = {}
  let lower: RawRow | undefined
  for await (const batch of sheet.rows(facts))
    lower = batch.find(({ row }) => row === headingRow + 1) ?? lower
  const merges = facts.merges?.filter(({ top }) => top === headingRow)
  const widths = [upper?.width, lower?.width].filter((width) => width !== undefined)
  return {
    headings: joinedHeadings(upper?.cells ?? [], lower?.cells ?? [], merges),
    ...(widths.length > 0 && { width: Math.max(...widths) }),
  }
}
