import { expect, test } from 'bun:test'
import { isRisky, MAX_CELL_CHARS, toCell } from '../../../src/workbook/write/to-cell.ts'
import { sheetName } from '../../../src/workbook/write/carried/sheet-name.ts'

test.each([
  ['nothing', null, null],
  ['undefined', undefined, null],
  ['an empty text', '', null],
  ['zero', 0, 0],
  ['false', false, false],
  ['a number that is none', Number.NaN, 'NaN'],
  ['a number without end', -Infinity, '-Infinity'],
  ['a number beyond doubles', 12345678901234567890n, '12345678901234567890'],
  ['a list of texts', ['a', 'b', 3], 'a\nb\n3'],
  ['an object', { a: [1] }, '{\n  "a": [\n    1\n  ]\n}'],
  ['what exceljs takes for a formula', { formula: '=1+1' }, '{\n  "formula": "=1+1"\n}'],
  ['control characters', 'a\u0000\u0007\ufffeb\tc\r\nd', 'ab\tc\nd'],
  ['half a character', 'a\ud83d', 'a\ufffd'],
  ['what looks like an escape', '_x0041_ and _x_', '_x005F_x0041_ and _x_'],
])('%s becomes a plain value', (_, value, expected) => {
  expect(toCell(value).value).toBe(expected)
})

test('what begins like a formula is risky, and a number as a cell shows it is not', () => {
  for (const text of [
    '=1',
    '+1+1',
    '-cmd',
    '@x',
    '\t=1',
    '＝1',
    '-1-1',
    '+86 138',
    '\n=1',
    ' =1',
    '\u00a0+1+1',
  ])
    expect(isRisky(text)).toBe(true)
  for (const text of ['a=1', '-5', '+5.25', '-12.5%', '-$1,234.50', '-23.79 €', '5', '', ' -5', '\n\nHello'])
    expect(isRisky(text)).toBe(false)
})

test('a carriage return does not hide a formula', () => {
  expect(toCell('\r=1+1')).toEqual({ value: '\n=1+1', risky: true })
})

test('a text that does not fit is cut between characters and kept whole beside', () => {
  const text = '😀'.repeat(20_000)
  const { value, whole } = toCell(text)
  expect(whole).toBe(text)
  expect(String(value).length).toBeLessThanOrEqual(MAX_CELL_CHARS)
  expect(String(value).isWellFormed()).toBe(true)
  expect(value).toEndWith('[cut: the whole text is on the sheet “Long texts”]')
  const escapes = toCell('_x0041_'.repeat(4_600))
  expect(String(escapes.value).length).toBeLessThanOrEqual(MAX_CELL_CHARS)
  expect(toCell('a'.repeat(MAX_CELL_CHARS)).whole).toBeUndefined()
})

test('names of sheets are made legal and different', () => {
  const taken = new Set<string>()
  expect(sheetName('a/b:c', taken)).toBe('a_b_c')
  expect(sheetName('A_b_c', taken)).toBe('A_b_c (2)')
  expect(sheetName('History', taken)).toBe('History_')
  expect(sheetName('x'.repeat(40), taken)).toHaveLength(31)
  expect(sheetName("'quoted'", taken)).toBe('_quoted_')
})
