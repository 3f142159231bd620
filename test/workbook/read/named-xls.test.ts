import { expect, test } from 'bun:test'
import { shownText } from '../../../src/workbook/read/value.ts'
import { cellsOf, checked, refusalOf } from '../support/inspect.ts'
import { sheetjs, sheetOf } from '../support/sheetjs.ts'
import { upload } from '../support/xlsx.ts'

// What web applications export under the name .xls: XML Spreadsheet 2003, and web pages.

const STYLES =
  '<Styles><Style ss:ID="Default"/><Style ss:ID="d"><NumberFormat ss:Format="yyyy\\-mm\\-dd"/></Style>' +
  '<Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>'

function xml2003(sheets: string, workbook = ''): string {
  return `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
    ${workbook}${STYLES}${sheets}</Workbook>`
}

function sheet(rows: string, name = 'Orders', after = ''): string {
  return `<Worksheet ss:Name="${name}"><Table>${rows}</Table>${after}</Worksheet>`
}

function cell(type: string, text: string, attributes = ''): string {
  return `<Cell ${attributes}><Data ss:Type="${type}">${text}</Data></Cell>`
}

async function rowsOf(file: string | Uint8Array) {
  return (await cellsOf(upload(file, 'a.xls'))).map(({ row, cells }) => [row, ...cells.map(shownText)])
}

test('XML Spreadsheet 2003: cells of every type, with their formats and places', async () => {
  const rows = `<Row>${cell('String', 'Name')}${cell('String', 'When', 'ss:Index="3"')}</Row>
    <Row ss:Index="4">${cell('String', 'a &amp; &#128512;&#10;b')}${cell('Number', '417', 'ss:StyleID="z"')}${cell('DateTime', '2026-01-31T00:00:00.000', 'ss:StyleID="d"')}${cell('Boolean', '1')}${cell('Number', '0.125', 'ss:StyleID="p"')}</Row>`
  expect(await rowsOf(xml2003(sheet(rows)))).toEqual([
    [1, 'Name', '', 'When'],
    [4, 'a & 😀\nb', '00417', '2026-01-31', 'TRUE', '12.50%'],
  ])
})

test('XML Spreadsheet 2003: errors, formulas without a result, comments, hidden rows and sheets, merged cells', async () => {
  const comment = '<Comment><Data><B>note</B></Data></Comment>'
  const rows = `<Row>${cell('String', 'Name')}${cell('String', 'Sum')}</Row>
    <Row ss:Hidden="1">${cell('String', 'a', 'ss:MergeDown="1"').replace('</Cell>', `${comment}</Cell>`)}<Cell ss:Formula="=1+1"/></Row>
    <Row>${cell('Error', '#N/A', 'ss:Index="2" ss:Formula="=NA()"')}</Row>`
  const hidden = '<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>'
  const found = await checked(upload(xml2003(sheet(rows) + sheet('', 'Old', hidden)), 'a.xls'))
  expect(found.sheets.map(({ name, hidden }) => [name, hidden])).toEqual([
    ['Orders', false],
    ['Old', true],
  ])
  expect(
    found.faults
      .map(({ code, cells }) => [code, cells])
      .toSorted(([a = ''], [b = '']) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['error-cell', ['B3']],
    ['hidden-rows', ['2']],
    ['merged-cells', ['A2']],
    ['uncalculated', ['B2']],
  ])
  expect(found.preview[0]?.cells[0]).toBe('a')
})

test('XML Spreadsheet 2003: dates of the system of 1904', async () => {
  const rows = `<Row>${cell('Number', '44591', 'ss:StyleID="d"')}${cell('DateTime', '2026-01-31T00:00:00.000', 'ss:StyleID="d"')}</Row>`
  const workbook = '<ExcelWorkbook><Date1904/></ExcelWorkbook>'
  expect(await rowsOf(xml2003(sheet(rows), workbook))).toEqual([[1, '2026-01-31', '2026-01-31']])
})

test('XML Spreadsheet 2003 of another program is read the same', async () => {
  const bytes = sheetjs('xlml', { Orders: sheetOf([['Name', 'Price'], ['a', 1.5], [], [null, -2]]) })
  expect(await rowsOf(bytes)).toEqual([
    [1, 'Name', 'Price'],
    [2, 'a', '1.5'],
    [4, '', '-2'],
  ])
})

test.each([
  [
    'a document type',
    `<!DOCTYPE Workbook [<!ENTITY a "b">]>${xml2003(sheet(''))}`.replace(/<\?xml[^>]*>/, ''),
    'text',
  ],
  [
    'a document type after its declaration',
    xml2003(sheet('')).replace('<Workbook', '<!DOCTYPE Workbook><Workbook'),
    'doctype',
  ],
  [
    'a row beyond the last',
    xml2003(sheet(`<Row ss:Index="9999999999">${cell('Number', '1')}</Row>`)),
    'corrupt',
  ],
  [
    'a cell beyond the last column',
    xml2003(sheet(`<Row>${cell('Number', '1', 'ss:Index="16385"')}</Row>`)),
    'corrupt',
  ],
  [
    'a cell beyond the limit',
    xml2003(sheet(`<Row>${cell('Number', '1', 'ss:Index="16000"')}</Row>`)),
    'too-many-columns',
  ],
  ['two sheets of one name', xml2003(sheet('') + sheet('')), 'corrupt'],
  ['an end too early', xml2003(sheet('')).slice(0, -20), 'corrupt'],
])('XML Spreadsheet 2003 with %s is refused', async (_, file, code) => {
  expect(await refusalOf(upload(file, 'a.xls'))).toBe(code)
})

test('a web page called .xls is read if it holds one table, and a note says so', async () => {
  const page = `<html><head><meta charset="utf-8"><style>td { color: red }</style></head><body><p>Export</p>
    <TABLE><thead><tr><th>Name<th>Price</tr></thead>
    <tr><td> Kettle &amp; Caf&eacute; &#x1F600;<br>2&nbsp;l</td><td style="x">007</td></tr>
    <tr style="display:none"><td colspan=2>wide</td><td>3</td></tr>
    <tr><td rowspan="2">tall</td><td>1</td></tr><tr><td><b>2</b></td></tr></TABLE></body></html>`
  const found = await checked(upload(page, 'C:\\report.xls'))
  expect(found).toMatchObject({ sheet: 'report', headings: ['Name', 'Price', ''], rows: 4 })
  expect(found.faults.map(({ code, note }) => [code, note])).toContainEqual(['web-page', true])
  expect(await rowsOf(page)).toEqual([
    [1, 'Name', 'Price'],
    [2, 'Kettle & Café 😀\n2\u00a0l', '007'],
    [3, 'wide', '', '3'],
    [4, 'tall', '1'],
    [5, '', '2'],
  ])
})

test('a web page in its own encoding is read in it', async () => {
  const page = new Uint8Array([
    ...Buffer.from(
      '<html><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><table><tr><td>',
    ),
    0xb6,
    0xab,
    0xbe,
    0xa9,
    ...Buffer.from('</td></tr></table></html>'),
  ])
  expect(await rowsOf(page)).toEqual([[1, '东京']])
})

test('spans without end and a page full of quotation marks take no time', async () => {
  const wide = `<table><tr><td colspan="999999" rowspan="999999">a</td></tr>${'<tr><td>b</td></tr>'.repeat(2_000)}</table>`
  expect(await refusalOf(upload(wide, 'a.xls'))).toMatch(/refused|too-many-columns/)
  expect(await refusalOf(upload(`<table><tr><td ${'"'.repeat(500_001)}>a</table>`, 'a.xls'))).toMatch(
    /refused|no-sheets|cell-too-long/,
  )
  expect(await refusalOf(upload(`<table>${'<'.repeat(500_000)}`, 'a.xls'))).toMatch(
    /refused|no-sheets|cell-too-long/,
  )
  expect(await refusalOf(upload(`<table><tr><td>${'<a "'.repeat(300_000)}`, 'a.xls'))).toBe('cell-too-long')
  expect(await refusalOf(upload(`<table><tr><td>${'&'.repeat(1_100_000)}`, 'a.xls'))).toBe('cell-too-long')
})
