import { expect, test } from 'bun:test'
import { shownText } from '../../../../src/workbook/read/value.ts'
import { cellsOf } from '../../support/inspect.ts'
import { ownBytes, partText, resultRows } from '../../support/own.ts'
import { resultRow } from '../../support/results.ts'
import { relationships, styles, xlsx, type Raw } from '../../support/xlsx.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const DOC = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const ROWS =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
const SHEET = 'xl/worksheets/sheet1.xml'

/** Its result; what the checks say about its sheet is not asked. */
function result(
  raw: Raw,
  header: { outputNames?: string[] } = {},
  rows = resultRows(2),
): Promise<Uint8Array> {
  const bytes = xlsx({ data: ROWS, styles: styles({}, [0, 14]), ...raw })
  return ownBytes(bytes, rows, { sheet: 'Sheet1', headingRow: 1, headings: ['Name'], ...header })
}

function sheet(before: string, after = ''): Raw {
  const text = `<worksheet xmlns="${MAIN}" xmlns:r="${DOC}">${before}<sheetData>${ROWS}</sheetData>${after}</worksheet>`
  return { parts: { [SHEET]: text } }
}

/** A sheet whose only column is an Excel table. */
function tabled(): Raw {
  const table = `<table xmlns="${MAIN}" id="1" name="T" displayName="T" ref="A1:A2"><autoFilter ref="A1:A2"/><tableColumns count="1"><tableColumn id="1" name="Name"/></tableColumns></table>`
  const raw = sheet('', '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')
  const rels = relationships([['rId1', 'table', '../tables/table1.xml']])
  return {
    parts: { ...raw.parts, 'xl/worksheets/_rels/sheet1.xml.rels': rels, 'xl/tables/table1.xml': table },
  }
}

test('what a cell carries beside its value stays inside it', async () => {
  const data = ROWS.replace('<v>1</v>', '<v>1</v><extLst><ext uri="x"/></extLst>').replace(
    '</row>',
    '<extLst><ext uri="y"/></extLst></row>',
  )
  const text = partText(await result({ data }), SHEET)
  expect(text).toContain('<c r="A2"><v>1</v><extLst><ext uri="x"/></extLst></c><c r="B2"')
  expect(text).toMatch(/run id<\/t><\/is><\/c><extLst><ext uri="y"\/><\/extLst><\/row>/)
})

test.each(['<cols/>', '<cols></cols>', ''])(
  'a sheet with the list of widths “%s” has one afterwards',
  async (list) => {
    const text = partText(await result(sheet(list)), SHEET)
    expect(text.match(/<cols\b/g)).toHaveLength(1)
    expect(text).toMatch(/<cols><col min="2" max="2" [^>]*>.*<\/cols><sheetData>/)
  },
)

test('empty cells below the table look as before: the added columns keep the style of their columns', async () => {
  const text = partText(await result(sheet('<cols><col min="1" max="3" width="9" style="1"/></cols>')), SHEET)
  expect(text).toContain(
    '<col min="1" max="1" width="9" style="1"/><col min="2" max="2" width="8" style="1" ',
  )
  expect(text).toMatch(/<col min="3" max="3" width="\d+" style="1" /)
  expect(text).toMatch(/<col min="4" max="4" width="\d+" customWidth/)
})

test('a sheet that is added has a number of its own, however the others are written', async () => {
  const workbook = `<workbook xmlns="${MAIN}" xmlns:r="${DOC}"><sheets><sheet name='Sheet1' sheetId='7' r:id='rId1'/></sheets></workbook>`
  const bytes = await result({ parts: { 'xl/workbook.xml': workbook } })
  expect(partText(bytes, 'xl/workbook.xml')).toContain('name="Rowbot" sheetId="8"')
})

test('outputs whose names are the same to Excel, or none, have headings of their own, and so has the table', async () => {
  const outputNames = ['', ' ', 'a', 'a\u0001', 'A\ufffe', '_x0041_']
  const rows = [[resultRow(2, { outputs: { '': 'none', ' ': 'blank', 'a\u0001': 'control' } })]]
  const bytes = await result(tabled(), { outputNames }, rows)
  const [head, row] = (await cellsOf(bytes)).map(({ cells }) => cells.map(shownText))
  const headings = ['Name', 'output', 'output (output)', 'a', 'a (output)', 'A (output 2)', '_x0041_']
  expect(head?.slice(0, 7)).toEqual(headings)
  expect(row?.slice(0, 5)).toEqual(['1', 'none', 'blank', '', 'control'])
  const table = partText(bytes, 'xl/tables/table1.xml')
  const names = [...table.matchAll(/<tableColumn [^>]*name="([^"]*)"/g)].map(([, name]) => name)
  expect(names.slice(0, 7)).toEqual([...headings.slice(0, 6), '_x005F_x0041_'])
})

test.each([
  ['C2', 'J2', 'over blank columns grows until it holds the added ones'],
  ['XFD2', 'XFD2', 'over the whole row already holds them'],
])('a filter to %s ends at %s: one %s', async (from, to) => {
  const raw = sheet('', `<autoFilter ref="A1:${from}"/>`)
  const bytes = await result(raw)
  expect(partText(bytes, SHEET)).toContain(`<autoFilter ref="A1:${to}"/>`)
  expect((await cellsOf(bytes))[0]?.cells.slice(0, 2).map(shownText)).toEqual(['Name', 'text'])
})
