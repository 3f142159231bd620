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
    [
      'Kettle 😀',
      'boils\nin 3 min',
      'formal',
      60,
      '2026-01-31',
      dated('08:30:00', '8:30:00'),
      { uncalculated: true },
    ],
    ['00123', '=SUM(1)', 'friendly', 0.3, dated('2026-01-31T13:45:00', '2026-01-31 13:45:00'), null, true],
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
    [
      'Kettle 1.7 l',
      { number: 417, shown: '00417', raw: '00417' },
      dated('2026-01-31T13:45:00', '31/01/2026 13:45'),
      { number: 1.5, shown: '1.5d' },
    ],
    ['a link', null, false, 'ab'],
  ])
})

test.each([
  ['gnumeric.xlsx', true, false, dated('2026-01-31', '2026-Jan-31'), dated('13:45:00', '13:45')],
  ['libreoffice.xlsx', 'TRUE', 'FALSE', '2026-01-31', '13:45'],
])('a workbook of %s', async (name, yes, no, date, time) => {
  const rows = await rowsOf(name)
  expect(rows).toEqual([
    ['Name', 'When', 'Sum', 'Yes'],
    ['Kettle, 1.7 l', date, 2, yes],
    ['two\nlines', time, 'ab', no],
  ])
})

function dated(date: string, shown: string) {
  return { date, shown }
}
