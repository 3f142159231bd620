import { expect, test } from 'bun:test'
import { VARIABLE_TYPES, type Variable } from '../../../src/engine/workflow.ts'
import { ruleOf } from '../../../src/workbook/write/rule.ts'
import { headingsFor, template } from '../../../src/workbook/write/template.ts'
import { checked } from '../support/inspect.ts'
import { COPYWRITER, COPYWRITER_APP, variable } from '../support/variables.ts'
import { upload } from '../support/xlsx.ts'
import { opened } from '../support/exceljs.ts'

/** Where the guide’s table of inputs begins. */
const GUIDE_FIRST_ROW = 9

test('the headings of a template match on upload, whatever the names and labels', () => {
  expect(headingsFor(COPYWRITER)).toEqual(['Name *', 'Key features *', 'Tone', 'Max words'])
  const twins = [
    variable('text-input', { name: 'a', label: 'Text' }),
    variable('text-input', { name: 'b', label: 'text ' }),
    variable('text-input', { name: 'c', label: 'A' }),
    variable('text-input', { name: 'd', label: '' }),
  ]
  expect(headingsFor(twins)).toEqual(['a', 'b', 'c', 'd'])
})

test('cells have drop-downs, limits and comments', async () => {
  const sheet = (await opened(await template(COPYWRITER_APP))).getWorksheet('Data')
  expect(sheet?.getCell('C2').dataValidation).toMatchObject({
    type: 'list',
    formulae: ['"formal,casual,playful"'],
  })
  expect(sheet?.getCell('C5001').dataValidation).toMatchObject({ type: 'list' })
  expect(sheet?.getCell('A2').dataValidation).toMatchObject({ type: 'textLength', formulae: [100] })
  expect(sheet?.getCell('D2').dataValidation).toMatchObject({ type: 'decimal' })
  expect(JSON.stringify(sheet?.getCell('A1').note)).toContain('Required. Text, up to 100 characters.')
  expect(sheet?.getColumn(1).numFmt).toBe('@')
})

test('files of a call have a column and a line of the guide, of at most as many as the app takes', async () => {
  const query = variable('paragraph', { name: 'query', label: 'Query', required: true })
  const files = variable('file-list', {
    name: 'files',
    label: 'Files',
    attached: true,
    fileTypes: ['image'],
    maxLength: 3,
  })
  expect(headingsFor([query, files])).toEqual(['Query *', 'Files'])
  const workbook = await opened(await template({ ...COPYWRITER_APP, variables: [query, files] }))
  const guide = JSON.stringify(workbook.getWorksheet('Guide')?.getSheetValues())
  expect(guide).toContain('Up to 3 files, each on a line')
  expect(guide).toContain('https://example.com/1.png')
})

test('options that do not fit into a rule stand on a hidden sheet', async () => {
  const options = ['a, b', ...Array.from({ length: 60 }, (_, i) => `option ${i}`)]
  const workbook = await opened(
    await template({
      ...COPYWRITER_APP,
      variables: [variable('select', { options }), variable('select', { options: ['=x', '"'] })],
    }),
  )
  expect(workbook.getWorksheet('Data')?.getCell('A2').dataValidation.formulae).toEqual(['Lists!$A$1:$A$61'])
  expect(workbook.getWorksheet('Data')?.getCell('B2').dataValidation.formulae).toEqual(['Lists!$B$1:$B$2'])
  expect(workbook.getWorksheet('Lists')).toMatchObject({ state: 'veryHidden' })
  expect(workbook.getWorksheet('Lists')?.getCell('B1').value).toBe('=x')
})

test('the example is on the guide, never among the rows', async () => {
  const found = await checked(upload(await template(COPYWRITER_APP)), { variables: COPYWRITER })
  expect(found).toMatchObject({ sheet: 'Data', rows: 0, good: 0 })
  const guide = (await opened(await template(COPYWRITER_APP))).getWorksheet('Guide')
  expect(JSON.stringify(guide?.getSheetValues())).toContain('Writes a product description')
})

/** Inputs of every kind, some with rules that a careless example would break. */
const EVERY_KIND: Variable[] = [
  ...VARIABLE_TYPES.map((type) => variable(type, { options: ['one'], fileTypes: ['image'], maxLength: 20 })),
  variable('text-input', { maxLength: 5 }),
  variable('paragraph', { maxLength: 2, default: 'too long' }),
  variable('select', { options: ['b', 'c'], default: 'a' }),
  variable('select', { options: ['Reply \u200b'] }),
  variable('number', { default: 'many' }),
  variable('file', { fileTypes: ['custom'], fileExtensions: ['.psd'] }),
  variable('file-list', { maxLength: 1 }),
  variable('json_object', {
    jsonSchema: {
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 3 },
        kind: { enum: ['x', 'y'] },
        of: {
          type: 'object',
          properties: { names: { type: 'array', items: { type: 'string' } } },
          required: ['names'],
        },
      },
      required: ['size', 'kind', 'of'],
      additionalProperties: false,
    },
  }),
].map((one, i) => ({ ...one, name: `input_${i}`, label: `Input ${i}`, required: true }))

test('the examples of the guide pass the check when they stand in the data sheet, for every kind of input', async () => {
  const workbook = await opened(await template({ ...COPYWRITER_APP, variables: EVERY_KIND }))
  const guide = workbook.getWorksheet('Guide')
  EVERY_KIND.forEach((_, i) => {
    const cell = workbook.getWorksheet('Data')?.getCell(2, i + 1)
    if (cell) cell.value = guide?.getCell(GUIDE_FIRST_ROW + i, 2).value ?? null
  })
  const filled = new Uint8Array(await workbook.xlsx.writeBuffer())
  expect(await checked(upload(filled), { variables: EVERY_KIND })).toMatchObject({
    sheet: 'Data',
    rows: 1,
    good: 1,
    faults: [],
  })
})

test('a limit that nobody reaches is not worth saying', async () => {
  const endless = variable('paragraph', { maxLength: 4_800_000_000_000 })
  expect(ruleOf(endless)).toBe('Text. May be left empty.')
  const workbook = await opened(await template({ ...COPYWRITER_APP, variables: [endless] }))
  expect(JSON.stringify(workbook.getWorksheet('Guide')?.getSheetValues())).not.toContain('4,800,000')
  expect(workbook.getWorksheet('Data')?.getCell('A2').dataValidation).toBeUndefined()
})
