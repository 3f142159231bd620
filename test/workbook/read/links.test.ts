import { expect, test } from 'bun:test'
import { linkOfFormula } from '../../../src/workbook/read/links.ts'
import { openBook } from '../../../src/workbook/read/open-book.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import type { UploadFile } from '../../../src/workbook/types.ts'
import { ods, table } from '../support/ods.ts'
import { fixture } from '../support/fixture.ts'
import { rowsXml, upload, xlsx, type Raw } from '../support/xlsx.ts'
import { cpuClock } from '../../support/own-time.ts'

/** Every link of the first sheet, as `B2 address`. */
async function linksIn(file: UploadFile): Promise<string[]> {
  const book = await openBook(file, DEFAULT_LIMITS)
  const found: string[] = []
  for await (const batch of book.sheets[0]?.rows() ?? []) {
    for (const { row, links } of batch)
      for (const [column, target] of links ?? []) found.push(`${'ABCDEF'[column]}${row} ${target}`)
  }
  return found
}

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** @param targets of rId1, rId2 and so on */
function linked(rows: (string | null)[][], hyperlinks: string, targets: string[], raw: Raw = {}): UploadFile {
  const list = targets.map(
    (target, i) =>
      `<Relationship Id="rId${i + 1}" Type="${REL}/hyperlink" Target="${target}" TargetMode="External"/>`,
  )
  const after = `<hyperlinks xmlns:r="${REL}">${hyperlinks}</hyperlinks>`
  const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join('')}</Relationships>`
  return upload(
    xlsx({
      sheets: [{ name: 'S', data: raw.data ?? rowsXml(rows), after }],
      parts: { 'xl/worksheets/_rels/sheet1.xml.rels': rels, ...raw.parts },
    }),
  )
}

test.each(['links.xlsx', 'links-libreoffice.xlsx', 'links.ods'])('%s: links and formulas', async (name) => {
  expect(await linksIn(await fixture(name))).toEqual([
    'B2 https://example.com/a%20b.png?x=1&y=2',
    'B3 https://example.com/c.png',
    'B4 https://example.com/d.png',
  ])
})

test('a link of a range is that of each of its cells that has a value', async () => {
  const rows = [['a', 'b'], ['c', 'd'], ['e']]
  expect(await linksIn(linked(rows, '<hyperlink ref="A2:B3" r:id="rId1"/>', ['https://a.com/1']))).toEqual([
    'A2 https://a.com/1',
    'B2 https://a.com/1',
    'A3 https://a.com/1',
    'B3 https://a.com/1',
  ])
})

test('links to a place in the workbook, without a target or with a broken list of targets are none', async () => {
  const rows = [['a'], ['b']]
  const inside = '<hyperlink ref="A1" location="S!A2" display="b"/><hyperlink ref="A2" r:id="rId9"/>'
  expect(await linksIn(linked(rows, inside, ['https://a.com/1']))).toEqual([])
  const broken = { parts: { 'xl/worksheets/_rels/sheet1.xml.rels': '<Relationships' } }
  expect(await linksIn(linked(rows, '<hyperlink ref="A1" r:id="rId1"/>', [], broken))).toEqual([])
})

test('one link of a whole sheet, and a hundred thousand links, take no time', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => [`row ${i}`])
  const cpuMs = cpuClock()
  const whole = linked(rows, '<hyperlink ref="A1:XFD1048576" r:id="rId1"/>', ['https://a.com/1'])
  expect((await linksIn(whole)).length).toBeGreaterThan(1)
  const many = Array.from({ length: 100_000 }, (_, i) => `<hyperlink ref="A${(i % 2000) + 1}" r:id="rId1"/>`)
  expect(await linksIn(linked(rows, many.join(''), ['https://a.com/1']))).toHaveLength(2000)
  expect(cpuMs()).toBeLessThan(20_000)
})

test('a formula’s link goes before one that is left in its cell, and is known before it is calculated', async () => {
  const data = '<row r="1"><c r="A1"><f>HYPERLINK("https://a.com/new","x")</f></c></row>'
  const file = linked([], '<hyperlink ref="A1" r:id="rId1"/>', ['https://a.com/old'], { data })
  expect(await linksIn(file)).toEqual(['A1 https://a.com/new'])
})

test.each([
  ['HYPERLINK("https://a.com/1")', 'https://a.com/1'],
  [' hyperlink( "https://a.com/1" , B2)', 'https://a.com/1'],
  ['of:=HYPERLINK("https://a.com/1";"x")', 'https://a.com/1'],
  ['HYPERLINK("https://a.com/""1""","x")', 'https://a.com/"1"'],
  ['HYPERLINK("https://a.com/"&A2,"x")', undefined],
  ['HYPERLINK(A2,"x")', undefined],
  ['IF(A1,HYPERLINK("https://a.com/1"),"")', undefined],
  ['HYPERLINK("")', undefined],
])('the formula %s leads to %s', (formula, target) => {
  expect(linkOfFormula(formula)).toBe(target)
})

test('OpenDocument: several links in a cell are one a line, of repeated cells and rows, too', async () => {
  const link = (to: string) => `<text:a xlink:href="https://a.com/${to}">${to}</text:a>`
  const cell = (inside: string, more = '') =>
    `<table:table-cell office:value-type="string" ${more}><text:p>${inside}</text:p></table:table-cell>`
  const twice = cell(`${link('1')}, ${link('2')}`, 'table:number-columns-repeated="2"')
  const rows = `<table:table-row table:number-rows-repeated="2">${twice}${cell('words')}</table:table-row>`
  const both = 'https://a.com/1\nhttps://a.com/2'
  expect(await linksIn(upload(ods(table(rows))))).toEqual([
    `A1 ${both}`,
    `B1 ${both}`,
    `A2 ${both}`,
    `B2 ${both}`,
  ])
})

test('XML Spreadsheet 2003 and web pages have links, too', async () => {
  const cell = '<Cell ss:HRef="https://a.com/1?x&amp;y"><Data ss:Type="String">open</Data></Cell>'
  const space = 'urn:schemas-microsoft-com:office:spreadsheet'
  const book = `<?xml version="1.0"?><Workbook xmlns="${space}" xmlns:ss="${space}"><Worksheet ss:Name="S"><Table><Row>${cell}</Row></Table></Worksheet></Workbook>`
  expect(await linksIn(upload(book, 'a.xls'))).toEqual(['A1 https://a.com/1?x&y'])
  const page = `<html><table><tr><td>a</td><td><a class="x" href='https://a.com/1?x&amp;y'>open</a><a name=here>b</a></td></tr></table></html>`
  expect(await linksIn(upload(page, 'a.xls'))).toEqual(['B1 https://a.com/1?x&y'])
})
