import type { Limits } from '../../limits.ts'
import { columnName } from '../../read/value.ts'
import { Zip } from '../../read/zip.ts'
import type { OwnWorkbook, ResultHeader, UploadFile } from '../../types.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { Package } from '../carried/package.ts'
import { addedColumns, type Column } from '../columns.ts'
import { LONG_SHEET, toCell } from '../to-cell.ts'
import { type AddedNotes, addNotes } from './notes.ts'
import { freeSheetName, openPackage, type OwnPackage, widenFilterName } from './own-package.ts'
import { type ColumnPlace, placeFor } from './place.ts'
import { type Survey, surveyed } from './survey.ts'
import { grown, headingsOf } from './table.ts'

const SUMMARY_SHEET = 'Rowbot'

/** Everything that is known before the first row is written. */
export interface Plan {
  zip: Zip
  book: OwnPackage
  survey: Survey
  place: ColumnPlace
  columns: Column[]
  header: ResultHeader
  headingRow: number
  /** for comments on edited cells, if there are some and the sheet can take them */
  notes: AddedNotes | undefined
  longSheet: string
  summarySheet: string
}

/**
 * Surveys a workbook and decides what is to change in it. Nothing is written yet.
 * @throws CannotCarry with the reason if it cannot take columns; FileRefusal if it is damaged
 */
export async function planned(
  header: ResultHeader,
  { file, sheet, headingRow, limits }: OwnWorkbook & { file: UploadFile; limits: Limits },
): Promise<Plan> {
  if (file.bytes[0] !== 0x50 || file.bytes[1] !== 0x4b)
    throw new CannotCarry('it is not an .xlsx or .xlsm workbook', 'kind')
  const zip = new Zip(file.bytes, limits)
  const pack = new Package(zip)
  const book = openPackage(zip, pack, sheet)
  const survey = await surveyed(zip, book.sheet, headingRow)
  const width = header.headings.length
  // Without the tables it is not known which headings are taken; their number is the same in any case.
  const count = addedColumns(header, new Set()).length
  const place = placeFor(pack, book.sheet, survey, { headingRow, width, count })
  const table = place.table === undefined ? undefined : pack.text(place.table)
  const taken = [...header.headings, ...(table === undefined ? [] : headingsOf(table))]
  const columns = addedColumns(header, new Set(taken.map((heading) => heading.trim().toLowerCase())))
  if (place.table !== undefined && table !== undefined) {
    const headings = columns.map(({ heading }) => String(toCell(heading).value))
    pack.set(place.table, grown(table, place.beside, headings))
  }
  if (place.filter !== undefined) widenFilterName(book, place.filter, place.last)
  const summary: ResultHeader['summary'] = [
    ...header.summary,
    ['Result', `in your own workbook: columns ${lettersOf(place)} of the sheet “${sheet}” were added`],
    ...(book.hadMacros ? [['Macros', 'left out: they are neither run nor kept'] as [string, string]] : []),
  ]
  const notes = header.hasEdits ? addNotes(pack, book.sheet, survey) : undefined
  pack.willGrow(book.path)
  return {
    zip,
    book,
    survey,
    place,
    columns,
    header: { ...header, summary },
    headingRow,
    notes,
    summarySheet: freeSheetName(book, SUMMARY_SHEET),
    longSheet: freeSheetName(book, LONG_SHEET),
  }
}

function lettersOf({ first, last }: ColumnPlace): string {
  return `${columnName(first - 1)} to ${columnName(last - 1)}`
}
