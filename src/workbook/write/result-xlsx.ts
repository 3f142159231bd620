import type { WriteStream } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type ExcelJS from 'exceljs'
import WorkbookWriter from 'exceljs/lib/stream/xlsx/workbook-writer.js'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { columnsOf, extraOutputs, type Column, type ResultWriter, widthOf } from './columns.ts'
import { LongTexts } from './long-texts.ts'
import { MOST_NOTES, type Tint, TINTS } from './review-marks.ts'
import { escaped, keepingSpaces, LONG_SHEET, readable, toCell } from './to-cell.ts'

type ResultSheet = ExcelJS.Worksheet

const HEADING: Partial<ExcelJS.Style> = {
  font: { bold: true },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE8EEF4' } },
  alignment: { vertical: 'top' },
}
const AS_TEXT: Partial<ExcelJS.Style> = { numFmt: '@' }
const SHEET_NAMES = { rows: 'Results', summary: 'Summary', long: LONG_SHEET } as const

/** A result as a workbook, written row by row; rows that are written leave the memory. */
export class XlsxResult implements ResultWriter {
  readonly #workbook: ExcelJS.stream.xlsx.WorkbookWriter
  readonly #sheet: ResultSheet
  readonly #header: ResultHeader
  readonly #columns: Column[]
  readonly #long: LongTexts
  #lines = 1
  #notes = 0

  /**
   * @param longPath of a file for texts that are too long for a cell
   * @param sample rows from which the column widths are chosen
   */
  constructor(file: WriteStream, longPath: string, header: ResultHeader, sample: ResultRow[]) {
    this.#workbook = new WorkbookWriter({ stream: file, useStyles: true })
    this.#header = header
    this.#columns = columnsOf(header)
    this.#long = new LongTexts(longPath)
    this.#sheet = this.#workbook.addWorksheet(SHEET_NAMES.rows, { views: [{ state: 'frozen', ySplit: 1 }] })
    this.#sheet.columns = this.#columns.map((column) => ({ width: widthOf(column, sample) }))
    headings(
      this.#sheet,
      this.#columns.map(({ heading }) => heading),
    )
  }

  async add(rows: ResultRow[]): Promise<void> {
    for (const row of rows) {
      const line = this.#sheet.getRow(++this.#lines)
      this.#columns.forEach((column, i) => this.#write(line, i + 1, column, row))
      for (const [name, value] of extraOutputs(row, this.#header))
        this.#long.add(row.row, name, readable(value))
      line.commit()
    }
    await this.#long.flush()
    await drained(this.#sheet)
  }

  async finish(): Promise<void> {
    this.#sheet.autoFilter = {
      from: { row: 1, column: 1 },
      to: { row: this.#lines, column: this.#columns.length },
    }
    this.#sheet.commit()
    this.#addSummary()
    if (this.#long.count > 0) await this.#addLongTexts()
    await this.#workbook.commit()
    await this.#long.remove()
  }

  #write(line: ExcelJS.Row, number: number, column: Column, row: ResultRow): void {
    const writable = toCell(column.of(row))
    const tint = column.tint?.(row)
    const note = column.note?.(row)
    if (writable.value === null && tint === undefined) return
    const cell = line.getCell(number)
    if (writable.value !== null) cell.value = keepingSpaces(writable.value)
    if (writable.risky || tint) cell.style = { ...(writable.risky && AS_TEXT), ...(tint && tinted(tint)) }
    if (note !== undefined && this.#notes++ < MOST_NOTES) cell.note = escaped(note)
    if (writable.whole !== undefined) this.#long.add(row.row, column.heading, writable.whole)
  }

  #addSummary(): void {
    const sheet = this.#workbook.addWorksheet(SHEET_NAMES.summary)
    sheet.columns = [{ width: 24 }, { width: 80 }]
    for (const [label, value] of this.#header.summary) {
      const row = sheet.addRow([toCell(label).value, toCell(value).value])
      row.getCell(1).style = { font: { bold: true } }
      if (toCell(value).risky) row.getCell(2).style = AS_TEXT
      row.commit()
    }
    sheet.commit()
  }

  async #addLongTexts(): Promise<void> {
    const sheet = this.#workbook.addWorksheet(SHEET_NAMES.long, { views: [{ state: 'frozen', ySplit: 1 }] })
    sheet.columns = [{ width: 8 }, { width: 24 }, { width: 8 }, { width: 100 }]
    headings(sheet, ['row', 'column', 'part', 'text'])
    for await (const { row, column, part, text } of this.#long.pieces()) {
      const line = sheet.addRow([row, toCell(column).value, part, keepingSpaces(toCell(text).value)])
      if (toCell(text).risky) line.getCell(4).style = AS_TEXT
      line.commit()
      await drained(sheet)
    }
    sheet.commit()
  }
}

function tinted(tint: Tint): Partial<ExcelJS.Style> {
  return { fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: TINTS[tint] } } }
}

function headings(sheet: ResultSheet, names: string[]): void {
  const row = sheet.getRow(1)
  names.forEach((name, i) => {
    const { value, risky } = toCell(name)
    row.getCell(i + 1).value = value
    row.getCell(i + 1).style = risky ? { ...HEADING, ...AS_TEXT } : HEADING
  })
  row.commit()
}

/** How much of a sheet may wait to be written to the disk. */
const MAX_WAITING_BYTES = 2 ** 20

/**
 * Waits until nearly everything committed is on the disk. exceljs accepts any number of rows without saying how many
 * still wait; the length of the pipe from its sheet into the zip tells.
 */
async function drained(sheet: ResultSheet): Promise<void> {
  // Not in exceljs’s types: a streamed sheet has a stream, which is piped to an old PassThrough (readable-stream 2).
  const { stream } = sheet as unknown as { stream?: { pipes?: { _writableState?: { length: number } }[] } }
  const waiting = () => stream?.pipes?.reduce((sum, pipe) => sum + (pipe._writableState?.length ?? 0), 0) ?? 0
  do await setImmediate()
  while (waiting() > MAX_WAITING_BYTES)
}
