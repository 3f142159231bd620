import { expect, test } from 'bun:test'
import { cellsOf, checked, prepared } from '../support/inspect.ts'
import { fixture } from '../support/fixture.ts'
import { variable } from '../support/variables.ts'
import { rowsXml, xlsx } from '../support/xlsx.ts'
import { cpuClock } from '../../support/own-time.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

function merged(rows: (string | number | null)[][], refs: string[]) {
  return xlsx({ sheets: [{ name: 'S', data: rowsXml(rows), after: mergeCells(refs) }] })
}

function mergeCells(refs: string[]): string {
  return `<mergeCells>${refs.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
}

async function valuesIn(bytes: Uint8Array) {
  return (await cellsOf(bytes)).map(({ cells }) => cells)
}

test('a value under a merge that nobody sees is not sent, and a note says where it is', async () => {
  const file = await fixture('merged-hidden-value.xlsx')
  const variables = [variable('text-input', { name: 'a' }), variable('text-input', { name: 'b' })]
  const found = await checked(file, { variables })
  expect(found.faults).toMatchObject([{ code: 'covered-value', note: true, cells: ['B2'] }])
  expect(await prepared(file, { variables })).toMatchObject([{ row: 2, inputs: { a: 'shown' } }])
  expect(found.preview).toEqual([{ row: 2, cells: ['shown', null] }])
})

test('a required input under a merge is empty', async () => {
  const variables = [variable('text-input', { name: 'b', label: 'b', required: true })]
  const found = await checked(await fixture('merged-hidden-value.xlsx'), { variables })
  expect(found.good).toBe(0)
  expect(found.faults.map(({ code }) => code)).toEqual(['required', 'covered-value'])
})

test('only the first cell of a range is seen, whatever its shape, and cells beside it are', async () => {
  const rows = [
    ['a', 'b', 'c', 'd'],
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ]
  expect(await valuesIn(merged(rows, ['B2:C3', 'A3:A4', 'D4:E9']))).toEqual([
    ['a', 'b', 'c', 'd'],
    [1, 2, null, 4],
    [5, null, null, 8],
    [null, 10, 11, 12],
  ])
})

test('a row of which nothing is seen is no row', async () => {
  const rows = await cellsOf(merged([['a'], ['b'], ['c'], ['d']], ['A2:A3']))
  expect(rows.map(({ row }) => row)).toEqual([1, 2, 4])
})

test('ranges are found in a sheet with a prefix, in UTF-16, and far from its beginning', async () => {
  const long = Array.from({ length: 3000 }, (_, i) => [`text ${i} `.repeat(20), 'x'])
  const data = rowsXml([['shown', 'hidden'], ...long])
  const sheet = `<worksheet xmlns="${MAIN}"><sheetData>${data}</sheetData>${mergeCells(['A1:B1'])}</worksheet>`
  const prefixed = sheet.replaceAll(/<(\/?)/g, '<$1x:').replace('xmlns=', 'xmlns:x=')
  for (const part of [sheet, prefixed, Buffer.from(`\ufeff${sheet}`, 'utf16le')]) {
    const rows = await valuesIn(xlsx({ parts: { 'xl/worksheets/sheet1.xml': part } }))
    expect(rows).toHaveLength(3001)
    expect(rows[0]).toEqual(['shown'])
  }
})

test('ranges are found wherever the pieces of the file end', async () => {
  const PIECE = 128 * 1024
  for (const prefix of ['', 'x:']) {
    const prefixed = (xml: string) => xml.replaceAll(/<(\/?)(?!!)/g, `<$1${prefix}`)
    const start = `<${prefix}worksheet xmlns${prefix && ':x'}="${MAIN}">${prefixed('<sheetData>')}`
    const rows = prefixed(rowsXml([['shown', 'hidden']]))
    const end = prefixed(`</sheetData>${mergeCells(['A1:B1'])}</worksheet>`)
    for (let shift = -4; shift < 100; shift += 2) {
      const filler = ' '.repeat(PIECE - start.length - rows.length - shift)
      const part = `${start}${rows}${filler}${end}`
      expect(await valuesIn(xlsx({ parts: { 'xl/worksheets/sheet1.xml': part } }))).toEqual([['shown']])
    }
  }
})

test('a text that looks like the end of the rows, or like a range, is a text', async () => {
  const text = (inner: string) => `<c t="inlineStr"><is><t>${inner}</t></is></c>`
  const tricky = text('sheetData&lt;/sheetData>&lt;mergeCell ref="A1:B9"/>')
  const data = `<row>${text('a')}${tricky}</row><row>${text('b')}<c><v>2</v></c></row>`
  expect(await valuesIn(xlsx({ data }))).toHaveLength(2)
  expect((await valuesIn(xlsx({ data })))[1]).toEqual(['b', 2])
})

test('a comment that looks like the end of the rows, with ranges, hides nothing', async () => {
  const data = `<row><c><v>1</v></c><c><v>2</v></c></row><!-- </sheetData><mergeCell ref="A1:B1"/> -->`
  expect(await valuesIn(xlsx({ data }))).toEqual([[1, 2]])
})

test('one merge over the whole sheet leaves its first cell', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => [i, i])
  expect(await valuesIn(merged([['a', 'b'], ...rows], ['A1:XFD1048576']))).toEqual([['a']])
})

test('tens of thousands of ranges, all over each other or none, take no time', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [i, i])
  const over = Array.from({ length: 100_000 }, (_, i) => `A${(i % 3) + 2}:XFD1048576`)
  const beside = Array.from({ length: 20_000 }, (_, i) => `A${i + 2}:B${i + 2}`)
  const cpuMs = cpuClock()
  expect(await valuesIn(merged([['a', 'b'], ...rows], over))).toHaveLength(2)
  expect((await valuesIn(merged([['a', 'b'], ...rows], beside))).at(-1)).toEqual([19_999])
  expect(cpuMs()).toBeLessThan(20_000)
})

test.each(['A2', 'B2:A1', 'A0:B0', 'nonsense', 'A2:B', ''])('%p is no range', async (ref) => {
  expect(
    await valuesIn(
      merged(
        [
          ['a', 'b'],
          [1, 2],
        ],
        [ref],
      ),
    ),
  ).toEqual([
    ['a', 'b'],
    [1, 2],
  ])
})
