import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { VARIABLE_TYPES } from '../../../src/engine/workflow.ts'
import { prepare } from '../../../src/workbook/check/prepare.ts'
import { exampleOf } from '../../../src/workbook/write/rule.ts'
import { headingsFor, template } from '../../../src/workbook/write/template.ts'
import { checked } from '../support/inspect.ts'
import { COPYWRITER, COPYWRITER_APP, variable } from '../support/variables.ts'
import { upload } from '../support/xlsx.ts'

async function opened(bytes: Uint8Array): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer) // its types ask for a Buffer of an older shape
  return workbook
}

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

test('the example of every kind of input passes the check', () => {
  for (const type of VARIABLE_TYPES) {
    const of = variable(type, { required: true, options: ['one'], fileTypes: ['image'], maxLength: 20 })
    const row = { row: 2, cells: [exampleOf(of)] }
    expect([type, prepare(row, [of], { value: 0 }, { plainHttp: false }).faults]).toEqual([type, []])
  }
})
