import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Reading } from '../../../src/workbook/types.ts'
import { checked, prepared } from '../support/inspect.ts'
import { variable } from '../support/variables.ts'
import { styles, upload, xlsx } from '../support/xlsx.ts'

const DAY = 46_097 // 16 March 2026

/** A sheet of one row: its headings are the letters from `a` on. */
function sheet(cells: [format: string, number: number][]): Uint8Array {
  const formats = Object.fromEntries(cells.map(([format], i) => [200 + i, format]))
  const headings = cells.map((_, i) => `<c t="str"><v>${letter(i)}</v></c>`)
  const values = cells.map(([, number], i) => `<c s="${i}"><v>${number}</v></c>`)
  return xlsx({
    data: `<row>${headings.join('')}</row><row>${values.join('')}</row>`,
    styles: styles(
      formats,
      cells.map((_, i) => 200 + i),
    ),
  })
}

function letter(i: number): string {
  return String.fromCharCode(97 + i)
}

function inputs(types: Parameters<typeof variable>[0][]) {
  return types.map((type, i) => variable(type, { name: letter(i), label: letter(i) }))
}

const CELLS: [string, number][] = [
  ['0.0%', 0.125],
  ['000', 7],
  ['[$¥-804]#,##0', 1200],
  ['d mmm yyyy', DAY],
  ['General', 1 / 3],
]

test('a text is what the cell shows, a number its value', async () => {
  const text = { variables: inputs(['text-input', 'paragraph', 'text-input', 'text-input', 'text-input']) }
  const [row] = await prepared(sheet(CELLS), text)
  expect(row?.inputs).toEqual({ a: '12.5%', b: '007', c: '¥1,200', d: '16 Mar 2026', e: '0.333333333' })
  const numbers = { variables: inputs(['number', 'number', 'number']) }
  const [again] = await prepared(sheet(CELLS), numbers)
  expect(again?.inputs).toEqual({ a: 0.125, b: 7, c: 1200 })
})

test('raw values are what they are without a format; padded numbers and percentages as they are written', async () => {
  const variables = inputs(['text-input', 'text-input', 'text-input', 'text-input', 'text-input'])
  const [row] = await prepared(sheet(CELLS), { variables, values: 'raw' })
  expect(row?.inputs).toEqual({ a: '12.5%', b: '007', c: '1200', d: '2026-03-16', e: '0.333333333333333' })
  expect(row?.cells).toEqual(['12.5%', '007', 1200, '2026-03-16', 0.333333333333333])
})

test.each<[Reading['values'], unknown[]]>([
  [undefined, ['12.5%', 7, '¥1,200', '16 Mar 2026', '0.333333333']],
  ['shown', ['12.5%', 7, '¥1,200', '16 Mar 2026', '0.333333333']],
  ['raw', ['12.5%', 7, 1200, '2026-03-16', 0.333333333333333]],
])('the preview and the result have exactly what is sent (values: %p)', async (values, cells) => {
  const variables = inputs(['text-input', 'number', 'text-input', 'text-input', 'text-input'])
  const options = { variables, ...(values && { values }) }
  const { preview } = await checked(sheet(CELLS), options)
  const [row] = await prepared(sheet(CELLS), options)
  expect(preview[0]?.cells).toEqual(cells as never)
  expect(row?.cells).toEqual(cells as never)
  expect(Object.values(row?.inputs ?? {}).map(String)).toEqual(cells.map(String))
})

test('a column that feeds nothing is repeated as its cells show it, and plain numbers in full', async () => {
  const { preview } = await checked(sheet(CELLS), { variables: inputs(['text-input']) })
  expect(preview[0]?.cells).toEqual(['12.5%', '007', '¥1,200', '16 Mar 2026', 0.333333333333333])
})

test('a checkbox is the truth of its cell, whatever that shows', async () => {
  const cells: [string, number][] = [
    ['"open";"open";"closed"', 1],
    ['"open";"open";"closed"', 0],
    ['"Yes";"Yes";"No"', 5],
  ]
  const [row] = await prepared(sheet(cells), { variables: inputs(['checkbox', 'checkbox', 'checkbox']) })
  expect(row?.inputs).toEqual({ a: true, b: false, c: true })
})

test('where the shown text would lose something the whole value is sent, and a note says so', async () => {
  const cells: [string, number][] = [
    ['d mmm', DAY],
    [';;;', 42],
    ['yyyy-mm-dd', -1],
    ['General', 123_456_789_012],
    ['0.00E+00', 4_006_381_333_931],
    ['General', 150_000_000_000], // 1.5E+11 has all digits
  ]
  const variables = inputs([
    'text-input',
    'text-input',
    'text-input',
    'text-input',
    'text-input',
    'text-input',
  ])
  const found = await checked(sheet(cells), { variables })
  expect(found).toMatchObject({ good: 1, rows: 1 })
  expect(found.preview[0]?.cells.map(String)).toEqual([
    '2026-03-16',
    '42',
    '-1',
    '123456789012',
    '4006381333931',
    '150000000000',
  ])
  expect(found.faults.map(({ code, note, cells: [cell] }) => [cell, code, note])).toEqual([
    ['A2', 'shown-without-year', true],
    ['B2', 'hidden-by-format', true],
    ['C2', 'shown-as-hashes', true],
    ['D2', 'shown-with-exponent', true],
    ['E2', 'shown-with-exponent', true],
  ])
  expect(found.faults[0]?.message).toBe(
    'The cell shows a date without the year; the whole date is sent, such as “2026-03-16”.',
  )
})

test('nothing is said of what is not sent as text', async () => {
  const cells: [string, number][] = [
    [';;;', 42],
    ['General', 123_456_789_012],
  ]
  expect((await checked(sheet(cells), { variables: inputs(['number', 'number']) })).faults).toEqual([])
  const raw = { variables: inputs(['text-input', 'text-input']), values: 'raw' as const }
  expect((await checked(sheet(cells), raw)).faults).toEqual([])
})

test('a whole number of more than 15 digits is sent as it is written in the file', async () => {
  const id = '12345678901234567'
  const data = `<row><c t="str"><v>value</v></c></row><row><c><v>${id}</v></c></row>`
  for (const type of ['text-input', 'number'] as const) {
    const [row] = await prepared(xlsx({ data }), { variables: [variable(type)] })
    expect(row).toEqual({ row: 2, cells: [id], inputs: { value: id } })
    const { faults } = await checked(xlsx({ data }), { variables: [variable(type)] })
    expect(faults.map(({ code }) => code)).toEqual(['long-number'])
  }
})

test('texts for a number are understood, or asked about with the number that they probably mean', async () => {
  const path = join(import.meta.dir, '../fixtures/text-numbers.xlsx')
  const file = upload(await Bun.file(path).bytes())
  const options = { variables: [variable('number', { name: 'price', label: 'price' })] }
  const rows = await prepared(file, options)
  const found = rows.map(({ row, inputs: given, fault }) => [
    row,
    given?.['price'] ?? /Did you mean (.*)\?$/.exec(fault ?? '')?.[1],
  ])
  expect(found).toEqual([
    [2, '“1204”'],
    [3, '“1204.50”'],
    [4, '“12.5”'],
    [5, '“1204.50”'],
    [6, '“5”'],
    [7, 5],
    [8, -5],
    [9, -5],
    [10, '“1000”'],
    [11, '“0.25”'],
    [12, 12],
    [13, -5],
    [14, 7],
    [15, 7],
    [16, '“1000”'],
    [17, undefined],
    [18, 0.5],
    [19, 5],
    [20, 5],
    [21, '“1.20”'],
  ])
})
