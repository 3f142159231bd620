import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { cellsOf, checked, failureOf } from '../support/inspect.ts'
import { upload } from '../support/xlsx.ts'

const fixture = (name: string) =>
  upload(readFileSync(new URL(`../fixtures/csv/${name}.csv`, import.meta.url)), `${name}.csv`)
const table = async (text: string) => {
  const { headings, preview, delimiter } = await checked(upload(text, 'x.csv'))
  return { delimiter, rows: [headings, ...preview.map(({ cells }) => cells)] }
}

test.each([
  ['title_semicolon', ';', ['Name', 'Preis'], ['Lampe', '12,50']],
  ['european', ';', ['Name', 'Preis', 'Datum'], ['Lampe', '12,50', '31.12.2025']],
  ['one_column_commas', '\t', ['text'], ['Hello, world']],
  ['trailing_commas', ',', ['name', 'price'], ['Lamp', '5']],
  ['sep_tab', '\t', ['name', 'price'], ['Lamp', '5']],
  ['quote_space', ',', ['name', 'price'], ['Lamp', '5, and 6']],
  ['utf16le_bom', '\t', ['name', '说明'], ['a', '红']],
] as const)('%s is divided where a person sees it', async (name, delimiter, headings, first) => {
  const found = await checked(fixture(name))
  expect(found.delimiter).toBe(delimiter)
  expect(found.headings).toEqual([...headings])
  expect(found.preview[0]?.cells).toEqual([...first])
  expect(found.faults).toEqual([])
})

test('titles above the headings do not hide the delimiter', async () => {
  const { delimiter, rows } = await table('Report, March\n\nname;price\nLamp;1,5\nChair, old;2\n')
  expect(delimiter).toBe(';')
  expect(rows).toEqual([
    ['name', 'price'],
    ['Lamp', '1,5'],
    ['Chair, old', '2'],
  ])
})

test('a column of numbers with decimal commas is one column', async () => {
  expect((await table('Preis\n12,50\n3,40\n7,00\n')).rows[1]).toEqual(['12,50'])
})

test('rows that leave their last cells out do not change the delimiter', async () => {
  expect((await table('a,b,c\n1;x\n2;y,z\n3\n')).delimiter).toBe(',')
})

test('spaces around quotation marks are not text; marks with text on both sides are', async () => {
  expect((await table('a,b\n1, "x, ""y""" \n2, "x" and "y"\n')).rows.slice(1)).toEqual([
    ['1', 'x, "y"'],
    ['2', ' "x" and "y"'],
  ])
})

test.each([
  ['a,b\n"x\ny",2\n1,"2\n3,4\n', 'line 4'],
  // The marks after it are closed by each other, and two rows would become one.
  ['a,b\n1,"2\n3,"4"\n5,6\n', 'line 2'],
  ['a,b\r"x,2\r3,4\r', 'line 2'],
])('a mark that is never closed is told with the line where it opens', async (text, line) => {
  const error = await failureOf(cellsOf(upload(text, 'x.csv')))
  expect(error).toBeInstanceOf(FileRefusal)
  expect(error instanceof FileRefusal && error.toUserError('x.csv').message).toBe(
    `“x.csv” has a quotation mark that is never closed (opened in ${line}).`,
  )
})

test('lone and mixed line ends divide rows, and a mark between two files is no text', async () => {
  expect((await table('a,b\r1,2\r3,4\r\n5,6\n7,8')).rows.slice(1).flat()).toEqual([...'12345678'])
  expect((await table('\ufeffa,b\n1,2\n\ufeff3,4')).rows.at(-1)).toEqual(['3', '4'])
})

test('a long quoted text among the first lines hides neither headings nor delimiter', async () => {
  const long = 'one, two; three\n'.repeat(3_000)
  const { delimiter, rows } = await table(`a;b\n1;"${long}"\n2;"x, y"\n`)
  expect(delimiter).toBe(';')
  expect(rows.at(-1)).toEqual(['2', 'x, y'])
})

test('bars within quoted texts that are longer than what is examined do not divide', async () => {
  const row = Array.from({ length: 9 }, () => `"${'a|b, '.repeat(600)}"`).join(',')
  const { delimiter } = await table(['a,b,c,d,e,f,g,h,i', row, row, row, row].join('\n'))
  expect(delimiter).toBe(',')
})
