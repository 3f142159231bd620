import { expect, test } from 'bun:test'
import { deflateRawSync } from 'node:zlib'
import type { Limits } from '../../../src/workbook/limits.ts'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { checked, failureOf, refusalOf } from '../support/inspect.ts'
import { compoundFile } from '../support/compound-file.ts'
import { relationships, rowsXml, upload, xlsx } from '../support/xlsx.ts'
import { zip } from '../support/zip.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

function compound(name: string) {
  return compoundFile({ [name]: Buffer.alloc(5_000) })
}

test.each([
  ['an empty file', new Uint8Array(), 'a.xlsx', 'empty'],
  ['a workbook of Excel 97 without anything in it', compound('Workbook'), 'a.xls', 'corrupt'],
  ['a password-protected workbook', compound('EncryptedPackage'), 'a.xlsx', 'password'],
  ['a Word document of 1997', compound('WordDocument'), 'a.doc', 'document'],
  ['a PDF', '%PDF-1.7 …', 'a.xlsx', 'document'],
  ['a web page', '\n<!DOCTYPE html><html>sign in</html>', 'a.xlsx', 'html'],
  ['a web page without a table called .xls', '<html><p>a</p></html>', 'report.xls', 'html'],
  ['a web page with two tables called .xls', '<table></table><table></table>', 'report.xls', 'html'],
  ['a sign-in page called .xls', '<table><tr><td><input></td></tr></table>', 'report.xls', 'html'],
  ['an XML spreadsheet of 2003', '<?xml version="1.0"?><Workbook/>', 'a.xls', 'xml-spreadsheet'],
  ['text that is called a workbook', 'name,tone\na,b', 'a.xlsx', 'text'],
  ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), 'a.png', 'other'],
  ['noise that is called a workbook', new Uint8Array([1, 2, 3, 4, 0, 255]), 'a.xlsx', 'corrupt'],
])('%s is refused as what it is', async (_, bytes, name, code) => {
  expect(await refusalOf(upload(bytes, name))).toBe(code)
})

test('an archive that is no workbook is refused as what it is', async () => {
  const odt = 'application/vnd.oasis.opendocument.text'
  expect(await refusalOf(zip([{ name: 'mimetype', bytes: odt }]))).toBe('document')
  const apple = zip([{ name: 'Index/Document.iwa', bytes: 'x' }])
  expect(await refusalOf(upload(apple, 'a.numbers'))).toBe('numbers')
  expect(await refusalOf(upload(apple, 'a.pages'))).toBe('document')
  expect(await refusalOf(zip([{ name: 'photo.jpg', bytes: 'x' }]))).toBe('archive')
  const word = relationships([['a', 'officeDocument', 'word/document.xml']])
  expect(await refusalOf(xlsx({ parts: { '_rels/.rels': word } }))).toBe('document')
})

test('a workbook without a worksheet is refused', async () => {
  const rels = relationships([['rId1', 'chartsheet', 'chartsheets/sheet1.xml']])
  expect(await refusalOf(xlsx({ parts: { 'xl/_rels/workbook.xml.rels': rels } }))).toBe('no-sheets')
})

test('an encrypted part is refused', async () => {
  expect(await refusalOf(xlsx({ lies: { 'xl/workbook.xml': { flags: 1 } } }))).toBe('password')
})

const limits: [string, Partial<Limits>, string][] = [
  ['bytes', { maxFileBytes: 100 }, 'file-too-large'],
  ['rows', { maxRows: 10 }, 'too-many-rows'],
  ['columns', { maxColumns: 2 }, 'too-many-columns'],
  ['bytes unpacked', { maxUnpackedBytes: 5_000 }, 'too-large-inside'],
  ['parts', { maxEntries: 3 }, 'too-large-inside'],
]

test.each(limits)('a workbook over the limit of %s is refused', async (_, limits, code) => {
  const rows = Array.from({ length: 200 }, (_, i) => [i, i, i])
  expect(await refusalOf(xlsx({ data: rowsXml(rows) }))).toBe('not refused')
  expect(await refusalOf(xlsx({ data: rowsXml(rows) }), limits)).toBe(code)
})

test('as many data rows as the limit are read, and not one more', async () => {
  const limits = { maxRows: 10 }
  const rows = (count: number) =>
    xlsx({ data: rowsXml([['Title'], ['a', 'b'], ...Array.from({ length: count }, (_, i) => [i, i])]) })
  expect(await checked(rows(10), { headingRow: 2 }, limits)).toMatchObject({ rows: 10 })
  expect(await failureOf(checked(rows(11), { headingRow: 2 }, limits))).toMatchObject({
    code: 'too-many-rows',
  })
})

test('a refusal names the file on one line, without its path', () => {
  const refusal = new FileRefusal('corrupt')
  expect(refusal.toUserError('C:\\Users\\mei\\old\n<b>.xls').message).toBe(
    '“old <b>.xls” is damaged or cut short.',
  )
  expect(refusal.toUserError(`${'x'.repeat(300)}.xls`).message.length).toBeLessThan(140)
})

test('formatting without values costs no rows and no columns', async () => {
  const empty = Array.from({ length: 500 }, (_, i) => `<row r="${i + 2}"><c r="XFD${i + 2}" s="0"/></row>`)
  const data = rowsXml([['Name']]) + empty.join('')
  expect(await refusalOf(xlsx({ data }), { maxRows: 10, maxColumns: 2 })).toBe('not refused')
})

test('a size that lies about a bomb does not unpack it', async () => {
  const sheet = `<worksheet xmlns="${MAIN}"><sheetData>${' '.repeat(30_000_000)}</sheetData></worksheet>`
  const bytes = xlsx({
    parts: { 'xl/worksheets/sheet1.xml': sheet },
    lies: { 'xl/worksheets/sheet1.xml': { unpacked: 9 } },
  })
  expect(await refusalOf(bytes, { maxUnpackedBytes: 1_000_000 })).toBe('too-large-inside')
})

test('a giant shared string is refused before it is whole', async () => {
  const strings = `<si><t>${'a'.repeat(5_000_000)}</t></si>`
  expect(await refusalOf(xlsx({ strings }))).toBe('cell-too-long')
  expect(await refusalOf(xlsx({ data: `<row><c t="str"><v>${'a'.repeat(5_000_000)}</v></c></row>` }))).toBe(
    'cell-too-long',
  )
  expect(await refusalOf(xlsx({ strings: '<si><t>ab</t></si>'.repeat(10) }), { maxTextChars: 339 })).toBe(
    'too-large-inside',
  )
})

test('a tag full of > in quotes takes no longer than any other', async () => {
  const sheet = `<worksheet>${`<a b="${'>'.repeat(900_000)}"/>`.repeat(5)}</worksheet>`
  expect(await refusalOf(xlsx({ parts: { 'xl/worksheets/sheet1.xml': sheet } }))).toBe('not refused')
})

test('a line of nothing but commas, or of nothing but quotation marks, costs no memory', async () => {
  expect(await refusalOf(upload(','.repeat(3_000_000), 'a.csv'))).toBe('not refused')
  expect(await refusalOf(upload(`${','.repeat(200)}x`, 'a.csv'))).toBe('too-many-columns')
  expect(await refusalOf(upload('"'.repeat(3_000_000), 'a.csv'))).toBe('cell-too-long')
})

test('a text longer than Excel itself writes is read, up to a limit', async () => {
  expect(await refusalOf(xlsx({ data: rowsXml([['a'.repeat(40_000)]]) }))).toBe('not refused')
  expect(await refusalOf(xlsx({ data: rowsXml([['a'.repeat(1_000_001)]]) }))).toBe('cell-too-long')
})

test.each([
  ['a document type', '<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet/>', 'doctype'],
  ['an entity of its own', '<worksheet><sheetData>&bomb;</sheetData></worksheet>', 'corrupt'],
  ['tags that do not match', '<worksheet><sheetData></worksheet></sheetData>', 'corrupt'],
  ['an end too early', '<worksheet><sheetData>', 'corrupt'],
  ['two roots', '<worksheet/><worksheet/>', 'corrupt'],
  ['depth without end', '<a>'.repeat(200), 'corrupt'],
  ['a tag without end', `<worksheet ${'a'.repeat(3_000_000)}`, 'corrupt'],
  ['nothing at all', '', 'corrupt'],
  ['bytes that are no text', Buffer.from('<worksheet>\xff\xfe</worksheet>', 'latin1'), 'corrupt'],
])('a sheet with %s is refused', async (_, sheet, code) => {
  expect(await refusalOf(xlsx({ parts: { 'xl/worksheets/sheet1.xml': sheet } }))).toBe(code)
})

test.each([
  ['row', '<row r="2"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>'],
  ['row twice', '<row r="2"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>'],
  [
    'row before one that goes on',
    '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>',
  ],
  ['cell twice', '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'],
  ['row 0', '<row r="0"><c r="A1"><v>1</v></c></row>'],
  ['row beyond the last', '<row r="1048577"><c><v>1</v></c></row>'],
  ['column beyond the last', '<row r="1"><c r="ZZZ1"><v>1</v></c></row>'],
  ['cell without a column', '<row r="1"><c r="1"><v>1</v></c></row>'],
])('a %s that is out of place is refused, for its values would land on the wrong line', async (_, data) => {
  expect(await refusalOf(xlsx({ data }))).toBe('corrupt')
})

test('a text that is not in the table is refused, not read as nothing', async () => {
  expect(
    await refusalOf(xlsx({ data: '<row><c t="s"><v>7</v></c></row>', strings: '<si><t>a</t></si>' })),
  ).toBe('corrupt')
  expect(await refusalOf(xlsx({ data: '<row><c t="s"><v>0</v></c></row>' }))).toBe('corrupt')
})

test('styles that are gone are refused, for dates would come out as numbers', async () => {
  const parts = { 'xl/styles.xml': null }
  expect(await refusalOf(xlsx({ styles: '', parts }))).toBe('corrupt')
})

test('a part that is in the archive twice is refused', async () => {
  const bytes = Buffer.from(xlsx({ parts: { 'xl/worksheets/sheet2.xml': '<worksheet/>' } }))
  const twice = new Uint8Array(
    bytes
      .toString('latin1')
      .replaceAll('sheet2.xml', 'sheet1.xml')
      .split('')
      .map((c) => c.charCodeAt(0)),
  )
  expect(await refusalOf(twice)).toBe('corrupt')
})

test('a path that leads out of the archive leads nowhere', async () => {
  const rels = relationships([['rId1', 'worksheet', '../../../../../../etc/passwd']])
  expect(await refusalOf(xlsx({ parts: { 'xl/_rels/workbook.xml.rels': rels } }))).toBe('corrupt')
  expect(
    await refusalOf(xlsx({ parts: { '../../evil.sh': 'x', 'C:\\evil.exe': 'x' }, data: rowsXml([['a']]) })),
  ).toBe('not refused')
})

test('a checksum that does not fit is refused, small part or streamed', async () => {
  expect(await refusalOf(xlsx({ lies: { 'xl/workbook.xml': { crc: 1 } } }))).toBe('corrupt')
  expect(await refusalOf(xlsx({ lies: { 'xl/worksheets/sheet1.xml': { crc: 1 } } }))).toBe('corrupt')
})

test('an archive in an archive is not opened', async () => {
  const inner = zip([{ name: 'bomb', bytes: deflateRawSync(Buffer.alloc(1_000_000)) }])
  expect(await refusalOf(zip([{ name: 'a.zip', bytes: inner }]))).toBe('archive')
})
