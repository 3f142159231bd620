import { expect, test } from 'bun:test'
import { cellsOf, checked, columnA, refusalOf } from '../support/inspect.ts'
import { fixture } from '../support/fixture.ts'
import { relationships, rowsXml, upload, xlsm, xlsx } from '../support/xlsx.ts'

// Workbooks that Excel opens, though few programs write them so.

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

test('one element per cell is one row', async () => {
  expect(await cellsOf(await fixture('row-per-cell.xlsx'))).toEqual([
    { row: 1, cells: ['name', 'price'] },
    { row: 2, cells: ['Lamp', 5] },
  ])
})

test('a row whose elements go on in the next piece of the file is still one row', async () => {
  const long = 'x'.repeat(30_000)
  const element = (cell: string) => `<row r="1"><c r="${cell}" t="str"><v>${long}</v></c></row>`
  const data = Array.from({ length: 20 }, (_, i) => element(`${String.fromCharCode(65 + i)}1`)).join('')
  const rows = await cellsOf(xlsx({ data }))
  expect(rows.map(({ row, cells }) => [row, cells.length])).toEqual([[1, 20]])
})

test('a row is hidden if one of its elements is', async () => {
  const data =
    rowsXml([['Name', 'Price']]) +
    '<row r="2"><c r="A2"><v>1</v></c></row><row r="2" hidden="1"><c r="B2"><v>2</v></c></row>' +
    '<row r="3"><c r="A3"><v>3</v></c></row>'
  expect((await checked(xlsx({ data }))).faults).toMatchObject([{ code: 'hidden-rows', cells: ['2'] }])
})

test.each([
  ['/xl/worksheets/data.xml', 'xl/worksheets/data.xml'],
  ['../xl/worksheets/data.xml', 'xl/worksheets/data.xml'],
  ['worksheets\\data.xml', 'xl/worksheets/data.xml'],
  ['\\xl\\worksheets\\data.xml', 'xl\\worksheets\\data.xml'],
  ['/xl/worksheets/Data.XML', 'XL/Worksheets/data.xml'],
  ['worksheets/my%20data.xml', 'xl/worksheets/my data.xml'],
  ['worksheets/my%20data.xml', 'xl/worksheets/my%20data.xml'],
  ['worksheets/%E6%95%B0%E6%8D%AE.xml', 'xl/worksheets/数据.xml'],
  ['worksheets/100%.xml', 'xl/worksheets/100%.xml'],
  ['xl/worksheets/data.xml', 'xl/worksheets/data.xml'],
  ['./worksheets//data.xml', './xl/worksheets/data.xml'],
])('a sheet at %s is found as %s', async (target, name) => {
  const parts = {
    'xl/worksheets/sheet1.xml': null,
    'xl/_rels/workbook.xml.rels': relationships([['rId1', 'worksheet', target]]),
    [name]: `<worksheet xmlns="${MAIN}"><sheetData>${rowsXml([['found']])}</sheetData></worksheet>`,
  }
  expect(await columnA(xlsx({ parts }))).toEqual(['found'])
})

test('dates of a strict workbook are as Excel shows them, not a second early', async () => {
  const rows = await cellsOf(await fixture('strict-iso.xlsx'))
  expect(rows.slice(1).map(({ cells }) => cells[1])).toEqual([
    { date: '2014-01-16T16:00:00', shown: '2014-01-16 16:00' },
    { date: '11:00:00', shown: '11:00' },
    '26:30:00',
  ])
})

test.each([
  ['2014-01-16T16:00:00+02:00', '2014-01-16T16:00:00'],
  ['2014-01-16T16:00:00.4-0530', '2014-01-16T16:00:00'],
  ['2014-01-16T00:00Z', '2014-01-16'],
  ['2014-12-31T23:59:59.9999', '2015-01-01'],
  ['2014-01-16T24:00:00', '2014-01-17'],
  ['16:30Z', '16:30:00'],
  ['23:59:59.9999', '24:00:00'],
  ['P1DT2H30M', '26:30:00'],
  ['PT90M', '01:30:00'],
  ['PT0S', '00:00:00'],
  ['P', 'P'],
  ['2014-02-30', '2014-02-30'],
  ['2014-01-16T25:00:00', '2014-01-16T25:00:00'],
  ['9999-12-31T23:59:59.9999', '9999-12-31T23:59:59.9999'],
  ['0001-01-01', '0001-01-01'],
])('%s of a strict workbook is %s', async (iso, shown) => {
  expect(await columnA(xlsx({ data: `<row><c t="d"><v>${iso}</v></c></row>` }))).toEqual([shown])
})

test('a module of macros among the sheets is passed over', async () => {
  const list =
    '<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/><sheet name="S" sheetId="1" r:id="rId1"/>'
  const workbook = `<workbook xmlns="${MAIN}" xmlns:r="http://r"><sheets>${list}</sheets></workbook>`
  const found = await checked(xlsx({ data: rowsXml([['a'], ['b']]), parts: { 'xl/workbook.xml': workbook } }))
  expect(found.sheets).toEqual([{ name: 'S', hidden: false, rows: 1 }])
})

test('a workbook with macros is read as any other, and a note says that they are not run', async () => {
  const found = await checked(upload(xlsm([['Name'], ['Kettle']]), 'orders.xlsm'))
  expect(found).toMatchObject({ rows: 1, good: 1, faults: [{ code: 'macros', note: true, cells: [] }] })
})

test('an .xlsm without macros needs no note, and what is no workbook is refused under that name, too', async () => {
  expect((await checked(upload(xlsx({ data: rowsXml([['a'], ['b']]) }), 'a.xlsm'))).faults).toEqual([])
  expect(await refusalOf(upload('name,tone', 'a.xlsm'))).toBe('text')
})
