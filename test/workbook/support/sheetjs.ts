import { utils, write, type BookType, type WorkSheet } from '@e965/xlsx'

/** A workbook of these sheets, in a format that SheetJS writes. Cells are `{ v, t, z }`. */
export function sheetjs(bookType: BookType, sheets: Record<string, WorkSheet>, is1904 = false): Uint8Array {
  const book = utils.book_new()
  for (const [name, sheet] of Object.entries(sheets)) utils.book_append_sheet(book, sheet, name)
  book.Workbook = { ...book.Workbook, WBProps: { date1904: is1904 } }
  // `as`: SheetJS gives a Buffer for this type.
  return new Uint8Array(write(book, { type: 'buffer', bookType, compression: true }) as Buffer)
}

/** A sheet of plain cells. */
export function sheetOf(rows: unknown[][]): WorkSheet {
  return utils.aoa_to_sheet(rows)
}
