import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { CHECK_SHEET } from '../check/table.ts'
import type { Book } from '../read/book.ts'
import type { RawRow, Value } from '../read/value.ts'
import type { Check } from '../types.ts'
import { FRONT_WIDTHS, frontLines, MARK_COLOUR, MARK_WORD } from './front-sheet.ts'
import type { Mark } from './marked.ts'
import { sheetName } from './sheet-name.ts'
import { keepingSpaces, toCell } from './to-cell.ts'

/** A copy of the values of every sheet, each in its place, with the bad cells marked. Written as it is read. */
export async function copyPlainly(book: Book, found: Check, marks: Mark[]): Promise<Uint8Array> {
  const path = join(tmpdir(), `rowbot-${randomUUID()}.xlsx`)
  try {
    const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path, useStyles: true })
    addFront(workbook, found)
    const taken = new Set([CHECK_SHEET.toLowerCase()])
    for (const sheet of book.sheets) {
      if (sheet.name === CHECK_SHEET) continue
      const copy = workbook.addWorksheet(sheetName(sheet.name, taken), {
        state: sheet.hidden ? 'hidden' : 'visible',
      })
      const of = sheet.name === found.sheet ? byRow(marks) : new Map<number, Mark[]>()
      for await (const rows of sheet.rows()) {
        for (const row of rows) writeRow(copy, row, of.get(row.row) ?? [])
        await new Promise((resolve) => setImmediate(resolve)) // lets what was written go to the disk
      }
      copy.commit()
    }
    await workbook.commit()
    return new Uint8Array(await readFile(path))
  } finally {
    await rm(path, { force: true })
  }
}

function addFront(workbook: ExcelJS.stream.xlsx.WorkbookWriter, found: Check): void {
  const sheet = workbook.addWorksheet(CHECK_SHEET)
  sheet.columns = FRONT_WIDTHS.map((width) => ({ width }))
  const about = 'A plain copy of the values: the formatting of the original could not be carried over.'
  for (const line of frontLines(found, about)) {
    const row = sheet.addRow(line)
    if (row.number === 1 || row.number === 5) row.font = { bold: true }
    row.commit()
  }
  sheet.commit()
}

function writeRow(sheet: ExcelJS.Worksheet, row: RawRow, marks: Mark[]): void {
  const line = sheet.getRow(row.row)
  row.cells.forEach((value, column) => {
    if (value !== null) writeCell(line.getCell(column + 1), value)
  })
  for (const { column, text } of marks) {
    const cell = line.getCell(column + 1)
    cell.style = {
      ...cell.style,
      fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: MARK_COLOUR } },
    }
    cell.note = MARK_WORD + text
  }
  line.commit()
}

function writeCell(cell: ExcelJS.Cell, value: Exclude<Value, null>): void {
  if (typeof value === 'object') {
    if ('number' in value) {
      cell.value = value.number
      cell.numFmt = value.shown.endsWith('%') ? '0.##%' : '0'.repeat(value.shown.length)
    } else if ('error' in value) cell.value = value.error
    return
  }
  cell.value = keepingSpaces(toCell(value).value)
  if (typeof value === 'string') cell.numFmt = '@'
}

function byRow(marks: Mark[]): Map<number, Mark[]> {
  return Map.groupBy(marks, ({ row }) => row)
}
