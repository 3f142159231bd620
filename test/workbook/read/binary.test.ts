import { expect, test } from 'bun:test'
import type { BookType } from '@e965/xlsx'
import { cellsOf, checked, refusalOf } from '../support/inspect.ts'
import { sheetjs, sheetOf } from '../support/sheetjs.ts'
import { upload } from '../support/xlsx.ts'

const KINDS: BookType[] = ['xlsb', 'biff8', 'biff5', 'biff2']

async function rowsOf(bytes: Uint8Array) {
  return (await cellsOf(upload(bytes, 'a.xls'))).map(({ row, cells }) => [row, ...cells])
}

test.each(KINDS)('%s: texts, numbers, truth values and blanks are as written', async (kind) => {
  const sheet = sheetOf([['Name', 'Price', 'Yes'], ['Kettle', 1.5, true], [], [null, -7, false]])
  expect(await rowsOf(sheetjs(kind, { Orders: sheet }))).toEqual([
    [1, 'Name', 'Price', 'Yes'],
    [2, 'Kettle', 1.5, true],
    [4, null, -7, false],
  ])
})

test.each<BookType>(['xlsb', 'biff8'])('%s: no text is decoded, escaped or cut', async (kind) => {
  const texts = ['😀', '&amp;', '_x0041_', '&#128512;', ' a ', '=1+1', '00123', 'x'.repeat(250)]
  expect(await rowsOf(sheetjs(kind, { A: sheetOf(texts.map((text) => [text])) }))).toEqual(
    texts.map((text, i) => [i + 1, text]),
  )
})

test.each<BookType>(['xlsb', 'biff8'])('%s: errors are known by their names', async (kind) => {
  const sheet = sheetOf([['a', 'b']])
  sheet['A1'] = { t: 'e', v: 0x2a }
  sheet['B1'] = { t: 'e', v: 0x07 }
  expect(await rowsOf(sheetjs(kind, { A: sheet }))).toEqual([[1, { error: '#N/A' }, { error: '#DIV/0!' }]])
})

test.each<BookType>(['xlsb', 'biff8'])(
  '%s: dates are counted from 1904 where the workbook says so',
  async (kind) => {
    const sheet = sheetOf([[44_591]])
    sheet['A1'] = { t: 'n', v: 44_591, z: 'yyyy-mm-dd' }
    expect(await rowsOf(sheetjs(kind, { A: sheet }, true))).toEqual([[1, '2026-01-31']])
    expect(await rowsOf(sheetjs(kind, { A: sheet }))).toEqual([[1, '2022-01-30']])
  },
)

test('hidden rows and merged cells of an .xlsb are known', async () => {
  const sheet = sheetOf([['Name'], ['a'], ['b']])
  sheet['!rows'] = [{}, { hidden: true }]
  sheet['!merges'] = [{ s: { r: 1, c: 0 }, e: { r: 2, c: 0 } }]
  const found = await checked(upload(sheetjs('xlsb', { Été: sheet, Other: sheetOf([['x']]) })))
  expect(found.sheets.map(({ name }) => name)).toEqual(['Été', 'Other'])
  expect(found.faults.map(({ code, cells }) => [code, cells])).toEqual([
    ['hidden-rows', ['2']],
    ['merged-cells', ['A2']],
  ])
})

const limits: [string, object, string][] = [
  ['rows', { maxRows: 10 }, 'too-many-rows'],
  ['columns', { maxColumns: 2 }, 'too-many-columns'],
  ['characters of a cell', { maxCellChars: 4 }, 'cell-too-long'],
  ['characters of all texts', { maxTextChars: 1_000 }, 'too-large-inside'],
]

test.each(KINDS.slice(0, 2).flatMap((kind) => limits.map((limit) => [kind, ...limit] as const)))(
  '%s: a workbook over the limit of %s is refused',
  async (kind, _, limit, code) => {
    const rows = Array.from({ length: 200 }, (_, i) => [`name ${i}`, i, i])
    const bytes = sheetjs(kind, { A: sheetOf(rows) })
    expect(await refusalOf(bytes)).toBe('not refused')
    expect(await refusalOf(bytes, limit)).toBe(code)
  },
)

test('a sheet that is over a limit leaves the others readable', async () => {
  const many = sheetOf(Array.from({ length: 300 }, (_, i) => [i]))
  const bytes = sheetjs('xlsb', { Orders: sheetOf([['Name'], ['a']]), Many: many })
  expect(await checked(upload(bytes), {}, { maxRows: 10 })).toMatchObject({ sheet: 'Orders', rows: 1 })
})
