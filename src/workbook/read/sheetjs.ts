import { say } from '../../engine/sentence.ts'
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx'
import type { Limits } from '../limits.ts'
import { UNCALCULATED_ERROR } from './biff.ts'
import { SYSTEM_DATE, SYSTEM_DATE_AND_TIME } from './built-in-formats.ts'
import type { Book } from './book.ts'
import { HeldBook, type HeldSheet } from './held-book.ts'
import { FileRefusal } from './refusal.ts'
import { valueOfNumber } from './shown.ts'
import type { Value } from './value.ts'

/**
 * Reads the cells of a binary workbook with SheetJS. Only what was checked may come here: see biff.ts and xlsb.ts.
 * @param oldTexts texts are in the code page of a country, not in Unicode
 */
export async function readBinary(bytes: Buffer, limits: Limits, oldTexts = false): Promise<Book> {
  const { read, set_cptable } = await import('@e965/xlsx')
  if (oldTexts) set_cptable(await import('@e965/xlsx/dist/cpexcel.full.mjs'))
  return bookOf(
    parsed(() => read(bytes, OPTIONS)),
    limits,
  )
}

const OPTIONS = {
  type: 'buffer',
  dense: true, // cells as arrays, not under names
  cellNF: true, // with their number formats
  cellText: false,
  cellHTML: false,
  cellFormula: false,
  WTF: true, // throw where a sheet cannot be read, instead of leaving it out
} as const

/** SheetJS throws all kinds of errors at a damaged file, also such as look like bugs. */
function parsed(parse: () => WorkBook): WorkBook {
  try {
    return parse()
  } catch {
    throw new FileRefusal('corrupt')
  }
}

function bookOf(workbook: WorkBook, limits: Limits): Book {
  const held = new HeldBook(limits)
  const is1904 = workbook.Workbook?.WBProps?.date1904 === true
  for (const name of workbook.SheetNames) {
    const source = workbook.Sheets[name]
    const about = workbook.Workbook?.Sheets?.find((sheet) => sheet.name === name)
    const sheet = held.sheet(name, (about?.Hidden ?? 0) !== 0)
    if (!source) throw new FileRefusal('corrupt', say('sheet-missing', { sheet: name }))
    takeRows(source, sheet, is1904)
    for (const { s, e } of source['!merges'] ?? []) {
      sheet.merge({ top: s.r + 1, left: s.c, bottom: e.r + 1, right: e.c })
    }
    delete workbook.Sheets[name] // its memory can go before the next sheet takes some
  }
  return held.book()
}

function takeRows(source: WorkSheet, sheet: HeldSheet, is1904: boolean): void {
  // `as`: what `dense` gives; a row or cell that is not there is a hole.
  const rows = (source['!data'] ?? []) as ((CellObject | undefined)[] | undefined)[]
  for (let index = 0; index < rows.length && !sheet.isFull; index++) {
    const cells = rows[index]
    if (!cells) continue
    const values = Array.from(cells, (cell) => (cell ? valueOf(cell, is1904) : null))
    sheet.add(index + 1, values, source['!rows']?.[index]?.hidden === true)
  }
}

function valueOf({ t, v, z }: CellObject, is1904: boolean): Value {
  switch (t) {
    case 'n':
      return typeof v === 'number' && Number.isFinite(v) ? valueOfNumber(v, formatOf(z), is1904) : null
    case 'b':
      return v === true
    case 'e':
      return v === UNCALCULATED_ERROR ? { uncalculated: true } : { error: ERRORS[Number(v)] ?? '#VALUE!' }
    case 's':
    case 'd':
    case 'z':
      return typeof v === 'string' && v !== '' ? v : null
  }
}

/** What SheetJS calls the formats that follow each computer’s settings. */
function formatOf(format: string | number | undefined): string {
  if (format === 'm/d/yy') return SYSTEM_DATE
  return format === 'm/d/yy h:mm' ? SYSTEM_DATE_AND_TIME : String(format ?? '')
}

/** By the code in the file (MS-XLS 2.5.10). */
const ERRORS: Record<number, string> = {
  0x00: '#NULL!',
  0x07: '#DIV/0!',
  0x0f: '#VALUE!',
  0x17: '#REF!',
  0x1d: '#NAME?',
  0x24: '#NUM!',
  0x2a: '#N/A',
  0x2b: '#GETTING_DATA',
}
