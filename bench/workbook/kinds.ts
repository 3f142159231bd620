import { join } from 'node:path'
import type { BookType, CellObject } from '@e965/xlsx'

/** The formats besides .xlsx, with the most rows that are measured: an .xls has no more than 65,536. */
export const KINDS = [
  { extension: 'xls', bookType: 'biff8', rows: 65_000 },
  { extension: 'xlsb', bookType: 'xlsb', rows: 100_000 },
  { extension: 'ods', bookType: 'ods', rows: 100_000 },
] as const satisfies { extension: string; bookType: BookType; rows: number }[]

/** Writes a workbook of the same cells in every format. @returns its path */
export async function makeKind(
  folder: string,
  { extension, bookType, rows }: (typeof KINDS)[number],
  rowsOf: (row: number) => (string | number | Date)[],
  headings: string[],
): Promise<string> {
  const { utils, write } = await import('@e965/xlsx')
  const cells = Array.from({ length: rows }, (_, i) => rowsOf(i + 1).map(cellOf))
  const sheet = utils.aoa_to_sheet([headings, ...cells], { dense: true })
  const book = utils.book_new()
  utils.book_append_sheet(book, sheet, 'Products')
  const path = join(folder, `${rows}.${extension}`)
  const bookSST = bookType === 'xlsb' // for an .xls, SheetJS compares every text with all others
  // `as`: SheetJS gives a Buffer for this type.
  await Bun.write(path, write(book, { type: 'buffer', bookType, compression: true, bookSST }) as Buffer)
  return path
}

/** Reads a workbook with SheetJS alone, and looks at every row. */
export async function readSheetjs(input: string): Promise<number> {
  const { read } = await import('@e965/xlsx')
  const bytes = Buffer.from(await Bun.file(input).bytes())
  const book = read(bytes, { type: 'buffer', dense: true, cellNF: true, cellStyles: true })
  // `as`: what `dense` gives.
  const rows = (book.Sheets[book.SheetNames[0] ?? '']?.['!data'] ?? []) as (CellObject[] | undefined)[]
  return rows.slice(1).filter((row) => row?.some((cell) => cell?.v !== undefined)).length
}

function cellOf(value: string | number | Date): CellObject | string | number {
  if (!(value instanceof Date)) return value
  return { t: 'n', v: value.getTime() / 86_400_000 + 25_569, z: 'yyyy/mm/dd' }
}
