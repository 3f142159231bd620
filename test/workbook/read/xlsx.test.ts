import { expect, test } from 'bun:test'
import { bare, cellsOf, checked, columnA, prepared } from '../support/inspect.ts'
import { variable } from '../support/variables.ts'
import { relationships, rowsXml, styles, xlsx } from '../support/xlsx.ts'
import { asZip64 } from '../support/zip.ts'

// Each of these is read wrong, or not at all, by a reader that was tried in place of ours: docs/decisions/0002.

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const DATE_IN_A = styles({}, [0, 14])

function cell(xml: string, more: Parameters<typeof xlsx>[0] = {}) {
  return columnA(xlsx({ ...more, data: `<row r="1">${xml}</row>` })).then(([value]) => value)
}

test('a formula’s result of 0, false or nothing is not lost', async () => {
  expect(await cell('<c r="A1"><f>1-1</f><v>0</v></c>')).toBe(0)
  expect(await cell('<c r="A1" t="b"><f>1=2</f><v>0</v></c>')).toBe(false)
  expect(await cell('<c r="A1" t="str"><f>""</f><v></v></c>')).toBeUndefined()
  expect(await cell('<c r="A1" t="b"><f>1=1</f><v>1</v></c>')).toBe(true)
})

test('a formula that was never calculated is told apart from an empty cell', async () => {
  expect(await cell('<c r="A1"><f>SUM(B1:B9)</f><v></v></c>')).toEqual({ uncalculated: true })
  expect(await cell('<c r="A1"><f>SUM(B1:B9)</f></c>')).toEqual({ uncalculated: true })
})

test('a formula’s result is a date, an error or a text from the table where the cell says so', async () => {
  expect(bare(await cell('<c r="A1" s="1"><f>TODAY()</f><v>46053</v></c>', { styles: DATE_IN_A }))).toBe(
    '2026-01-31',
  )
  expect(await cell('<c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>')).toEqual({ error: '#N/A' })
  const strings = '<si><t>zero</t></si><si><t>one</t></si>'
  expect(await cell('<c r="A1" t="s"><f>B1</f><v>1</v></c>', { strings })).toBe('one')
})

test('a text of a formula is decoded once', async () => {
  expect(await cell('<c r="A1" t="str"><f>B1</f><v>x&amp;amp;y</v></c>')).toBe('x&amp;y')
})

test('_x000D_ is one character in every kind of text, and _x005F_ keeps what only looks like one', async () => {
  expect(await cell('<c r="A1" t="inlineStr"><is><t>a_x000D_b</t></is></c>')).toBe('a\rb')
  expect(await cell('<c r="A1" t="str"><f>1</f><v>_x005F_x0041_</v></c>')).toBe('_x0041_')
  expect(await cell('<c r="A1" t="s"><v>0</v></c>', { strings: '<si><t>_x0041_</t></si>' })).toBe('A')
})

test('runs of rich text are joined, in the table and inline, also after a plain one', async () => {
  const rich = '<r><t>Hel</t></r><r><rPr><b/></rPr><t xml:space="preserve">lo </t></r><r><t>you</t></r>'
  const strings = `<si><t>plain</t></si><si>${rich}</si>`
  const data =
    '<row r="1"><c r="A1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>plain</t></is></c></row>' +
    `<row r="3"><c r="A3" t="inlineStr"><is>${rich}</is></c></row>`
  expect(await columnA(xlsx({ data, strings }))).toEqual(['Hello you', 'plain', 'Hello you'])
})

test('the reading above Japanese characters is not part of the text', async () => {
  const strings = '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
  expect(await cell('<c r="A1" t="s"><v>0</v></c>', { strings })).toBe('東京')
})

test('characters beyond 16 bits come whole, as themselves, as one entity or as two halves', async () => {
  const text = (inner: string) => cell(`<c r="A1" t="inlineStr"><is><t>${inner}</t></is></c>`)
  expect(await text('😀')).toBe('😀')
  expect(await text('&#128512;&#x1F600;')).toBe('😀😀')
  expect(await text('&#55357;&#56832;')).toBe('😀')
})

test('spaces around a text are kept, and the line breaks of pretty-printed XML are not part of it', async () => {
  expect(await cell('<c r="A1" t="inlineStr"><is><t xml:space="preserve">  a \n b  </t></is></c>')).toBe(
    '  a \n b  ',
  )
  expect(await cell('\n <c r="A1" t="inlineStr">\n  <is>\n   <t>a</t>\n  </is>\n </c>\n')).toBe('a')
  expect(await cell('<c r="A1">\n <v>\n 12 \n</v>\n</c>')).toBe(12)
})

test('numbers come without binary noise, whole ones with all their digits', async () => {
  expect(await cell('<c r="A1"><v>0.30000000000000004</v></c>')).toBe(0.3)
  expect(await cell('<c r="A1"><v>1.1000000000000001</v></c>')).toBe(1.1)
  expect(await cell('<c r="A1"><v>9007199254740991</v></c>')).toBe(9007199254740991)
  // openpyxl and others write what Excel would not keep.
  const id = '12345678901234567'
  expect(await cell(`<c r="A1"><v>${id}</v></c>`)).toEqual({ number: Number(id), shown: id, raw: id })
  expect(await cell('<c r="A1"><v>1E-3</v></c>')).toBe(0.001)
  expect(await cell('<c r="A1"><v>-2.5</v></c>')).toBe(-2.5)
  expect(await cell('<c r="A1"><v>1E+999</v></c>')).toBe('1E+999')
})

test('a text that looks like a number stays text', async () => {
  expect(await cell('<c r="A1" t="inlineStr"><is><t>00123</t></is></c>')).toBe('00123')
  expect(await cell('<c r="A1" t="s"><v>0</v></c>', { strings: '<si><t>1e5</t></si>' })).toBe('1e5')
})

test('a number that its format pads with zeros keeps what the person sees', async () => {
  const padded = styles({ 164: '00000' }, [0, 164])
  expect(await cell('<c r="A1" s="1"><v>123</v></c>', { styles: padded })).toEqual({
    number: 123,
    shown: '00123',
    raw: '00123',
  })
  expect(await cell('<c r="A1" s="1"><v>123456</v></c>', { styles: padded })).toBe(123456)
})

test('a percentage is the number for what takes numbers, and what is seen for what takes text', async () => {
  const percent = styles({ 164: '0.0%' }, [0, 9, 164])
  const seen = (shown: string, raw: string, number: number) => ({ number, shown, raw })
  expect(await cell('<c r="A1" s="1"><v>0.15</v></c>', { styles: percent })).toEqual(seen('15%', '15%', 0.15))
  expect(await cell('<c r="A1" s="2"><v>0.07000000000000001</v></c>', { styles: percent })).toEqual(
    seen('7.0%', '7%', 0.07),
  )
  const [row] = await prepared(
    xlsx({
      data: '<row><c t="str"><v>value</v></c></row><row><c s="1"><v>0.15</v></c></row>',
      styles: percent,
    }),
    { variables: [variable('text-input')] },
  )
  expect(row).toEqual({ row: 2, cells: ['15%'], inputs: { value: '15%' } })
})

test('booleans and errors are themselves', async () => {
  expect(await cell('<c r="A1" t="b"><v>1</v></c>')).toBe(true)
  expect(await cell('<c r="A1" t="b"><v>false</v></c>')).toBe(false)
  expect(await cell('<c r="A1" t="e"><v>#DIV/0!</v></c>')).toEqual({ error: '#DIV/0!' })
})

test.each([
  ['', 'date1904="0"', '2026-01-31'],
  ['1', 'date1904="1"', '2030-02-01'],
  ['as LibreOffice writes it', 'date1904="true"', '2030-02-01'],
])('the date system of 1904 is seen %s', async (_, attribute, date) => {
  const workbookPr = `<workbookPr ${attribute}/>`
  expect(bare(await cell('<c r="A1" s="1"><v>46053</v></c>', { styles: DATE_IN_A, workbookPr }))).toBe(date)
})

test('an extension’s workbookPr does not change the date system', async () => {
  const workbookPr =
    '<workbookPr date1904="1"/><extLst><ext xmlns:x15="http://x15"><x15:workbookPr date1904="0"/></ext></extLst>'
  expect(await cell('<c r="A1" s="1"><v>0</v></c>', { styles: DATE_IN_A, workbookPr })).toBe('1904-01-01')
})

test('a date that the file gives as text is a date', async () => {
  expect(await cell('<c r="A1" t="d"><v>2026-01-31</v></c>')).toBe('2026-01-31')
  expect(await cell('<c r="A1" t="d"><v>2026-01-31T13:45:00.000Z</v></c>')).toBe('2026-01-31T13:45:00')
  expect(await cell('<c r="A1" t="d"><v>2026-01-31T00:00:00</v></c>')).toBe('2026-01-31')
})

test('parts are found whatever they are called', async () => {
  const sheet = `<worksheet xmlns="${MAIN}"><sheetData>${rowsXml([['found']])}</sheetData></worksheet>`
  const workbook = `<workbook xmlns="${MAIN}" xmlns:q="http://q"><sheets><sheet name="S" sheetId="1" q:id="a"/></sheets></workbook>`
  const parts = {
    'xl/workbook.xml': null,
    'xl/_rels/workbook.xml.rels': null,
    'xl/worksheets/sheet1.xml': null,
    '_rels/.rels': relationships([['x', 'officeDocument', '/book/main.xml']]),
    'book/main.xml': workbook,
    'book\\_rels\\main.xml.rels': relationships([['a', 'worksheet', './../book/pages/first.xml']]),
    'BOOK/Pages/First.xml': sheet,
  }
  expect(await columnA(xlsx({ parts }))).toEqual(['found'])
})

test('a table of texts with a capital S is found', async () => {
  const parts = {
    'xl/sharedStrings.xml': null,
    'xl/SharedStrings.xml': `<sst xmlns="${MAIN}"><si><t>text</t></si></sst>`,
  }
  expect(await cell('<c r="A1" t="s"><v>0</v></c>', { strings: '', parts })).toBe('text')
})

test('prefixed elements are read, and those of other namespaces are not', async () => {
  const sheet =
    `<x:worksheet xmlns:x="${MAIN}" xmlns:y="http://y"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c>` +
    '<y:c r="B1"><y:v>8</y:v></y:c></x:row></x:sheetData></x:worksheet>'
  expect(await cellsOf(xlsx({ parts: { 'xl/worksheets/sheet1.xml': sheet } }))).toEqual([
    { row: 1, cells: [7] },
  ])
})

test('rows and cells without a reference follow the ones before', async () => {
  const data =
    '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="5"><c r="B5"><v>2</v></c><c><v>3</v></c></row><row><c><v>6</v></c></row>'
  expect(await cellsOf(xlsx({ data }))).toEqual([
    { row: 1, cells: [1, null, 3] },
    { row: 5, cells: [null, 2, 3] },
    { row: 6, cells: [6] },
  ])
})

test.each(['utf-16le', 'utf-16be'] as const)('parts in %s are read', async (encoding) => {
  const source = `\ufeff<worksheet xmlns="${MAIN}"><sheetData>${rowsXml([['naïve 東京']])}</sheetData></worksheet>`
  const bytes = Buffer.from(source, 'utf16le')
  if (encoding === 'utf-16be') bytes.swap16()
  expect(await columnA(xlsx({ parts: { 'xl/worksheets/sheet1.xml': bytes } }))).toEqual(['naïve 東京'])
})

test('an archive with the end of a large one, or a comment after its end, is read', async () => {
  const bytes = xlsx({ data: rowsXml([['found']]) })
  expect(await columnA(asZip64(bytes))).toEqual(['found'])
  const comment = new Uint8Array([...bytes.slice(0, -2), 5, 0, ...Buffer.from('hello')])
  expect(await columnA(comment)).toEqual(['found'])
})

test('a strict workbook is read', async () => {
  const strict = (xml: string) =>
    xml
      .replaceAll(
        'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
        'http://purl.oclc.org/ooxml/spreadsheetml/main',
      )
      .replaceAll(
        'http://schemas.openxmlformats.org/officeDocument/2006',
        'http://purl.oclc.org/ooxml/officeDocument',
      )
  const parts = {
    '_rels/.rels': strict(relationships([['rId1', 'officeDocument', 'xl/workbook.xml']])),
    'xl/_rels/workbook.xml.rels': strict(relationships([['rId1', 'worksheet', 'worksheets/sheet1.xml']])),
    'xl/worksheets/sheet1.xml': strict(
      `<worksheet xmlns="${MAIN}"><sheetData>${rowsXml([['found']])}</sheetData></worksheet>`,
    ),
  }
  expect(await columnA(xlsx({ parts }))).toEqual(['found'])
})

test('a chart in a sheet’s place is passed over', async () => {
  const parts = {
    'xl/_rels/workbook.xml.rels': relationships([
      ['rId1', 'chartsheet', 'chartsheets/sheet1.xml'],
      ['rId2', 'worksheet', 'worksheets/sheet2.xml'],
    ]),
  }
  const sheets = [
    { name: 'Chart', data: '' },
    { name: 'Data', data: rowsXml([['a'], ['b']]) },
  ]
  const found = await checked(xlsx({ sheets, parts }))
  expect(found.sheets).toEqual([{ name: 'Data', hidden: false, rows: 1 }])
})

test('hidden sheets are told, and taken only when asked for', async () => {
  const sheets = [
    { name: 'Secret', state: 'veryHidden', data: rowsXml([['a'], ['hidden']]) },
    { name: 'Shown', data: rowsXml([['a'], ['shown']]) },
    { name: 'Old', state: 'hidden', data: rowsXml([['a']]) },
  ]
  const bytes = xlsx({ sheets })
  const found = await checked(bytes)
  expect(found.sheets.map(({ name, hidden }) => [name, hidden])).toEqual([
    ['Secret', true],
    ['Shown', false],
    ['Old', true],
  ])
  expect(found.preview[0]?.cells).toEqual(['shown'])
  expect((await checked(bytes, { sheet: 'Secret' })).preview[0]?.cells).toEqual(['hidden'])
})

test('hidden rows are read, and told', async () => {
  const data = `${rowsXml([['Name']])}<row r="2" hidden="1"><c t="str"><v>a</v></c></row><row r="3"><c t="str"><v>b</v></c></row>`
  const found = await checked(xlsx({ data }))
  expect(found.rows).toBe(2)
  expect(found.faults).toMatchObject([{ code: 'hidden-rows', note: true, count: 1, cells: ['2'] }])
})

test('merged cells have their value once, and rows below are told of', async () => {
  const data = rowsXml([
    ['Kind', 'Name'],
    ['a', 'x'],
    [null, 'y'],
  ])
  const sheets = [{ name: 'S', data, after: '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>' }]
  const bytes = xlsx({ sheets })
  expect((await cellsOf(bytes)).map(({ cells }) => cells)).toEqual([
    ['Kind', 'Name'],
    ['a', 'x'],
    [null, 'y'],
  ])
  expect((await checked(bytes)).faults).toMatchObject([{ code: 'merged-cells', note: true, cells: ['A2'] }])
})

test('__proto__ and constructor are headings like any other', async () => {
  const data = rowsXml([
    ['__proto__', 'constructor'],
    ['a', 'b'],
  ])
  const variables = ['__proto__', 'constructor'].map((name) => ({
    name,
    label: name,
    type: 'text-input' as const,
    required: true,
  }))
  const found = await checked(xlsx({ data }), { variables })
  expect(found.good).toBe(1)
  expect(Object.entries(found.mapping)).toEqual([
    ['__proto__', 0],
    ['constructor', 1],
  ])
})

test('a whole number of more digits than a number holds keeps all that are written', async () => {
  const data = `<row r="1"><c><v>1234567890123456789</v></c><c><v>1234567890123456</v></c></row>`
  expect((await cellsOf(xlsx({ data })))[0]?.cells).toEqual([
    { number: 1234567890123456800, shown: '1234567890123456789', raw: '1234567890123456789' },
    1234567890123456,
  ])
})
