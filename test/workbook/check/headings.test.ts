import { expect, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import { matchHeadings } from '../../../src/workbook/check/headings.ts'
import { nearest } from '../../../src/workbook/check/nearest.ts'
import { SEVERITY } from '../../../src/workbook/fault.ts'
import { checked, prepared } from '../support/inspect.ts'
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

test.each([
  ['snake_case for a label', 'key_features', 'Key features'],
  ['camelCase for snake_case', 'maxWords', 'max_words'],
  ['a hyphen', 'E-Mail', 'email'],
  ['a star in front', '*query', 'query'],
  ['a colon', 'query：', 'query'],
  ['required in Chinese', '科目（必填）', '科目'],
  ['required in English', 'Name (required)', 'Name'],
  ['required in square brackets', 'Name [Required] *', 'Name'],
  ['a unit', 'Price [EUR]', 'Price'],
  ['a unit in full-width brackets', '价格【元】', '价格'],
  ['a label with an emoji', 'Topic', '📝 Topic'],
  ['a label with a remark', 'Topic', 'Topic (what to write about)'],
  ['a label with both', 'topic', '🏷️ Topic（主题）'],
  ['two lines, the first of which is meant', 'Topic\n主题', 'Topic'],
  ['two lines, the second of which is meant', 'Topic\n主题', '主题'],
  ['full-width letters and invisible characters', 'Ｔｏｐｉｃ\u200b', 'topic'],
])('a heading as people write it: %s', (_, heading, label) => {
  const variables = [variable('text-input', { name: 'v1', label, required: true }), OTHER]
  expect(matchHeadings(['x', heading], variables).mapping).toEqual({ v1: 1, other: null })
})

test.each([
  ['Company\nName', 'Name'],
  ['Price\nEUR', 'Price'],
  ['客户\n名称', '名称'],
])('a heading wrapped over two lines is one name, which is only near to %p', (heading, label) => {
  const { mapping, proposals } = matchHeadings(
    ['x', heading],
    [variable('text-input', { name: 'v1', label, required: true }), OTHER],
  )
  expect(mapping).toEqual({ v1: null, other: null })
  expect(proposals).toEqual({ v1: 1 })
})

const OTHER = variable('text-input', { name: 'other', label: 'Something else' })

test.each(['Question', 'Prompt', '问题', '提问', '用户问题', '提问内容', '查询', '输入', 'Query', '*问题：'])(
  'the question of a chatflow is found under “%s”',
  (heading) => {
    const query = variable('paragraph', { name: 'query', label: 'Query', required: true })
    expect(matchHeadings(['x', heading], [query, OTHER]).mapping['query']).toBe(1)
    const spare = variable('paragraph', { name: 'sys.query', label: 'Question', required: true })
    const own = variable('text-input', { name: 'query', label: 'Search for' })
    const { mapping } = matchHeadings(['x', heading], [spare, own])
    expect(mapping).toEqual(
      /query/i.test(heading) ? { 'sys.query': null, query: 1 } : { 'sys.query': 1, query: null },
    )
  },
)

test.each(['Files', 'files', 'Attachments', '附件', '文件', 'File (PDF)'])(
  'the files of a call are found under “%s”',
  (heading) => {
    const query = variable('paragraph', { name: 'query', label: 'Query', required: true })
    const files = variable('file-list', { name: 'files', label: 'Files', attached: true })
    expect(matchHeadings(['Question', heading], [query, files]).mapping).toEqual({ query: 0, files: 1 })
  },
)

test('a variable of the app named files has the column before the files of the call', () => {
  const own = variable('file-list', { name: 'files', label: 'Files' })
  const attached = variable('file-list', { name: 'sys.files', label: 'Attached files', attached: true })
  const headings = ['Files', 'Attached files']
  expect(matchHeadings(headings, [own, attached]).mapping).toEqual({ files: 0, 'sys.files': 1 })
  expect(matchHeadings(['Files'], [own, attached]).mapping).toEqual({ files: 0, 'sys.files': null })
})

test('a single column is the question of an app that may also take files', () => {
  const query = variable('paragraph', { name: 'query', label: 'Query', required: true })
  const files = variable('file-list', { name: 'files', label: 'Files', attached: true })
  expect(matchHeadings(['Mails'], [query, files]).mapping).toEqual({ query: 0, files: null })
})

test('an exact heading goes before a loose one', () => {
  const variables = [variable('number', { name: 'price', label: 'Price', required: true })]
  const match = matchHeadings(['Price [EUR]', 'Price', 'Price (required)'], variables)
  expect(match.mapping).toEqual({ price: 1 })
  expect(match.faults).toEqual([])
})

test('two columns that match equally loosely are asked about', () => {
  const variables = [variable('number', { name: 'price', label: 'Price' })]
  const match = matchHeadings(['Price [EUR]', 'Price [USD]'], variables)
  expect(match.mapping).toEqual({ price: null })
  expect(match.faults.map(({ fault }) => fault)).toEqual([
    { code: 'ambiguous-column', label: 'Price', columns: ['A', 'B'] },
  ])
})

test('a column that names two inputs alike feeds neither until a person says which', () => {
  const variables = [
    variable('number', { name: 'a', label: 'Price (EUR)', required: true }),
    variable('number', { name: 'b', label: 'Price (USD)' }),
  ]
  const match = matchHeadings(['x', 'Price'], variables)
  expect(match.mapping).toEqual({ a: null, b: null })
  expect(match.faults.map(({ fault }) => fault.code)).toContain('missing-column')
  expect(match.proposals).toEqual({ a: 1 })
})

test('a heading that ends with an input’s name is proposed, whatever marks are around it', () => {
  const variables = [variable('text-input', { name: 'name', label: 'Name', required: true }), OTHER]
  const match = matchHeadings(['x', 'Product name *'], variables)
  expect(match.proposals).toEqual({ name: 1 })
  expect(match.faults).toContainEqual({
    fault: { code: 'missing-column', label: 'Name', guess: 'Product name *' },
  })
})

test('another remark is another column', () => {
  const variables = [variable('number', { name: 'a', label: 'Price [EUR]', required: true }), OTHER]
  expect(matchHeadings(['x', 'Price [USD]'], variables)).toMatchObject({
    mapping: { a: null },
    proposals: { a: 1 },
    faults: [{ fault: { code: 'missing-column', guess: 'Price [USD]' } }],
  })
})

test('the only column feeds the only input, and that is said', () => {
  const only = [variable('paragraph', { name: 'text', label: 'Text', required: true })]
  const match = matchHeadings(['Reviews'], only)
  expect(match.mapping).toEqual({ text: 0 })
  expect(match.faults).toEqual([
    { fault: { code: 'only-column', label: 'Text', heading: 'Reviews' }, column: 0 },
  ])
  expect(matchHeadings(['Reviews', 'Date'], only).mapping).toEqual({ text: null })
})

test.each(['Why is the sky blue?', 'The kettle boils within a minute and a half', '42.'])(
  'a list without a heading does not lose its first row: “%s”',
  (heading) => {
    const only = [variable('paragraph', { name: 'text', label: 'Text', required: true })]
    expect(matchHeadings([heading], only)).toMatchObject({
      mapping: { text: null },
      faults: [{ fault: { code: 'missing-column' } }],
    })
  },
)

test('a column that nearly names an input without one is proposed, and nothing runs until it is decided', () => {
  const headings = ['Name', 'Key features', 'tones']
  const { faults, proposals, mapping } = matchHeadings(headings, COPYWRITER)
  expect(mapping['tone']).toBeNull()
  expect(proposals).toEqual({ tone: 2 })
  expect(faults).toEqual([{ fault: { code: 'near-column', heading: 'tones', label: 'Tone' }, column: 2 }])
  expect(SEVERITY['near-column']).toBe('sheet')
  for (const tone of [2, null]) expect(matchHeadings(headings, COPYWRITER, { tone }).faults).toEqual([])
})

test('a sheet that feeds no input does not run, even if all inputs are optional', async () => {
  const variables = [variable('text-input', { name: 'topic', label: 'Topic' }), OTHER]
  const bytes = xlsx({
    data: rowsXml([
      ['SKU', 'Colour'],
      ['1', 'red'],
      ['2', 'blue'],
    ]),
  })
  expect(await checked(bytes, { variables })).toMatchObject({
    rows: 2,
    good: 0,
    faults: [{ code: 'nothing-fed', fatal: true }],
  })
  expect((await prepared(bytes, { variables })).map(({ fault }) => fault)).toEqual([
    'No column of this sheet feeds an input. Choose the columns, another sheet or another heading row.',
    'No column of this sheet feeds an input. Choose the columns, another sheet or another heading row.',
  ])
  const nothing = { topic: null, other: null }
  expect(await checked(bytes, { variables, mapping: nothing })).toMatchObject({ good: 2, faults: [] })
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

test('the nearest word is found, or none', () => {
  const options = ['formal', 'casual', 'playful']
  expect(nearest('Casual ', options)).toBe('casual')
  expect(nearest('fromal', options)).toBe('formal')
  expect(nearest('play', options)).toBe('playful')
  expect(nearest('quite formal', options)).toBe('formal')
  expect(nearest('friendly', options)).toBeUndefined()
  expect(nearest('问题', ['备注', '问题描述'])).toBe('问题描述')
  expect(nearest('no', ['note'])).toBeUndefined()
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
