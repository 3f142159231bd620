import { expect, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import { headingsKey, matchHeadings } from '../../../src/workbook/check/headings.ts'
import { nearest } from '../../../src/workbook/check/nearest.ts'
import { checked } from '../support/inspect.ts'
import { COPYWRITER, variable } from '../support/variables.ts'
import { rowsXml, xlsx } from '../support/xlsx.ts'

test.each([
  ['names', ['name', 'features', 'tone', 'max_words']],
  ['labels', ['Name', 'Key features', 'Tone', 'Max words']],
  ['stars', ['Name *', 'Key features*', 'Tone', 'max words']],
  ['case and spaces', [' NAME ', 'key  FEATURES', 'tone\u00a0', 'Max\nWords']],
  ['full-width forms', ['ｎａｍｅ', 'Key　features＊', 'Ｔｏｎｅ', 'max＿words']],
])('headings match by %s', (_, headings) => {
  expect(matchHeadings(headings, COPYWRITER).mapping).toEqual({ name: 0, features: 1, tone: 2, max_words: 3 })
})

test('the order does not matter, and what feeds nothing is named', () => {
  const match = matchHeadings(['SKU', 'Tone', '', 'Key features', 'Name'], COPYWRITER)
  expect(match.mapping).toEqual({ name: 4, features: 3, tone: 1, max_words: null })
  expect(match.unused).toEqual(['SKU'])
  expect(match.faults).toEqual([])
})

test('two columns for one input are a fault until one is chosen', () => {
  const match = matchHeadings(['Name', 'name *', 'Key features'], COPYWRITER)
  expect(match.faults.map(({ fault }) => fault)).toEqual([
    { code: 'ambiguous-column', label: 'Name', columns: ['A', 'B'] },
  ])
  const chosen = matchHeadings(['Name', 'name *', 'Key features'], COPYWRITER, { name: 1 })
  expect(chosen.mapping['name']).toBe(1)
  expect(chosen.faults).toEqual([])
  expect(chosen.unused).toEqual(['Name'])
})

test('a column that has the name of one variable and the label of another is the first one’s', () => {
  const variables = [
    variable('text-input', { name: 'a', label: 'b' }),
    variable('text-input', { name: 'b', label: 'c' }),
  ]
  expect(matchHeadings(['b', 'a'], variables).mapping).toEqual({ a: 1, b: 0 })
})

test('a required input without a column stops the sheet, and the likely column is named', () => {
  const { faults } = matchHeadings(['Nmae', 'Key features'], COPYWRITER)
  expect(faults.map(({ fault }) => fault)).toEqual([{ code: 'missing-column', label: 'Name', guess: 'Nmae' }])
})

test('an unknown column near an input that nothing feeds is asked about', () => {
  const { faults } = matchHeadings(['Name', 'Key features', 'tones'], COPYWRITER)
  expect(faults).toEqual([{ fault: { code: 'unknown-column', heading: 'tones', guess: 'Tone' }, column: 2 }])
})

test('what is chosen by hand goes first, also nothing at all', () => {
  const headings = ['Name', 'Key features', 'Tone']
  expect(matchHeadings(headings, COPYWRITER, { tone: null, max_words: 0 }).mapping).toEqual({
    name: 0,
    features: 1,
    tone: null,
    max_words: 0,
  })
  expect(() => matchHeadings(headings, COPYWRITER, { tone: -1 })).toThrow(UserError)
})

test('a variable without a label is called by its name', async () => {
  const variables = [variable('text-input', { name: 'topic', label: '', required: true })]
  const found = await checked(
    xlsx({
      data: rowsXml([
        ['Topic', 'b'],
        [null, 'x'],
      ]),
    }),
    { variables },
  )
  expect(found.faults[0]?.message).toBe('topic is empty, and it is required.')
})

test('uploads with the same columns share what was chosen for them', () => {
  expect(headingsKey(['Name *', 'Key  features'])).toBe(headingsKey(['name', 'KEY FEATURES']))
  expect(headingsKey(['Name', 'Tone'])).not.toBe(headingsKey(['Tone', 'Name']))
})

test('the nearest word is found, or none', () => {
  const options = ['formal', 'casual', 'playful']
  expect(nearest('Casual ', options)).toBe('casual')
  expect(nearest('fromal', options)).toBe('formal')
  expect(nearest('play', options)).toBe('playful')
  expect(nearest('quite formal', options)).toBe('formal')
  expect(nearest('friendly', options)).toBeUndefined()
  expect(nearest('', options)).toBeUndefined()
})

const TABLE = [
  ['Name', 'Key features'],
  ['Kettle', 'boils'],
]

test.each([
  ['the first row', [], 1],
  ['below a title', [['Products of the third quarter']], 2],
  ['below titles and a date', [['Products'], ['by Mei', 46053, 'draft']], 3],
  ['below blank rows', [[null], [null]], 3],
])('headings are found in %s', async (_, above, headingRow) => {
  const bytes = xlsx({ data: rowsXml([...above, ...TABLE]) })
  const found = await checked(bytes, { variables: COPYWRITER })
  expect(found).toMatchObject({
    headingRow,
    headings: expect.arrayContaining(['Name', 'Key features']),
    rows: 1,
    good: 1,
  })
})

test('without variables the first row has the headings, or the first below titles where that is clear', async () => {
  const look = async (rows: (string | number | null)[][]) =>
    (await checked(xlsx({ data: rowsXml(rows) }))).headingRow
  expect(await look(TABLE)).toBe(1)
  expect(await look([['Products'], [null, 'Q3'], ...TABLE])).toBe(3)
  expect(await look([['Question'], ['Why?'], ['How?']])).toBe(1)
  expect(await look([['Note'], ['Kettle', 12], ['Lamp', 13]])).toBe(1)
})

test('the row of headings can be told', async () => {
  const found = await checked(xlsx({ data: rowsXml([...TABLE, ['Lamp', 'shines']]) }), { headingRow: 2 })
  expect(found).toMatchObject({ headings: ['Kettle', 'boils'], headingRow: 2, rows: 1 })
  const far = xlsx({ data: rowsXml([['x'], ...Array.from({ length: 40 }, () => ['y']), ...TABLE]) })
  expect(await checked(far, { headingRow: 42 })).toMatchObject({
    headings: ['Name', 'Key features'],
    rows: 1,
  })
})

test('the first visible sheet with a heading for a variable is taken', async () => {
  const sheets = [
    { name: 'Cover', data: rowsXml([['Welcome'], ['to this']]) },
    { name: 'Products', data: rowsXml(TABLE) },
  ]
  expect((await checked(xlsx({ sheets }), { variables: COPYWRITER })).sheet).toBe('Products')
  expect((await checked(xlsx({ sheets }))).sheet).toBe('Cover')
  expect((await checked(xlsx({ sheets }), { sheet: 'products' })).sheet).toBe('Products')
})

test('a sheet that is not there is named, with those that are', async () => {
  const failure = await checked(xlsx({ data: rowsXml(TABLE) }), { sheet: 'Orders' }).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({
    message: 'There is no sheet “Orders”.',
    hint: 'The workbook has “Sheet1”.',
  })
})

test('empty and duplicate headings keep their columns', async () => {
  const found = await checked(
    xlsx({
      data: rowsXml([
        ['a', null, 'a'],
        [1, 2, 3, 4],
      ]),
    }),
  )
  expect(found.headings).toEqual(['a', '', 'a', ''])
  expect(found.preview).toEqual([{ row: 2, cells: [1, 2, 3, 4] }])
})
