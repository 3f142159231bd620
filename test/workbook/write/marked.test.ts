import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { Zip } from '../../../src/workbook/read/zip.ts'
import { writeMarkedCopy } from '../../../src/workbook/workbook.ts'
import { cellsOf, checked } from '../support/inspect.ts'
import { marksIn } from '../support/marks.ts'
import { partText } from '../support/own.ts'
import { COPYWRITER } from '../support/variables.ts'
import { rowsXml, upload, xlsm, xlsx } from '../support/xlsx.ts'
import { opened } from '../support/exceljs.ts'

const FILLS =
  '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><cellXfs count="1"><xf numFmtId="0" fillId="0"/></cellXfs>'
const FRIENDLY = 'Rowbot: “friendly” is not one of formal, casual, playful.'

async function marked(bytes: Uint8Array | string, name = 'orders.xlsx') {
  const copy = await writeMarkedCopy(upload(bytes, name), { variables: COPYWRITER }, DEFAULT_LIMITS)
  return { ...copy, look: marksIn(copy.bytes, 'Orders') }
}

/** A workbook as a person has it: bold headings, a fill, a formula, a comment of their own, a date, a filter. */
async function styled(): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('Orders')
  sheet.addRow(['Name', 'Key features', 'Tone', 'Total', 'When']).font = { bold: true }
  const when = new Date(Date.UTC(2026, 0, 31))
  for (const tone of ['formal', 'friendly', 'friendly']) {
    sheet.addRow([tone === 'formal' ? null : 'Kettle', 'boils', tone, { formula: '1+1', result: 2 }, when])
  }
  sheet.getColumn(3).eachCell((cell) => {
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFDDEEFF' } }
  })
  sheet.getCell('C3').note = 'ask Jo'
  sheet.autoFilter = 'A1:E1'
  workbook.addWorksheet('Notes').addRow(['more'])
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

test('the person’s own workbook comes back, its bad cells marked, a summary in front', async () => {
  const { plain, bytes, look } = await marked(await styled())
  expect(plain).toBe(false)
  expect(look).toMatchObject({
    sheets: ['Rowbot check', 'Orders', 'Notes'],
    comments: { A2: 'Rowbot: Name is empty, and it is required.', C3: `ask Jo\n${FRIENDLY}`, C4: FRIENDLY },
    coloured: ['A2', 'C3', 'C4'],
  })
  const front = (await cellsOf(bytes)).map(({ cells }) => cells)
  expect(front[0]).toEqual(['Check of “Orders”: 0 of 3 rows can run, 3 cannot.'])
  expect(front[4]?.slice(0, 2)).toEqual(['C3, C4', '“friendly” is not one of formal, casual, playful.'])
})

test('all else in it is as it was, in another program’s eyes too', async () => {
  const { bytes } = await marked(await styled())
  const workbook = await opened(bytes)
  const sheet = workbook.getWorksheet('Orders')
  expect(workbook.worksheets.map(({ name }) => name)).toEqual(['Rowbot check', 'Orders', 'Notes'])
  expect(sheet?.getCell('C2').fill).toMatchObject({ fgColor: { argb: 'FFDDEEFF' } })
  expect(sheet?.getCell('C3').fill).toMatchObject({ fgColor: { argb: 'FFFFC7CE' } })
  expect(sheet?.getCell('A1').font.bold).toBe(true)
  expect(sheet?.getCell('D3').value).toMatchObject({ formula: '1+1', result: 2 })
  expect(sheet?.getCell('E3').value).toEqual(new Date(Date.UTC(2026, 0, 31)))
  expect(sheet?.autoFilter).toBe('A1:E1')
  expect(JSON.stringify(sheet?.getCell('C3').note)).toContain('Rowbot: ')
})

test('corrected and sent again, it is read from the right sheet, and its next copy has no old marks', async () => {
  const first = await marked(await styled())
  const workbook = await opened(first.bytes)
  const sheet = workbook.getWorksheet('Orders')
  for (const [cell, value] of [
    ['A2', 'Lamp'],
    ['C3', 'formal'],
    ['C4', 'nice'],
  ] as const) {
    const found = sheet?.getCell(cell)
    if (found) found.value = value
  }
  const corrected = new Uint8Array(await workbook.xlsx.writeBuffer())
  expect(await checked(corrected, { variables: COPYWRITER })).toMatchObject({
    sheet: 'Orders',
    rows: 3,
    good: 2,
  })
  expect(await checked(corrected)).toMatchObject({ sheet: 'Orders' })
  const { plain, look } = await marked(corrected)
  expect(plain).toBe(false)
  expect(look).toMatchObject({
    sheets: ['Rowbot check', 'Orders', 'Notes'],
    comments: { C3: 'ask Jo', C4: 'Rowbot: “nice” is not one of formal, casual, playful.' },
    coloured: ['C4'],
  })
  expect(Object.keys(look.comments)).toEqual(['C3', 'C4'])
})

test('a workbook of openpyxl keeps its comments and its drop-down over a whole column', async () => {
  const file = await Bun.file(join(import.meta.dir, '../fixtures/openpyxl.xlsx')).bytes()
  const { plain, look } = await marked(file)
  expect(plain).toBe(false)
  expect(look.comments).toMatchObject({
    A2: 'mine',
    C3: FRIENDLY,
    A4: 'Rowbot: Name is empty, and it is required.',
  })
  expect(look.coloured).toEqual(['C3', 'A4', 'D4'])
})

test('what we know nothing of is copied byte by byte, and places that count sheets move on', async () => {
  const parts = {
    'xl/charts/chart1.xml': '<chart/>',
    'xl/media/image1.png': new Uint8Array([1, 2, 3]),
  }
  const workbookPr =
    '<bookViews><workbookView activeTab="0"/></bookViews>' +
    '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">Orders!$A$1</definedName></definedNames>'
  const data = rowsXml([
    ['Name', 'Key features', 'Tone'],
    ['a', 'b', 'friendly'],
  ]).replaceAll('<c ', '<c r="?" ')
  let column = 0
  const referenced = data.replaceAll('r="?"', () => `r="${'ABC'[column % 3]}${Math.floor(column++ / 3) + 1}"`)
  const after = '<pageMargins left="1"/><extLst><ext/></extLst>'
  const { plain, bytes } = await marked(
    xlsx({ sheets: [{ name: 'Orders', data: referenced, after }], workbookPr, styles: FILLS, parts }),
  )
  expect(plain).toBe(false)
  const zip = new Zip(bytes, DEFAULT_LIMITS)
  const text = (name: string) => new TextDecoder().decode(zip.read(name))
  expect(zip.read('xl/media/image1.png')).toEqual(Buffer.from([1, 2, 3]))
  expect(text('xl/charts/chart1.xml')).toBe('<chart/>')
  expect(text('xl/workbook.xml')).toContain('activeTab="1"')
  expect(text('xl/workbook.xml')).toContain('localSheetId="1"')
  expect(text('xl/worksheets/sheet1.xml')).toMatch(/<pageMargins left="1"\/><legacyDrawing [^>]*\/><extLst>/)
})

test('a sheet whose elements have a prefix is marked in the person’s own workbook', async () => {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const rows = rowsXml([
    ['Name', 'Key features', 'Tone'],
    ['a', 'b', 'friendly'],
  ])
  let column = 0
  const data = rows.replaceAll('<c ', () => `<c r="${'ABC'[column % 3]}${Math.floor(column++ / 3) + 1}" `)
  const open = `<x:worksheet xmlns:x="${main}"><x:sheetData>`
  const sheet = `${open}${data.replaceAll(/<(\/?)(\w)/g, '<$1x:$2')}</x:sheetData></x:worksheet>`
  const { plain, look } = await marked(
    xlsx({
      sheets: [{ name: 'Orders', data: '' }],
      styles: FILLS,
      parts: { 'xl/worksheets/sheet1.xml': sheet },
    }),
  )
  expect(plain).toBe(false)
  expect(look).toMatchObject({ comments: { C2: FRIENDLY }, coloured: ['C2'] })
})

test('notes do not go into the drawing of a header’s picture, and stand before it in the sheet', async () => {
  const file = await Bun.file(join(import.meta.dir, '../fixtures/header-logo.xlsx')).bytes()
  const { plain, bytes } = await writeMarkedCopy(upload(file), { variables: COPYWRITER }, DEFAULT_LIMITS)
  expect(plain).toBe(false)
  const [sheet, rels, header] = [
    'xl/worksheets/sheet1.xml',
    'xl/worksheets/_rels/sheet1.xml.rels',
    'xl/drawings/vmlDrawing1.vml',
  ].map((name) => partText(bytes, name))
  expect(sheet).toMatch(/<legacyDrawing [^>]*r:id="(rIdRowbot\d)"\/><legacyDrawingHF r:id="rId1"\/>/)
  expect(rels).toMatch(/vmlDrawing" Target="..\/drawings\/vmlDrawing2.vml"/)
  expect(header).toBe(partText(file, 'xl/drawings/vmlDrawing1.vml'))
  expect(partText(bytes, 'xl/drawings/vmlDrawing2.vml')).toContain('ObjectType="Note"')
})

test('a note of ours names us as its author, whoever wrote the others', async () => {
  const comments = partText((await marked(await styled())).bytes, 'xl/comments1.xml')
  const authors = [...comments.matchAll(/<author>([^<]*)<\/author>/g)].map(([, name]) => name)
  const ours = /<comment ref="A2" authorId="(\d+)"/.exec(comments)?.[1]
  expect(authors[Number(ours)]).toBe('Rowbot')
})

test('a workbook of cells without references comes back as a plain copy, marked the same way', async () => {
  const rows = rowsXml([
    ['Name', 'Key features', 'Tone'],
    ['a', 'b', 'formal'],
    ['a', 'b', 'friendly'],
  ])
  const { plain, bytes, look } = await marked(
    xlsx({ sheets: [{ name: 'Orders', data: rows }], styles: FILLS }),
  )
  expect(plain).toBe(true)
  expect(look).toMatchObject({
    sheets: ['Rowbot check', 'Orders'],
    comments: { C3: FRIENDLY },
    coloured: ['C3'],
  })
  expect((await checked(bytes, { variables: COPYWRITER })).faults.map(({ cells }) => cells)).toEqual([['C3']])
})

test('a CSV file comes back as a workbook with its cells where they were', async () => {
  const copy = await writeMarkedCopy(
    upload('Name,Key features,Tone\n\n00123,boils,friendly\n', 'orders.csv'),
    { variables: COPYWRITER },
    DEFAULT_LIMITS,
  )
  expect(copy.plain).toBe(true)
  expect(await cellsOf(copy.bytes, 1)).toEqual([
    { row: 1, cells: ['Name', 'Key features', 'Tone'] },
    { row: 3, cells: ['00123', 'boils', 'friendly'] },
  ])
  expect(marksIn(copy.bytes, 'orders').coloured).toEqual(['C3'])
})

test('the marked copy of a workbook with macros has none, so that it opens as .xlsx', async () => {
  const orders = xlsm([
    ['Name', 'Key features'],
    ['Kettle', null],
  ])
  const copy = await writeMarkedCopy(upload(orders, 'orders.xlsm'), { variables: COPYWRITER }, DEFAULT_LIMITS)
  expect(copy.plain).toBe(false)
  expect(marksIn(copy.bytes, 'Sheet1').coloured).toEqual(['B2'])
  const zip = new Zip(copy.bytes, DEFAULT_LIMITS)
  expect(zip.names.filter((name) => name.includes('vba'))).toEqual([])
  for (const name of ['[Content_Types].xml', 'xl/_rels/workbook.xml.rels']) {
    expect(new TextDecoder().decode(zip.read(name))).not.toMatch(/macro|vba/i)
  }
})

test('a value that looks like an escape is shown as it is, on the front sheet and in its note', async () => {
  const rows = [
    ['Name', 'Key features', 'Tone'],
    ['a', 'b', '_x0041_'],
  ]
  const book = new ExcelJS.Workbook()
  book.addWorksheet('Orders').addRows(rows.map((row) => row.map((text) => text.replace('_x', '_x005F_x'))))
  const { bytes, plain } = await marked(new Uint8Array(await book.xlsx.writeBuffer()))
  expect(plain).toBe(false)
  expect(partText(bytes, 'xl/comments1.xml')).toContain('“_x005F_x0041_”')
  expect((await cellsOf(bytes))[4]?.cells[1]).toStartWith('“_x0041_” is not one of')
})
