import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import type { Value } from '../../../src/workbook/read/value.ts'
import { escaped } from '../../../src/workbook/write/to-cell.ts'
import { bare, cellsOf } from '../support/inspect.ts'
import { random } from '../../support/random.ts'

// What another program writes is what we read: here exceljs, with values made by chance (and the same ones each time).

const PIECES = [
  'a',
  ' ',
  '  x',
  '\n',
  '&',
  '<b>',
  '"',
  "'",
  ']]>',
  '😀',
  '东京',
  'é',
  '_x0041_',
  '=1+1',
  '\t',
  '0',
  'ﬁ',
]

test.each([true, false])(
  'what exceljs writes is what we read (table of texts: %p)',
  async (useSharedStrings) => {
    const next = random(11)
    for (let round = 0; round < 12; round++) {
      const rows = Array.from({ length: 1 + next(40) }, () =>
        Array.from({ length: 1 + next(8) }, () => value(next)),
      )
      const bytes = await written(rows, useSharedStrings)
      const read = (await cellsOf(bytes)).map(({ row, cells }) => ({
        row,
        cells: cells.map((cell) => bare(cell)),
      }))
      expect(read).toEqual(expectedOf(rows))
    }
  },
)

type Source = string | number | boolean | null | Date

function value(next: (n: number) => number): Source {
  switch (next(6)) {
    case 0:
      return null
    case 1:
      return next(2) === 0
    case 2:
      return (next(2_000_000) - 1_000_000) / 10 ** next(12)
    case 3:
      return new Date(Date.UTC(1950 + next(100), next(12), 1 + next(28), next(24), next(60), next(60)))
    default:
      return Array.from({ length: next(6) }, () => PIECES[next(PIECES.length)]).join('')
  }
}

async function written(rows: Source[][], useSharedStrings: boolean): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('Data')
  for (const row of rows) sheet.addRow(row.map((cell) => (typeof cell === 'string' ? escaped(cell) : cell)))
  return new Uint8Array(await workbook.xlsx.writeBuffer({ useSharedStrings, useStyles: true }))
}

function expectedOf(rows: Source[][]): { row: number; cells: Value[] }[] {
  return rows
    .map((cells, i) => ({ row: i + 1, cells: trimmed(cells.map(readAs)) }))
    .filter(({ cells }) => cells.length > 0)
}

function readAs(cell: Source): Value {
  if (cell === '') return null
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell : Number(cell.toPrecision(15))
  if (!(cell instanceof Date)) return cell
  const text = cell.toISOString().slice(0, 19)
  return text.endsWith('T00:00:00') ? text.slice(0, 10) : text
}

function trimmed(cells: Value[]): Value[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== null) + 1)
}
