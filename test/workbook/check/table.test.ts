import { expect, test } from 'bun:test'
import type { Variable } from '../../../src/engine/workflow.ts'
import { markedCopy } from '../../../src/workbook/write/marked/marked.ts'
import { template } from '../../../src/workbook/write/template.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { checked, failureOf, prepared } from '../support/inspect.ts'
import { COPYWRITER, COPYWRITER_APP, variable } from '../support/variables.ts'
import { rowsXml, upload, xlsx } from '../support/xlsx.ts'
import { opened } from '../support/exceljs.ts'

type Rows = (string | number | null)[][]

const PRODUCTS: Rows = [
  ['Name', 'Key features', 'Tone'],
  ['Kettle', 'boils', 'casual'],
]
const QUERY = [variable('paragraph', { name: 'query', label: 'Query', required: true })]

function book(sheets: Record<string, Rows>, hidden: string[] = []): Uint8Array {
  return xlsx({
    sheets: Object.entries(sheets).map(([name, rows]) => ({
      name,
      data: rowsXml(rows),
      ...(hidden.includes(name) && { state: 'hidden' }),
    })),
  })
}

const codes = ({ faults }: { faults: { code: string }[] }) => faults.map(({ code }) => code)

test('the sheet that feeds every required input is taken, whatever stands before it', async () => {
  const sheets = {
    'Max words by tone': [
      ['Tone', 'Max words', 'Name'],
      ['casual', 80, 'a'],
    ],
    Products: PRODUCTS.map((row) => row.slice(0, 2)),
  }
  expect(await checked(book(sheets), { variables: COPYWRITER })).toMatchObject({
    sheet: 'Products',
    good: 1,
    faults: [],
  })
})

test('of two sheets with every required input, the one that feeds more is taken', async () => {
  const sheets = { Archive: PRODUCTS.map((row) => row.slice(0, 2)), Products: PRODUCTS }
  expect(await checked(book(sheets), { variables: COPYWRITER })).toMatchObject({ sheet: 'Products', good: 1 })
})

test('a guide of somebody else, one cell of which is an input’s name, does not go before the data', async () => {
  const sheets = {
    Guide: [
      ['Field', 'What it is'],
      ['user', 'who asks'],
      ['query', 'what is asked'],
      ['language', 'of the answer'],
    ],
    Data: [['query'], ['Why?']],
  }
  expect(await checked(book(sheets), { variables: QUERY })).toMatchObject({ sheet: 'Data', good: 1 })
})

test('where two sheets fit equally nothing runs until a person has chosen one', async () => {
  const sheets = { Orders: PRODUCTS, Archive: PRODUCTS, Notes: [['x'], ['y']] }
  const found = await checked(book(sheets), { variables: COPYWRITER })
  expect(found).toMatchObject({
    sheet: 'Orders',
    rows: 1,
    good: 0,
    faults: [{ code: 'two-sheets', fatal: true, params: { sheets: ['Orders', 'Archive'], sheet: 'Orders' } }],
  })
  expect(found.faults[0]?.message).toBe('“Orders” and “Archive” both fit the workflow; “Orders” is shown.')
  expect((await prepared(book(sheets), { variables: COPYWRITER }))[0]?.fault).toStartWith('“Orders” and')
  for (const sheet of ['Orders', 'Archive'])
    expect(await checked(book(sheets), { variables: COPYWRITER, sheet })).toMatchObject({
      sheet,
      good: 1,
      faults: [],
    })
})

test('a person has to choose, too, where another sheet would feed more if near headings are what was meant', async () => {
  const lists: Rows = [
    ['Name', 'Unit'],
    ['cup', 'piece'],
  ]
  const variables = [
    variable('text-input', { name: 'name', label: 'Name', required: true }),
    variable('number', { name: 'price', label: 'Price' }),
    variable('paragraph', { name: 'notes', label: 'Notes' }),
  ]
  const data = (first: string): Rows => [
    [first, 'Price', 'Notes'],
    ['Kettle', 9, 'hot'],
  ]
  expect(codes(await checked(book({ Lists: lists, Data: data('Product name') }), { variables }))).toEqual([
    'two-sheets',
  ])
  expect(await checked(book({ Lists: lists, Data: data('Colour') }), { variables })).toMatchObject({
    sheet: 'Lists',
    good: 1,
  })
  const near: Rows = [
    ['Name', 'Prices', 'Note'],
    ['Kettle', 9, 'hot'],
  ]
  expect(codes(await checked(book({ Orders: near, Old: data('Names') }), { variables }))).not.toContain(
    'two-sheets',
  )
})

test('three sheets that fit equally are all named', async () => {
  const found = await checked(book({ Jan: PRODUCTS, Feb: PRODUCTS, Mar: PRODUCTS }), {
    variables: COPYWRITER,
  })
  expect(found.faults[0]?.message).toBe('“Jan”, “Feb” and “Mar” all fit the workflow; “Jan” is shown.')
})

test('a sheet that is empty but for its headings is no rival', async () => {
  const sheets = { 'Next month': PRODUCTS.slice(0, 1), Products: PRODUCTS }
  expect(await checked(book(sheets), { variables: COPYWRITER })).toMatchObject({
    sheet: 'Products',
    faults: [],
  })
})

test('a hidden sheet is no rival either', async () => {
  const sheets = { Products: PRODUCTS, Old: PRODUCTS }
  expect(await checked(book(sheets, ['Old']), { variables: COPYWRITER })).toMatchObject({ faults: [] })
})

test('a sheet that cannot be read is not passed over for one that does not fit', async () => {
  const broken = { name: 'Products', data: '<row r="1"><c t="s"><v>99</v></c></row>' }
  const cover = { name: 'Cover', data: rowsXml([['Welcome'], ['to this']]) }
  const failure = await failureOf(checked(xlsx({ sheets: [broken, cover] }), { variables: COPYWRITER }))
  expect(failure).toMatchObject({ code: 'corrupt' })
  const fits = { name: 'Data', data: rowsXml(PRODUCTS) }
  expect(await checked(xlsx({ sheets: [cover, fits] }), { variables: COPYWRITER })).toMatchObject({
    sheet: 'Data',
  })
})

test('the guide of a template is never run, whatever it is renamed to and whatever it says', async () => {
  const variables = [variable('text-input', { name: 'query', label: 'Column' })]
  const workbook = await opened(await template({ ...COPYWRITER_APP, variables }))
  const guide = workbook.getWorksheet('Guide')
  workbook.removeWorksheet(workbook.getWorksheet('Data')?.id ?? 0)
  expect(guide?.getCell('A8').value).toBe('Column')
  const saved = async () => upload(new Uint8Array(await workbook.xlsx.writeBuffer()))
  expect(await failureOf(checked(await saved(), { variables }))).toMatchObject({ code: 'no-sheets' })

  const data = workbook.addWorksheet('My rows')
  data.addRows([['Column'], ['Why?']])
  expect(await checked(await saved(), { variables })).toMatchObject({ sheet: 'My rows', good: 1, faults: [] })
})

test('the mark stays with a guide that a person has renamed and rewritten', async () => {
  const sheets = [
    { name: 'How it’s ‘done’ & why', data: rowsXml([['query'], ['what is asked']]) },
    { name: 'Data', data: rowsXml([['query'], ['Why?']]) },
  ]
  const names = `<definedNames><definedName name="Other">Data!$A$1</definedName><definedName name="RowbotGuide">'How it’s ‘done’ &amp; why'!$A$1</definedName></definedNames>`
  expect(await checked(xlsx({ sheets, names }), { variables: QUERY })).toMatchObject({
    sheet: 'Data',
    good: 1,
    faults: [],
  })
  expect(codes(await checked(xlsx({ sheets }), { variables: QUERY }))).toEqual(['two-sheets'])
})

test.each<[string, Rows]>([
  [
    'an older guide, without the mark',
    [
      ['Product copywriter'],
      ['Column', 'Example', 'What it takes', 'If left empty', 'Variable', 'Description'],
      ['Name', 'Query', 'Text.', '–', 'query', ''],
    ],
  ],
  [
    'a guide by its sentence',
    [['Keep the headings; their order does not matter. This sheet is never run.'], ['query'], ['x']],
  ],
])('%s is known by what it says', async (_, guide) => {
  const other = { Anleitung: guide, Data: [['x'], ['y']] }
  expect((await checked(book(other), { variables: QUERY })).sheet).toBe('Data')
})

test('the front of a marked copy is not run, whatever it is renamed to', async () => {
  const file = upload(
    book({
      Data: [
        ['query', 'x'],
        [null, 1],
      ],
    }),
  )
  const bytes = await markedCopy(file, { variables: QUERY }, DEFAULT_LIMITS, true)
  const workbook = await opened(bytes ?? new Uint8Array())
  const [front, data] = workbook.worksheets
  if (front) front.name = 'Read me'
  if (data) data.getCell('A1').value = 'Something else'
  const again = upload(new Uint8Array(await workbook.xlsx.writeBuffer()))
  const variables = [variable('text-input', { name: 'cells', label: 'Cells' })]
  expect((await checked(again, { variables })).sheet).toBe('Data')
})

test('of a result that comes back, the summary and the long texts are not run', async () => {
  const variables = [variable('text-input', { name: 'row', label: 'Workflow' })]
  const results: Rows = [
    ['Topic', 'status', 'error', 'attempts', 'run id'],
    ['a', 'succeeded', null, 1, 'r1'],
  ]
  const sheets = {
    Summary: [['Workflow', 'Copywriter']],
    'Long texts': [
      ['row', 'column', 'part', 'text'],
      [2, 'x', 1, 'y'],
    ],
    Results: results,
  }
  expect((await checked(book(sheets), { variables })).sheet).toBe('Results')
  const own = { Summary: [['Workflow'], ['a']], Other: [['x'], ['y']] }
  expect((await checked(book(own), { variables })).sheet).toBe('Summary')
})

test('a value that is an input’s name does not make its row the headings unasked', async () => {
  const rows: Rows = [
    ['Subject', 'Text'],
    ['a', 'b'],
    ['c', 'd'],
    ['query', 'e'],
    ['f', 'g'],
  ]
  const found = await checked(book({ Data: rows }), { variables: QUERY })
  expect(found).toMatchObject({
    headingRow: 4,
    good: 0,
    faults: [{ code: 'rows-above', fatal: true, params: { row: 4, count: 3 } }],
  })
  expect(found.faults[0]?.message).toBe(
    'Row 4 has the headings, but 3 filled rows are above it and would not run.',
  )
  expect((await prepared(book({ Data: rows }), { variables: QUERY }))[0]?.fault).toStartWith('Row 4')
  expect(await checked(book({ Data: rows }), { variables: QUERY, headingRow: 4 })).toMatchObject({
    good: 1,
    faults: [],
  })
})

test('the first row wins where it names as many inputs, however people write that', async () => {
  const rows: Rows = [
    ['Question', 'Notes'],
    ['Why?', 'a'],
    ['query', 'b'],
  ]
  expect(await checked(book({ Data: rows }), { variables: QUERY })).toMatchObject({
    headingRow: 1,
    good: 2,
    faults: [],
  })
})

test('titles above the headings, and lines about the file, are not rows of the table', async () => {
  const rows: Rows = [['Products of the third quarter'], ['by Mei', 46053, 'draft', 'x'], ...PRODUCTS]
  expect(await checked(book({ Data: rows }), { variables: COPYWRITER })).toMatchObject({
    headingRow: 3,
    good: 1,
    faults: [],
  })
})

const PRICES = [
  variable('number', { name: 'eur', label: 'Price / EUR', required: true }),
  variable('number', { name: 'usd', label: 'price usd', required: true }),
]
const TWO_LEVELS: Rows = [
  ['SKU', 'Price', null, 'Size'],
  [null, 'EUR', 'USD', null],
  ['a', 1, 2, 'L'],
  ['b', 3, 4, 'M'],
]

test('headings in two rows are read as one, where a person says so', async () => {
  expect(await checked(book({ Data: TWO_LEVELS }), { variables: PRICES, headingRows: 2 })).toMatchObject({
    headingRow: 1,
    headingRows: 2,
    headings: ['SKU', 'Price / EUR', 'Price / USD', 'Size'],
    rows: 2,
    good: 2,
    mapping: { eur: 1, usd: 2 },
    faults: [],
  })
  const rows = await prepared(book({ Data: TWO_LEVELS }), { variables: PRICES, headingRows: 2 })
  expect(rows.map(({ row, inputs }) => [row, inputs])).toEqual([
    [3, { eur: 1, usd: 2 }],
    [4, { eur: 3, usd: 4 }],
  ])
})

test('merged cells say how far a group reaches', async () => {
  const rows: Rows = [
    ['Price', null, null],
    ['EUR', 'USD', 'Note'],
    [1, 2, 'x'],
  ]
  const after = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
  const merged = xlsx({ sheets: [{ name: 'Data', data: rowsXml(rows), after }] })
  const headings = async (bytes: Uint8Array) =>
    (await checked(bytes, { headingRow: 1, headingRows: 2 })).headings
  expect(await headings(merged)).toEqual(['Price / EUR', 'Price / USD', 'Note'])
  expect(await headings(book({ Data: rows }))).toEqual(['Price / EUR', 'Price / USD', 'Price / Note'])
})

test('headings that seem to be in two rows are suggested, and the lower ones are not run as data', async () => {
  const optional: Variable[] = [variable('text-input', { name: 'sku', label: 'SKU' })]
  const found = await checked(book({ Data: TWO_LEVELS }), { variables: optional })
  expect(found).toMatchObject({ headingRow: 1, headingRows: 1, groupRow: 1, good: 0 })
  expect(codes(found)).toEqual(['two-heading-rows'])
  expect(await checked(book({ Data: TWO_LEVELS }), { variables: optional, headingRow: 1 })).toMatchObject({
    groupRow: 1,
    faults: [],
  })
  const lower = [variable('number', { name: 'eur', label: 'EUR', required: true })]
  expect(await checked(book({ Data: TWO_LEVELS }), { variables: lower })).toMatchObject({
    headingRow: 2,
    groupRow: 1,
    good: 2,
    faults: [],
  })
})

test('headings with a gap above ordinary rows are not taken for groups', async () => {
  const rows: Rows = [
    ['Name', null, 'Key features'],
    ['Kettle', 'a note', 'boils'],
    ['Lamp', 'b', 'shines'],
  ]
  expect(await checked(book({ Data: rows }), { variables: COPYWRITER })).toMatchObject({
    groupRow: null,
    good: 2,
  })
})

test('merged headings over texts are groups, also above rows of nothing but texts', async () => {
  const rows: Rows = [
    ['Name', 'About it', null],
    [null, 'Key features', 'Use'],
    ['Kettle', 'boils', 'tea'],
  ]
  const variables = [variable('text-input', { name: 'name', label: 'Name' })]
  const after = '<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'
  const bytes = xlsx({ sheets: [{ name: 'Data', data: rowsXml(rows), after }] })
  expect(await checked(bytes, { variables })).toMatchObject({
    groupRow: 1,
    good: 0,
    faults: [{ code: 'two-heading-rows' }],
  })
  expect(await checked(bytes, { variables, headingRow: 1 })).toMatchObject({
    groupRow: 1,
    good: 2,
    faults: [],
  })
})
