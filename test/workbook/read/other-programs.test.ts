import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { rawText, shownText } from '../../../src/workbook/read/value.ts'
import { cellsOf, checked } from '../support/inspect.ts'
import { upload } from '../support/xlsx.ts'

// Workbooks that other programs wrote as .xls, .xlsb and .ods: fixtures/make.sh says how.

async function fixture(name: string) {
  return upload(await Bun.file(join(import.meta.dir, '../fixtures', name)).bytes(), name)
}

async function shown(name: string, sheet = 0) {
  return (await cellsOf(await fixture(name), sheet)).map(({ row, cells }) => [row, ...cells.map(shownText)])
}

async function raw(name: string) {
  return (await cellsOf(await fixture(name))).map(({ cells }) => cells.map(rawText))
}

test.each(['xlwt.xls', 'xlwt-1904.xls'])(
  '%s: formats, rows and truth values are as written',
  async (name) => {
    expect(await shown(name)).toEqual([
      [1, 'Products of the third quarter'],
      [3, 'Name', 'Code', 'When', 'Share', 'Yes', 'Sum'],
      [4, 'Kettle 😀 &amp; 东京\n2 l', '00417', '31/01/2026 13:45', '12.5%', 'TRUE', ''],
      [5, '00123', '0.3', '2026-01-31', '', 'FALSE'],
      [7, 'after a blank row', '-1234.5', '8:30:00'],
      [8, 'é'.repeat(9_000) + '東'.repeat(6_000), 'end'],
    ])
    expect((await raw(name))[2]?.slice(1, 5)).toEqual(['00417', '2026-01-31T13:45:00', '12.5%', 'TRUE'])
  },
)

test('xlwt: hidden sheets and rows, merged cells and formulas without a result are known', async () => {
  const found = await checked(await fixture('xlwt.xls'))
  expect(found.sheets).toEqual([
    { name: 'Orders', hidden: false, rows: 4 },
    { name: '__proto__', hidden: true, rows: 0 },
  ])
  expect(found.headingRow).toBe(3)
  expect(found.faults.map(({ code, cells }) => [code, cells])).toEqual([
    ['uncalculated', ['F4']],
    ['hidden-rows', ['7']],
  ])
})

test('Spreadsheet::WriteExcel: a formula that it gave the result 0 was never calculated', async () => {
  expect((await cellsOf(await fixture('writeexcel.xls'))).map(({ cells }) => cells)).toEqual([
    ['Name', 'When', 'Sum'],
    ['00123', '2026-01-31', { uncalculated: true }],
    [3.25],
  ])
})

test.each(['libreoffice.xls', 'libreoffice.ods'])(
  '%s is read as the .xlsx that it was made from',
  async (name) => {
    const [first, second] = [
      await cellsOf(await fixture('openpyxl.xlsx')),
      await cellsOf(await fixture(name)),
    ]
    const rows = (all: typeof first) => all.map(({ row, cells }) => [row, ...cells.map(shownText)])
    const expected = rows(first)
    expected[1]?.splice(-1, 1, '2') // LibreOffice has calculated it
    expect(rows(second)).toEqual(expected)
    expect(second.at(-1)?.cells.at(-1)).toEqual({ error: '#N/A' })
    expect((await checked(await fixture(name))).sheets).toEqual([
      { name: 'Orders', hidden: false, rows: 3 },
      { name: 'Old', hidden: true, rows: 0 },
    ])
  },
)

test.each(['gnumeric.xls', 'gnumeric.ods'])(
  '%s: Excel 95 and OpenDocument have the same cells',
  async (name) => {
    expect(await shown(name)).toEqual([
      [1, 'Name', 'When', 'Sum', 'Yes'],
      [2, 'Kettle, 1.7 l', '2026-Jan-31', '2', 'TRUE'],
      [3, 'two\nlines', '13:45', 'ab', 'FALSE'],
    ])
  },
)

test('Excel: an .xlsb has dates, and times of more than a day', async () => {
  expect(await raw('excel-dates.xlsb')).toEqual([
    ['2021-01-01', '15'],
    ['2021-01-02', '16'],
    ['255:10:10', '17'],
  ])
})

test('Excel: a chart sheet of an .xlsb is no sheet, and hidden sheets are known', async () => {
  expect(
    (await checked(await fixture('excel-sheets.xlsb'))).sheets.map(({ name, hidden }) => [name, hidden]),
  ).toEqual([
    ['Visible', false],
    ['Hidden', true],
    ['VeryHidden', true],
  ])
})

test('odfpy: what cells show is sent, and their values are there as well', async () => {
  expect(await shown('odfpy.ods')).toEqual([
    [1, 'Name', 'Price', 'Share', 'When', 'At', 'Yes', 'Sum'],
    [2, 'Kettle   & 😀\nx\nsecond', '1.200,00 €', '12,5 %', '31.01.2026 13:45', '08:30', 'TRUE', ''],
    [6, 'merged', '', '0.3'],
    [7, '', '', '7'],
    [8, 'again', '1', '1', '1'],
    [9, 'again', '1', '1', '1'],
  ])
  expect((await raw('odfpy.ods'))[1]?.slice(1)).toEqual([
    '1200',
    '12.5%',
    '2026-01-31T13:45:00',
    '08:30:00',
    'TRUE',
    '',
  ])
})

test('odfpy: hidden sheets and rows and formulas without a result are known', async () => {
  const found = await checked(await fixture('odfpy.ods'))
  expect(found.sheets).toEqual([
    { name: 'Orders', hidden: false, rows: 5 },
    { name: 'Old', hidden: true, rows: 0 },
  ])
  expect(found.faults.map(({ code, cells }) => [code, cells])).toEqual([
    ['uncalculated', ['G2']],
    ['hidden-rows', ['6', '7']],
  ])
})
