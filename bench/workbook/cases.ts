import { basename } from 'node:path'
import type ExcelJS from 'exceljs'
import { readSheetjs } from './kinds.ts'
import type { Variable } from '../../src/engine/workflow.ts'
import { prepare } from '../../src/workbook/check/prepare.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import type { Value } from '../../src/workbook/read/value.ts'
import type { ResultRow } from '../../src/engine/task.ts'
import { checkUpload, writeResult, type ResultToWrite } from '../../src/workbook/workbook.ts'

/** One thing to measure. `run` returns how many rows it has read or written, to check that it did all the work. */
export interface Case {
  name: string
  run: (input: string, rows: number) => Promise<number>
}

const SHEET = 'Products'
export const HEADINGS = ['SKU', 'Name', 'Key features', 'Tone', 'Max words', 'Price', 'When', 'Note']
const VARIABLES: Variable[] = [
  { name: 'name', label: 'Name', type: 'text-input', required: true, maxLength: 100 },
  { name: 'features', label: 'Key features', type: 'paragraph', required: true, maxLength: 1000 },
  { name: 'tone', label: 'Tone', type: 'select', required: false, options: ['formal', 'casual', 'playful'] },
  { name: 'max_words', label: 'Max words', type: 'number', required: false },
]
const MAPPING = { name: 1, features: 2, tone: 3, max_words: 4 }

export const CASES: Case[] = [
  { name: 'read-sheetjs', run: readSheetjs },
  {
    name: 'read-rowbot',
    async run(input) {
      const file = { name: basename(input), bytes: await Bun.file(input).bytes() }
      return (await checkUpload(file, { variables: VARIABLES }, DEFAULT_LIMITS)).good
    },
  },
  {
    name: 'read-exceljs',
    async run(input) {
      const { default: ExcelJS } = await import('exceljs')
      const workbook = new ExcelJS.Workbook()
      await workbook.xlsx.readFile(input)
      let good = 0
      workbook.worksheets[0]?.eachRow((row, number) => {
        if (number > 1) good += checked(number, row)
      })
      return good
    },
  },
  {
    name: 'read-exceljs-stream',
    async run(input) {
      const { default: ExcelJS } = await import('exceljs')
      let good = 0
      for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader(input, {})) {
        for await (const row of sheet) if (row.number > 1) good += checked(row.number, row)
      }
      return good
    },
  },
  {
    name: 'write-rowbot',
    async run(input, rows) {
      const header = { headings: HEADINGS, outputNames: ['text'], summary: [] }
      await writeResult({ path: `${input}.rowbot.xlsx`, format: 'plain', header, rows: () => results(rows) })
      return rows
    },
  },
  {
    // 240 answers of 5 MB: memory must be limited by bytes, not by rows.
    name: 'write-rowbot-large',
    async run(input, rows) {
      const header = { headings: HEADINGS, outputNames: ['text'], summary: [] }
      const path = `${input}.large.xlsx`
      await writeResult({ path, format: 'plain', header, rows: () => largeResults(rows) })
      return rows
    },
  },
  {
    name: 'write-own',
    async run(input, rows) {
      const header = { headings: HEADINGS, outputNames: ['text'], summary: [] }
      await writeOwn({ input, path: `${input}.own.xlsx`, header, rows: () => results(rows) })
      return rows
    },
  },
  {
    // The memory must be limited by bytes here, too: the workbook has as many rows as there are answers of 5 MB.
    name: 'write-own-large',
    async run(input, rows) {
      const header = { headings: HEADINGS, outputNames: ['text'], summary: [] }
      await makeInput(`${input}.xlsx`, rows)
      await writeOwn({
        input: `${input}.xlsx`,
        path: `${input}.own.xlsx`,
        header,
        rows: () => largeResults(rows),
      })
      return rows
    },
  },
  {
    name: 'write-exceljs',
    async run(input, rows) {
      const { default: ExcelJS } = await import('exceljs')
      const workbook = new ExcelJS.Workbook()
      const sheet = workbook.addWorksheet('Results')
      for await (const chunk of results(rows)) {
        for (const { cells, status, outputs, attempts, seconds, tokens, workflowRunId, row } of chunk) {
          sheet.addRow([
            ...cells,
            outputs?.['text'],
            status,
            null,
            attempts,
            seconds,
            tokens,
            null,
            null,
            workflowRunId,
            row,
          ])
        }
      }
      await workbook.xlsx.writeFile(`${input}.exceljs.xlsx`)
      return rows
    },
  },
]

/** Adds the columns of a result to a workbook that `makeInput` made. */
async function writeOwn({
  input,
  path,
  header,
  rows,
}: { input: string } & Pick<ResultToWrite, 'path' | 'header' | 'rows'>): Promise<void> {
  const file = { name: 'bench.xlsx', bytes: await Bun.file(input).bytes() }
  const upload = { file, sheet: SHEET, headingRow: 1 }
  const written = await writeResult({ path, format: 'own', upload, header, rows })
  if (written.kind !== 'own') throw new Error(`not in the own workbook, because ${written.why?.message}`)
}

/** Makes the workbook to read, as an exporter writes it: a table of texts, dates and prices with formats. */
export async function makeInput(path: string, rows: number): Promise<void> {
  const { default: ExcelJS } = await import('exceljs')
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({
    filename: path,
    useStyles: true,
    useSharedStrings: true,
  })
  const sheet = workbook.addWorksheet(SHEET)
  sheet.addRow(HEADINGS).commit()
  for (let i = 1; i <= rows; i++) sheet.addRow(cellsOf(i)).commit()
  await workbook.commit()
}

export function cellsOf(i: number): (string | number | Date)[] {
  const tone = ['formal', 'casual', 'playful'][i % 3] ?? ''
  const when = new Date(Date.UTC(2026, 0, 1 + (i % 300)))
  return [
    `SKU-${i}`,
    `Product ${i}`,
    `Feature ${i}: boils, shines and folds`,
    tone,
    40 + (i % 60),
    i * 1.1,
    when,
    `note ${i % 1000}`,
  ]
}

function checked(number: number, row: ExcelJS.Row): number {
  // `as`: exceljs counts cells from 1 and returns a Date for a date, which is fine for the four cells that are
  // checked.
  const cells = (row.values as Value[]).slice(1)
  return prepare({ row: number, cells }, VARIABLES, MAPPING, DEFAULT_LIMITS).faults.length === 0 ? 1 : 0
}

async function* results(rows: number): AsyncGenerator<ResultRow[]> {
  for (let first = 1; first <= rows; first += CHUNK) {
    const last = Math.min(rows, first + CHUNK - 1)
    yield Array.from({ length: last - first + 1 }, (_, i) => resultOf(first + i))
  }
}

const CHUNK = 1_000

const LARGE_LINES = 60_000

async function* largeResults(rows: number): AsyncGenerator<ResultRow[]> {
  for (let i = 1; i <= rows; i++) {
    const lines = Array.from(
      { length: LARGE_LINES },
      (_, line) => `${line}: ${Math.random()} shines and folds, over and over again, ${i}`,
    )
    yield [{ ...resultOf(i), outputs: { text: lines.join('\n') } }]
  }
}

function resultOf(i: number): ResultRow {
  return {
    row: i + 1,
    cells: cellsOf(i).map((cell) => (cell instanceof Date ? cell.toISOString().slice(0, 10) : cell)),
    status: 'succeeded',
    outputs: { text: `A product that boils, shines and folds, number ${i}, for people who like products.` },
    error: null,
    warning: null,
    attempts: 1,
    seconds: 2.5,
    tokens: 312,
    price: null,
    currency: null,
    workflowRunId: `run-${i}`,
  }
}
