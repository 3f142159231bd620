import { expect, test } from 'bun:test'
import { shownText } from '../../../src/workbook/read/value.ts'
import { cellsOf, checked, refusalOf } from '../support/inspect.ts'
import { content, ods, table, textRow } from '../support/ods.ts'
import { upload } from '../support/xlsx.ts'
import { zip } from '../support/zip.ts'

async function cell(attributes: string, inside = '') {
  const row = `<table:table-row><table:table-cell ${attributes}>${inside}</table:table-cell></table:table-row>`
  return (await cellsOf(ods(table(row))))[0]?.cells[0]
}

test('what a cell shows is sent, and its value is there', async () => {
  const number = (value: string, shown: string, type = 'float') =>
    cell(`office:value-type="${type}" office:value="${value}"`, `<text:p>${shown}</text:p>`)
  expect(await number('12.5', '12.5')).toBe(12.5)
  expect(await number('7', '007')).toEqual({ number: 7, shown: '007', raw: '007' })
  expect(await number('7', '0.07')).toEqual({ number: 7, shown: '0.07' })
  expect(await number('0.125', '12,5 %', 'percentage')).toMatchObject({ number: 0.125, raw: '12.5%' })
  expect(await number('0.30000000000000004', '0.30000000000000004')).toBe(0.3)
  const long = await number('123456789012', '1.23E+011')
  expect(shownText(long ?? null)).toBe('123456789012')
  expect(shownText((await number('42', '###')) ?? null)).toBe('42')
})

test('a date whose text has no year is sent whole', async () => {
  const date = async (shown: string) =>
    shownText(
      (await cell('office:value-type="date" office:date-value="2026-03-16"', `<text:p>${shown}</text:p>`)) ??
        null,
    )
  expect(await date('16 Mar')).toBe('2026-03-16')
  expect(await date('16.03.26')).toBe('16.03.26')
  expect(await date('令和8年3月16日')).toBe('令和8年3月16日')
  expect(await date('')).toBe('2026-03-16')
})

test('times of day and durations are known', async () => {
  const time = (value: string) => cell(`office:value-type="time" office:time-value="${value}"`)
  expect(await time('PT08H30M00S')).toBe('08:30:00')
  expect(await time('PT26H30M00.4S')).toBe('26:30:00')
})

test('white space is as in the cell: runs are one space, further spaces and line breaks are elements', async () => {
  const text = await cell(
    'office:value-type="string"',
    '<text:p>\n a  b<text:s text:c="3"/>c<text:tab/>d</text:p><text:p>e</text:p>',
  )
  expect(text).toBe('a b   c\td\ne')
})

test('comments, drawings and the reading of characters are no text of the cell', async () => {
  const inside =
    '<office:annotation><text:p>note</text:p></office:annotation><draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>' +
    '<text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby></text:p>'
  expect(await cell('office:value-type="string"', inside)).toBe('東京')
})

test('a value under a merge is not read, for nobody sees it', async () => {
  const covered =
    '<table:covered-table-cell office:value-type="string"><text:p>x</text:p></table:covered-table-cell>'
  const row = textRow(['a'])
    .replace('<table:table-cell', '<table:table-cell table:number-columns-spanned="2"')
    .replace('</table:table-row>', `${covered}</table:table-row>`)
  expect((await cellsOf(ods(table(row))))[0]?.cells).toEqual(['a'])
})

test('rows inside of groups and header rows are rows of the sheet; tracked changes are not', async () => {
  const rows = `<table:table-header-rows>${textRow(['Name'])}</table:table-header-rows><table:table-row-group>${textRow(['a'])}</table:table-row-group>`
  const changes = `<table:tracked-changes><table:deletion>${table(textRow(['old']), 'Gone')}</table:deletion></table:tracked-changes>`
  expect(await cellsOf(ods(changes + table(rows)))).toEqual([
    { row: 1, cells: ['Name'] },
    { row: 2, cells: ['a'] },
  ])
})

test('a million blank rows and cells cost nothing, and rows keep their numbers', async () => {
  const blank =
    '<table:table-row table:number-rows-repeated="900000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
  expect(await cellsOf(ods(table(textRow(['a']) + blank + textRow(['b']))))).toEqual([
    { row: 1, cells: ['a'] },
    { row: 900_002, cells: ['b'] },
  ])
})

test('a row or cell with a value that is repeated without end is refused before it is made', async () => {
  const repeated = (rows: number, columns: number) => {
    const cells = `<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="${columns}"/>`
    return ods(table(`<table:table-row table:number-rows-repeated="${rows}">${cells}</table:table-row>`))
  }
  expect(await refusalOf(repeated(1_048_576, 1))).toBe('too-many-rows')
  expect(await refusalOf(repeated(1, 16_777_216))).toBe('too-many-columns')
  expect(await refusalOf(repeated(1_048_576, 16_384))).toBe('too-many-rows')
  expect(await refusalOf(repeated(50_000, 90))).toBe('not refused')
  const sheets = ['A', 'B', 'C'].map((name) =>
    table(
      textRow(
        Array.from({ length: 90 }, () => 'x'),
        'table:number-rows-repeated="50000"',
      ),
      name,
    ),
  )
  expect(await refusalOf(ods(sheets.join('')))).toBe('too-large-inside')
})

test.each([
  ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]>', 'doctype', 'a'],
  ['an entity of its own', '<?xml version="1.0"?>', 'corrupt', '&bomb;'],
  ['a table in a cell', '', 'corrupt', `<table:table-cell>${'<text:p>'.repeat(200)}`],
])('an .ods with %s is refused', async (_, before, code, text) => {
  const bytes = zip([
    { name: 'mimetype', bytes: 'application/vnd.oasis.opendocument.spreadsheet' },
    { name: 'content.xml', bytes: content(table(textRow([text])), before) },
  ])
  expect(await refusalOf(bytes)).toBe(code)
})

test('a protected .ods is refused as one', async () => {
  const protectedEntry =
    '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
  expect(await refusalOf(ods(table(''), protectedEntry))).toBe('password')
})

test('an .ods whose content unpacks to more than the limit is refused', async () => {
  const bytes = ods(table(' '.repeat(3_000_000)))
  expect(await refusalOf(bytes, { maxUnpackedBytes: 1_000_000 })).toBe('too-large-inside')
})

test('a flat .ods is read as well', async () => {
  const flat = content(table(textRow(['Name']) + textRow(['a']))).replaceAll('document-content', 'document')
  const file = `<?xml version="1.0"?>${flat.replace('<office:document ', '<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet" ')}`
  expect(await checked(upload(file, 'a.fods'))).toMatchObject({ headings: ['Name'], rows: 1 })
})

test('a sheet may be called as a member of every object', async () => {
  const names = ['__proto__', 'constructor', 'toString']
  const found = await checked(
    ods(names.map((name) => table(textRow([name]) + textRow(['a']), name)).join('')),
    { sheet: 'constructor' },
  )
  expect(found.sheets.map(({ name }) => name)).toEqual(names)
  expect(found.headings).toEqual(['constructor'])
})
