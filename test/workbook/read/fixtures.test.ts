import { expect, test } from 'bun:test'
import { cellsOf, checked } from '../support/inspect.ts'
import { fixture } from '../support/fixture.ts'

// Workbooks that other programs wrote: fixtures/make.sh says how.

async function rowsOf(name: string) {
  return (await cellsOf(await fixture(name))).map(({ cells }) => cells)
}

test('a workbook of openpyxl', async () => {
  expect(await rowsOf('openpyxl.xlsx')).toEqual([
    ['Name', 'Key features', 'Tone', 'Max words', 'When', 'At', 'Sum'],
    ['Kettle 😀', 'boils\nin 3 min', 'formal', 60, '2026-01-31', '08:30:00', { uncalculated: true }],
    ['00123', '=SUM(1)', 'friendly', 0.3, '2026-01-31T13:45:00', null, true],
    [null, 'x', 'casual', 'many', null, null, { error: '#N/A' }],
  ])
  expect((await checked(await fixture('openpyxl.xlsx'))).sheets).toEqual([
    { name: 'Orders', hidden: false, rows: 3 },
    { name: 'Old', hidden: true, rows: 0 },
  ])
})

test('a workbook of XlsxWriter: titles, the system of 1904, rich text, formats, formatted empty rows', async () => {
  const found = await checked(await fixture('xlsxwriter.xlsx'))
  expect(found).toMatchObject({ headingRow: 3, headings: ['Name', 'Code', 'When', 'Angle'], rows: 2 })
  expect(await rowsOf('xlsxwriter.xlsx')).toEqual([
    ['Products of the third quarter'],
    ['Name', 'Code', 'When', 'Angle'],
    ['Kettle 1.7 l', { number: 417, shown: '00417' }, '2026-01-31T13:45:00', 1.5],
    ['a link', null, false, 'ab'],
  ])
})

test.each([
  ['gnumeric.xlsx', true, false, '13:45:00'],
  ['libreoffice.xlsx', 'TRUE', 'FALSE', '13:45'],
])('a workbook of %s', async (name, yes, no, time) => {
  const rows = await rowsOf(name)
  expect(rows).toEqual([
    ['Name', 'When', 'Sum', 'Yes'],
    ['Kettle, 1.7 l', '2026-01-31', 2, yes],
    ['two\nlines', time, 'ab', no],
  ])
})
