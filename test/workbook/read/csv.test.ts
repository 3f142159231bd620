import { expect, test } from 'bun:test'
import { parse } from 'csv-parse/sync'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { records } from '../../../src/workbook/read/csv-records.ts'
import { decodeText } from '../../../src/workbook/read/encoding.ts'
import { cellsOf, checked, refusalOf } from '../support/inspect.ts'
import { random } from '../../support/random.ts'
import { upload } from '../support/xlsx.ts'

const rows = (bytes: Uint8Array | string, name = 'orders.csv') => cellsOf(upload(bytes, name))

// 名称,价格 / 茶壶,12 in GBK, and 𠮷 which only GB18030 has
const GBK = new Uint8Array([
  0xc3, 0xfb, 0xb3, 0xc6, 0x2c, 0xbc, 0xdb, 0xb8, 0xf1, 0x0a, 0xb2, 0xe8, 0xba, 0xf8, 0x2c, 0x31, 0x32,
])
const GB18030 = new Uint8Array([...GBK, 0x0a, 0x95, 0x34, 0xb2, 0x35])

test('every cell of a CSV file stays text, so ids keep their zeros and digits', async () => {
  expect(await rows('id,n\n00123,1e5\n12345678901234567890,TRUE\n')).toEqual([
    { row: 1, cells: ['id', 'n'] },
    { row: 2, cells: ['00123', '1e5'] },
    { row: 3, cells: ['12345678901234567890', 'TRUE'] },
  ])
})

test('blank lines count as rows of the sheet, and a line break in quotes does not', async () => {
  expect(await rows('a,b\r\n\r\n"two\r\nlines","say ""hi"""\r\n,,\r\nx,y')).toEqual([
    { row: 1, cells: ['a', 'b'] },
    { row: 3, cells: ['two\nlines', 'say "hi"'] },
    { row: 5, cells: ['x', 'y'] },
  ])
})

test.each([
  ['comma', 'a,b\n"1,5",2'],
  ['semicolon', 'a;b\n1,5;2'],
  ['tab', 'a\tb\n1,5\t2'],
  ['bar', 'a|b\n1,5|2'],
])('cells divided by %s', async (_, text) => {
  expect((await rows(text)).map(({ cells }) => cells)).toEqual([
    ['a', 'b'],
    ['1,5', '2'],
  ])
})

test('the divider that a first line names is taken, and the row numbers go on from it', async () => {
  expect(await rows('sep=;\r\na,x;b\r\n1;2')).toEqual([
    { row: 2, cells: ['a,x', 'b'] },
    { row: 3, cells: ['1', '2'] },
  ])
})

test('commas in long texts do not make a table of one column into many', async () => {
  const text = 'question\n"Why, oh why?"\nHow?\nWhen, where?'
  expect((await rows(text)).map(({ cells }) => cells.length)).toEqual([1, 1, 1, 1])
})

test('marks in the middle of a cell are marks', async () => {
  expect((await rows('name,size\npipe,5" wide\n')).at(1)?.cells).toEqual(['pipe', '5" wide'])
})

test('a quotation mark that is never closed is refused, for it would swallow the rest', async () => {
  expect(await refusalOf(upload('a,b\n1,"2\n3,4\n', 'x.csv'))).toBe('open-quote')
})

test.each([
  ['UTF-8', Buffer.from('名称,价格\n茶壶,12')],
  ['UTF-8 with a mark', Buffer.from('\ufeff名称,价格\n茶壶,12')],
  ['UTF-16 LE', Buffer.from('\ufeff名称,价格\n茶壶,12', 'utf16le')],
  ['UTF-16 BE', Buffer.from('\ufeff名称,价格\n茶壶,12', 'utf16le').swap16()],
  ['GBK', GBK],
])('text in %s is read', async (_, bytes) => {
  expect((await rows(bytes)).map(({ cells }) => cells)).toEqual([
    ['名称', '价格'],
    ['茶壶', '12'],
  ])
})

test('UTF-16 without a mark and GB18030 beyond GBK are read', async () => {
  expect((await rows(Buffer.from('name,n\nteapot,12', 'utf16le'))).at(1)?.cells).toEqual(['teapot', '12'])
  expect((await rows(GB18030)).at(2)?.cells).toEqual(['𠮷'])
})

test('Western text is not taken for Chinese, and where it is a guess, the guess is told', async () => {
  const plain = Buffer.from('name,note\nTøj fra Århus,ét får\nSmørrebrød,på blå tallerken\n', 'latin1')
  expect(await decodeText(plain)).toMatchObject({ label: 'windows-1252', sure: true })
  const found = await checked(upload(Buffer.from('name\nnaïve\n', 'latin1'), 'x.csv'))
  expect(found.faults).toMatchObject([{ code: 'guessed-encoding', note: true }])
  expect(found.encoding?.sure).toBe(false)
  expect(found.encoding?.alternatives.map(({ sample }) => sample[0])).toContain('naïve')
})

test('UTF-8 that is cut in the middle of a character is refused, not guessed at', async () => {
  const bytes = Buffer.from('name\n茶壶')
  expect(await refusalOf(upload(bytes.subarray(0, -1), 'x.csv'))).toBe('corrupt')
})

test('a CSV file is one sheet, named like the file', async () => {
  const found = await checked(upload('a\n1\n2', 'path/to/orders.csv'))
  expect(found.sheets).toEqual([{ name: 'orders', hidden: false, rows: 2 }])
})

test('the limits hold for CSV too', async () => {
  expect(await refusalOf(upload('a\n'.repeat(200), 'x.csv'), { maxRows: 50 })).toBe('too-many-rows')
  expect(await refusalOf(upload('a,b,c', 'x.csv'), { maxColumns: 2 })).toBe('too-many-columns')
  expect(await refusalOf(upload('a'.repeat(40_000), 'x.csv'))).toBe('not refused')
  expect(await refusalOf(upload('a'.repeat(1_000_001), 'x.csv'))).toBe('cell-too-long')
})

test('records read the same as with a general parser', () => {
  const next = random(3)
  const pieces = ['a', 'ü', ' ', '1', '""', '\n', '\r\n', ',', '"', 'x y']
  for (let i = 0; i < 2000; i++) {
    const cells = Array.from({ length: 1 + next(3) }, () =>
      Array.from({ length: 1 + next(4) }, () =>
        Array.from({ length: next(4) }, () => pieces[next(pieces.length)]).join(''),
      ),
    )
    const text = cells.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n')
    const theirs: string[][] = parse(text, { relax_column_count: true })
    const ours = [...records(text, { at: 0, row: 0 }, ',', DEFAULT_LIMITS)].map(({ cells }) => cells)
    // Ours leaves blank rows and empty cells at the end of a row out, and sees one line break where the file has two characters.
    const lines = theirs.map((row) => trimmed(row.map((cell) => cell.replaceAll('\r\n', '\n') || null)))
    expect(ours).toEqual(lines.filter((cells) => cells.length > 0))
  }
})

function trimmed(cells: (string | null)[]): (string | null)[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== null) + 1)
}
