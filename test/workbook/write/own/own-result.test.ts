import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import { shownText } from '../../../../src/workbook/read/value.ts'
import { cellsOf, checked } from '../../support/inspect.ts'
import { changedParts, ownBytes, ownResult, partText, resultRows } from '../../support/own.ts'
import { resultRow } from '../../support/results.ts'
import { variable } from '../../support/variables.ts'
import { relationships, rowsXml, styles, xlsx, type Raw } from '../../support/xlsx.ts'
import { opened } from '../../support/exceljs.ts'

const ADDED = ['text', 'status', 'error', 'attempts', 'seconds', 'tokens', 'price', 'currency', 'run id']
const STYLES = styles({}, [0, 14])

const fixture = (name: string) => Bun.file(join(import.meta.dir, '../../fixtures', name)).bytes()

/** Rows of cells with references, as every spreadsheet program writes them. */
function referenced(rows: (string | number | null)[][]): string {
  return rowsXml(rows).replaceAll(/<row r="(\d+)">(.*?)<\/row>/g, (_, row: string, cells: string) => {
    let column = 0
    const named = cells.replaceAll('<c', () => `<c r="${String.fromCharCode(65 + column++)}${row}"`)
    return `<row r="${row}">${named}</row>`
  })
}

function workbook(raw: Raw = {}): Uint8Array {
  return xlsx({ data: referenced([['Name'], ['Kettle'], ['Lamp']]), styles: STYLES, ...raw })
}

/** A workbook as a person has it: a title, an Excel table, formulas, dates, fills, widths, another sheet. */
async function styled(): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Orders')
  sheet.addTable({
    name: 'Orders',
    ref: 'A1',
    headerRow: true,
    columns: [{ name: 'Name', filterButton: true }, { name: 'Status' }, { name: 'When' }],
    rows: [
      ['Kettle', 'new', new Date(Date.UTC(2026, 0, 31))],
      ['Lamp', 'old', new Date(Date.UTC(2026, 1, 1))],
    ],
  })
  sheet.getRow(1).font = { bold: true }
  sheet.getColumn(3).numFmt = 'yyyy-mm-dd'
  sheet.getColumn(2).width = 31
  for (const row of [2, 3])
    sheet.getCell(row, 3).fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFDDEEFF' } }
  book.addWorksheet('Notes').addRow([{ formula: '1+1', result: 2 }])
  return new Uint8Array(await book.xlsx.writeBuffer())
}

test('columns stand beside the table in its own style, and everything else is as it was', async () => {
  const before = await styled()
  const book = await opened(await ownBytes(before, resultRows(2, 3)))
  expect(book.worksheets.map(({ name }) => name)).toEqual(['Orders', 'Notes', 'Rowbot'])
  const sheet = book.getWorksheet('Orders')
  const heading = (column: number) => sheet?.getCell(1, column)
  const headings = Array.from({ length: 12 }, (_, i) => heading(i + 1)?.value)
  expect(headings).toEqual(['Name', 'Status', 'When', 'text', 'status (Rowbot)', ...ADDED.slice(2)])
  expect(heading(4)?.font).toEqual(heading(3)?.font ?? {})
  expect(sheet?.getCell('C2').value).toEqual(new Date(Date.UTC(2026, 0, 31)))
  expect(sheet?.getCell('D2').value).toBe('copy 2')
  expect([sheet?.getCell('I3').value, sheet?.getCell('I3').numFmt]).toEqual([300, undefined])
  expect(sheet?.getCell('I3').fill).toEqual(sheet?.getCell('C3').fill ?? { type: 'pattern', pattern: 'none' })
  expect(sheet?.getColumn(2).width).toBe(31)
  expect(book.getWorksheet('Notes')?.getCell('A1').value).toMatchObject({ formula: '1+1' })
  expect(changedParts(before, await ownBytes(before, resultRows(2, 3)))).toEqual([
    '[content_types].xml',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/tables/table1.xml',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
    'xl/worksheets/sheet3.xml',
  ])
})

test('an Excel table grows: its columns are named as their headings, with ids of their own', async () => {
  const table = partText(
    await ownBytes(await fixture('table-totals.xlsx'), resultRows(2, 3)),
    'xl/tables/table1.xml',
  )
  expect(table).toContain('ref="A1:K4" totalsRowCount="1"')
  expect(table).toContain('<autoFilter ref="A1:K3"/>')
  expect(table).toContain('<tableColumns count="11">')
  const columns = [...table.matchAll(/<tableColumn id="(\d+)" name="([^"]*)"/g)]
  expect(columns.map(([, id]) => Number(id))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect(columns.map(([, , name]) => name)).toEqual(['item', 'amount', ...ADDED])
})

test('the sheet’s filter, dimension, widths and spans reach over the added columns', async () => {
  const data = referenced([['Name'], ['Kettle']]).replace('<row r="2">', '<row r="2" spans="1:1">')
  const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:A2"/><cols><col min="1" max="16384" width="9"/></cols><sheetData>${data}</sheetData><autoFilter ref="A1:A2"/></worksheet>`
  const name = `<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">Sheet1!$A$1:$A$2</definedName></definedNames>`
  const rels = relationships([
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rIdT', 'styles', 'styles.xml'],
  ])
  const bytes = await ownBytes(
    workbook({
      workbookPr: name,
      parts: { 'xl/worksheets/sheet1.xml': sheet, 'xl/_rels/workbook.xml.rels': rels },
    }),
    resultRows(2),
  )
  const after = partText(bytes, 'xl/worksheets/sheet1.xml')
  expect(after).toContain('<dimension ref="A1:J2"/>')
  expect(after).toContain('<autoFilter ref="A1:J2"/>')
  expect(after).toContain('<row r="2" spans="1:10">')
  expect(after).toMatch(
    /<col min="1" max="1" width="9"\/><col min="2" max="2" .*<col min="10" max="10" [^>]*\/><col min="11" max="16384" width="9"\/>/,
  )
  expect(partText(bytes, 'xl/workbook.xml')).toContain('Sheet1!$A$1:$J$2')
})

test('what lies to the right of the table is never covered: the columns go behind it', async () => {
  const rows = [['Name'], ['Kettle'], ['Lamp', null, null, null, 'a remark of mine']]
  const bytes = await ownBytes(workbook({ data: referenced(rows) }), resultRows(2, 3), {
    headingRow: 1,
    headings: ['Name'],
  })
  const cells = await cellsOf(bytes)
  expect(cells[0]?.cells.slice(0, 7)).toEqual(['Name', null, null, null, null, 'text', 'status'])
  expect(cells[2]?.cells.slice(0, 6)).toEqual(['Lamp', null, null, null, 'a remark of mine', 'copy 3'])
})

test('empty formatted cells in the way make room, those behind stay, and all are in order', async () => {
  const data =
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>' +
    '<row r="2"><c r="A2"><v>1</v></c><c r="C2" s="1"/><c r="Z2" s="1"/></row>'
  const bytes = await ownBytes(workbook({ data }), resultRows(2))
  const row = /<row r="2".*?<\/row>/.exec(partText(bytes, 'xl/worksheets/sheet1.xml'))?.[0] ?? ''
  const references = [...row.matchAll(/<c r="([A-Z]+)2"/g)].map(([, column]) => column)
  expect(references).toEqual(['A', 'B', 'C', 'E', 'F', 'G', 'H', 'I', 'J', 'Z'])
})

test('what begins like a formula is text and stays it when it is edited', async () => {
  const rows = [[resultRow(2, { outputs: { '=x': '=HYPERLINK("http://evil")' } })]]
  const bytes = await ownBytes(workbook(), rows, { outputNames: ['=x'] })
  const sheet = partText(bytes, 'xl/worksheets/sheet1.xml')
  expect(sheet).not.toContain('<f>')
  const styleAt = (cell: string) => Number(new RegExp(`<c r="${cell}" s="(\\d+)"`).exec(sheet)?.[1])
  const formats = [...partText(bytes, 'xl/styles.xml').matchAll(/<xf [^>]*>/g)].map(([xf]) => xf)
  for (const cell of ['B1', 'B2'])
    expect(formats[styleAt(cell)]).toMatch(/quotePrefix="1".*numFmtId="49"|numFmtId="49".*quotePrefix="1"/)
})

test('a text too long for a cell is cut, and whole on a sheet of its own', async () => {
  const text = 'long '.repeat(20_000)
  const bytes = await ownBytes(workbook(), [[resultRow(2, { outputs: { text } })]])
  expect((await cellsOf(bytes))[1]?.cells[1]).toEndWith('the whole text is on the sheet “Long texts”]')
  const pieces = (await cellsOf(bytes, 2)).slice(1)
  expect(pieces.map(({ cells }) => shownText(cells[3] ?? null)).join('')).toBe(text)
})

test('a result that is sent again gets sheets and columns with names of their own', async () => {
  const first = await ownBytes(workbook(), resultRows(2, 3))
  const book = await opened(await ownBytes(first, resultRows(2, 3)))
  expect(book.worksheets.map(({ name }) => name)).toEqual(['Sheet1', 'Rowbot', 'Rowbot (2)'])
  expect((await cellsOf(first))[0]?.cells).toEqual(['Name', ...ADDED])
  expect(book.getWorksheet('Sheet1')?.getCell('K1').value).toBe('text (output)')
})

test('the summary in a result that is sent again is never the sheet to run', async () => {
  const bytes = await ownBytes(workbook(), resultRows(2, 3))
  const found = await checked(bytes, {
    variables: [variable('text-input', { name: 'w', label: 'Workflow' })],
  })
  expect(found.sheet).toBe('Sheet1')
})

test('rows that were not run get nothing', async () => {
  const cells = await cellsOf(await ownBytes(workbook(), resultRows(3)))
  expect(cells.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ['Name', 'text'],
    ['Kettle'],
    ['Lamp', 'copy 3'],
  ])
})

test('a sheet whose elements have a prefix is as good as any', async () => {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const rows = referenced([['Name'], ['Kettle']]).replaceAll(/<(\/?)(\w)/g, '<$1x:$2')
  const sheet = `<x:worksheet xmlns:x="${main}"><x:sheetData>${rows}</x:sheetData></x:worksheet>`
  const rels = relationships([
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rIdT', 'styles', 'styles.xml'],
  ])
  const parts = { 'xl/worksheets/sheet1.xml': sheet, 'xl/_rels/workbook.xml.rels': rels }
  const cells = await cellsOf(await ownBytes(workbook({ parts }), resultRows(2)))
  expect(cells[1]?.cells.slice(0, 3)).toEqual(['Kettle', 'copy 2', 'succeeded'])
})

test('macros are left out, and the workbook is an ordinary one', async () => {
  const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`
  const rels = relationships([
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rIdT', 'styles', 'styles.xml'],
    ['rIdV', 'vbaProject', 'vbaProject.bin'],
  ])
  const parts = {
    '[Content_Types].xml': types,
    'xl/_rels/workbook.xml.rels': rels,
    'xl/vbaProject.bin': 'Sub',
  }
  const bytes = await ownBytes(workbook({ parts }), resultRows(2), {
    sheet: 'Sheet1',
    headingRow: 1,
    headings: ['Name'],
  })
  expect(changedParts(bytes, bytes)).toEqual([])
  const text = ['[Content_Types].xml', 'xl/_rels/workbook.xml.rels']
    .map((name) => partText(bytes, name))
    .join('')
  expect(text).not.toMatch(/vba|macro/i)
  expect(await cellsOf(bytes, 1)).toContainEqual({
    row: 4,
    cells: ['Macros', 'left out: they are neither run nor kept'],
  })
})

const NOT_NUMBERED = 'its rows are not numbered, or not in order'
const NO_REFERENCES = 'its cells have no references, or are not in order'

test.each<[string, Raw, string]>([
  ['cells without references', { data: rowsXml([['Name'], ['Kettle']]) }, NO_REFERENCES],
  [
    'rows without numbers',
    { data: referenced([['Name'], ['Kettle']]).replaceAll(/<row r="\d"/g, '<row') },
    NOT_NUMBERED,
  ],
  [
    'rows out of order',
    { data: '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>' },
    NOT_NUMBERED,
  ],
  [
    'cells out of order',
    { data: '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"/><c r="A2"><v>1</v></c></row>' },
    NO_REFERENCES,
  ],
  [
    'no room for columns',
    {
      data: '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>',
    },
    'its sheet has no room for more columns',
  ],
  [
    'alternative styles',
    {
      data: referenced([['Name'], ['Kettle']]),
      styles: '<cellXfs count="1"><mc:AlternateContent><xf/></mc:AlternateContent></cellXfs>',
    },
    'its list of styles has alternatives',
  ],
  ['no styles', { data: referenced([['Name'], ['Kettle']]), styles: '' }, 'it has no list of styles'],
])('a workbook with %s cannot take columns, and the reason is said', async (_, raw, reason) => {
  expect(await ownResult(workbook(raw), resultRows(2), { headingRow: 1, headings: ['a'] })).toBe(reason)
})

test('two parts of one name, and what is no workbook, cannot take columns', async () => {
  const twice = workbook({ parts: { 'xl/media/a.png': '1', 'xl/media/A.png': '2' } })
  expect(await ownResult(twice, resultRows(2))).toBe('a part of it is damaged')
  const csv = new TextEncoder().encode('Name\nKettle\n')
  expect(await ownResult(csv, resultRows(2))).toBe('it is not an .xlsx or .xlsm workbook')
  expect(await ownResult(await fixture('row-per-cell.xlsx'), resultRows(2))).toBe(NOT_NUMBERED)
})

test('a row that the workbook does not have is no reason to lose one', async () => {
  expect(await ownResult(workbook(), resultRows(2, 9))).toBe('its sheet has no row 9')
})
