import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { shownText } from '../../../src/workbook/read/value.ts'
import { cellsOf } from '../support/inspect.ts'
import { resultRow, writtenResult } from '../support/results.ts'
import { upload } from '../support/xlsx.ts'

const FATE = ['status', 'error', 'attempts', 'seconds', 'tokens', 'price', 'currency', 'run id', 'row']

async function sheetOf(path: string, sheet = 0) {
  return (await cellsOf(upload(await Bun.file(path).bytes()), sheet)).map(({ cells }) => cells)
}

test('headings that are taken get a word after them, the person’s own stay', async () => {
  const path = await writtenResult([], 'xlsx', { headings: ['Status', 'text', 'Text (output)'] })
  expect((await sheetOf(path))[0]).toEqual(
    ['Status', 'text', 'Text (output)', 'text (output 2)', 'status (Rowbot)'].concat(FATE.slice(1)),
  )
})

test('outputs with the names of things in JavaScript are outputs, and rows without them have none', async () => {
  const outputs = JSON.parse('{"constructor":"a","__proto__":"b"}') as Record<string, unknown> // an object
  const rows = [resultRow(2, { outputs }), resultRow(3, { outputs: {} })]
  const header = { headings: ['name'], outputNames: ['constructor', '__proto__'] }
  const [head, full, empty] = await sheetOf(await writtenResult([rows], 'xlsx', header))
  expect(head?.slice(1, 3)).toEqual(['constructor', '__proto__'])
  expect(full?.slice(1, 3)).toEqual(['a', 'b'])
  expect(empty?.slice(1, 3)).toEqual([null, null])
})

test('rows that failed, were left out or only warned say why', async () => {
  const rows = [
    resultRow(2, { status: 'failed', outputs: null, error: 'Timed out after 5 min, twice', attempts: 2 }),
    resultRow(3, {
      status: 'left out',
      outputs: null,
      error: 'B3: Name is empty',
      attempts: 0,
      seconds: null,
    }),
    resultRow(4, { warning: 'one node failed' }),
  ]
  const [, failed, left, warned] = await sheetOf(await writtenResult([rows]))
  expect(failed?.slice(1, 5)).toEqual([null, 'failed', 'Timed out after 5 min, twice', 2])
  expect(left?.slice(1, 6)).toEqual([null, 'left out', 'B3: Name is empty', 0, null])
  expect(warned?.slice(1, 4)).toEqual(['copy 4', 'succeeded', 'Warning: one node failed'])
})

test('what begins like a formula is text, and formatted as text', async () => {
  const path = await writtenResult([
    [resultRow(2, { cells: ['+1'], outputs: { text: '=HYPERLINK("http://evil")' } })],
  ])
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.readFile(path)
  const cell = workbook.getWorksheet('Results')?.getCell('B2')
  expect(cell?.value).toBe('=HYPERLINK("http://evil")')
  expect(cell?.type).toBe(ExcelJS.ValueType.String)
  expect(cell?.numFmt).toBe('@')
})

test('the head is frozen and filtered, and the summary is the second sheet', async () => {
  const path = await writtenResult([[resultRow(2)], [resultRow(3)]])
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.readFile(path)
  const sheet = workbook.getWorksheet('Results')
  expect(sheet?.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 })
  expect(sheet?.autoFilter).toBe('A1:K3')
  expect(await sheetOf(path, 1)).toEqual([
    ['Workflow', 'Product copywriter'],
    ['Rows', 2],
  ])
})

test('a text too long for a cell is whole on a sheet of its own', async () => {
  const text = `${'😀 long\n'.repeat(12_000)}=end`
  const path = await writtenResult([[resultRow(7, { outputs: { text } })]])
  expect((await sheetOf(path))[1]?.[1]).toEndWith('“Long texts”]')
  const [head, ...pieces] = await sheetOf(path, 2)
  expect(head).toEqual(['row', 'column', 'part', 'text'])
  expect(pieces.map(([row, column, part]) => [row, column, part])).toEqual(
    pieces.map((_, i) => [7, 'text', i + 1]),
  )
  expect(pieces.map(([, , , piece]) => shownText(piece ?? null)).join('')).toBe(text)
})

test('outputs are found from the first rows where none are known, and later ones are not lost', async () => {
  const rows = [[resultRow(2, { outputs: { a: 1 } })], [resultRow(3, { outputs: { a: 2, b: 'late' } })]]
  const path = await writtenResult(rows, 'xlsx', { outputNames: [] })
  expect((await sheetOf(path))[0]).toEqual(['Name', 'a', ...FATE])
  expect(await sheetOf(path, 2)).toEqual([
    ['row', 'column', 'part', 'text'],
    [3, 'b', 1, 'late'],
  ])
  const csv = await Bun.file(await writtenResult(rows, 'csv', { outputNames: [] })).text()
  expect(csv.split('\r\n')[2]).toEndWith(',b: late')
})

test('CSV begins with a mark, quotes what needs it, and disarms formulas', async () => {
  const rows = [
    resultRow(2, { cells: ['a,"b"\nc'], outputs: { text: '=1+1' } }),
    resultRow(3, { cells: [-5], outputs: { text: ['x', 'y'] } }),
    resultRow(4, { cells: ['-5'], outputs: { text: '@cmd' } }),
  ]
  const path = await writtenResult([rows], 'csv')
  expect((await Bun.file(path).bytes()).slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]))
  const text = await Bun.file(path).text()
  expect(text).toContain('\r\n"a,""b""\nc",\'=1+1,succeeded,')
  expect(text).toContain('\r\n-5,"x\ny",succeeded,')
  expect(text).toContain("\r\n-5,'@cmd,succeeded,")
})

test('a CSV result reads back as what was written', async () => {
  const path = await writtenResult([[resultRow(2), resultRow(3, { cells: ['茶壶 "1,7"'] })]], 'csv')
  const rows = (await cellsOf(upload(await Bun.file(path).bytes(), 'out.csv'))).map(({ cells }) => cells)
  expect(rows.map((cells) => cells.slice(0, 3))).toEqual([
    ['Name', 'text', 'status'],
    ['Kettle 2', 'copy 2', 'succeeded'],
    ['茶壶 "1,7"', 'copy 3', 'succeeded'],
  ])
})
