import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { writeMarkedCopy } from '../../../src/workbook/workbook.ts'
import { checked, cellsOf } from '../support/look.ts'
import { COPYWRITER } from '../support/variables.ts'
import { rowsXml, upload, xlsx } from '../support/xlsx.ts'

async function marked(bytes: Uint8Array | string, name = 'orders.xlsx') {
  const copy = await writeMarkedCopy(upload(bytes, name), { variables: COPYWRITER }, DEFAULT_LIMITS)
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(copy.bytes as unknown as ExcelJS.Buffer) // its types ask for a Buffer of an older shape
  return { ...copy, workbook, sheet: workbook.getWorksheet('Orders') ?? workbook.worksheets[1] }
}

/** A workbook as a person has it: bold headings, a fill, a formula, a comment of their own, a date. */
async function styled(): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('Orders')
  sheet.addRow(['Name', 'Key features', 'Tone', 'Total', 'When']).font = { bold: true }
  const when = new Date(Date.UTC(2026, 0, 31))
  for (const tone of ['formal', 'friendly', 'casual'])
    sheet.addRow(['Kettle', 'boils', tone, { formula: '1+1', result: 2 }, when])
  sheet.getColumn(3).eachCell((cell) => {
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFDDEEFF' } }
  })
  sheet.getCell('C3').note = 'ask Jo'
  workbook.addWorksheet('Notes').addRow(['more'])
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

test('the person’s own workbook comes back, its bad cells marked, a summary in front', async () => {
  const { plain, workbook, sheet } = await marked(await styled())
  expect(plain).toBe(false)
  expect(workbook.worksheets.map(({ name }) => name)).toEqual(['Rowbot check', 'Orders', 'Notes'])
  expect(fillOf(sheet?.getCell('C3'))).toBe('FFFFC7CE')
  expect(noteOf(sheet?.getCell('C3'))).toBe(
    'ask Jo\nRowbot: “friendly” is not one of formal, casual, playful.',
  )
  expect(fillOf(sheet?.getCell('C2'))).toBe('FFDDEEFF')
  expect(sheet?.getCell('A1').font.bold).toBe(true)
  expect(sheet?.getCell('D2').value).toMatchObject({ formula: '1+1', result: 2 })
  const front = JSON.stringify(workbook.getWorksheet('Rowbot check')?.getSheetValues())
  expect(front).toContain('2 of 3 rows can run, 1 cannot.')
  expect(front).toContain('C3')
})

test('corrected and sent again, the copy is read from the right sheet, and its next copy has no old marks', async () => {
  const first = await marked(await styled())
  const cell = first.sheet?.getCell('C3')
  if (cell) cell.value = 'formal'
  const corrected = new Uint8Array(await first.workbook.xlsx.writeBuffer())
  expect(await checked(corrected, { variables: COPYWRITER })).toMatchObject({
    sheet: 'Orders',
    rows: 3,
    good: 3,
    faults: [],
  })
  expect(await checked(corrected)).toMatchObject({ sheet: 'Orders' })
  const second = await marked(corrected)
  expect(second.workbook.worksheets.map(({ name }) => name)).toEqual(['Rowbot check', 'Orders', 'Notes'])
  expect(noteOf(second.sheet?.getCell('C3'))).toBe('ask Jo')
  expect(fillOf(second.sheet?.getCell('C3'))).not.toBe('FFFFC7CE')
})

test.each([
  ['that exceljs cannot open', 'openpyxl.xlsx'],
  ['that exceljs misreads', 'misread'],
])('a workbook %s comes back as a plain copy, marked the same way', async (_, name) => {
  const path = join(import.meta.dir, '../fixtures', name)
  const { plain, sheet, bytes } = await marked(name === 'misread' ? misread() : await Bun.file(path).bytes())
  expect(plain).toBe(true)
  expect(noteOf(sheet?.getCell('C3'))).toStartWith('Rowbot: “friendly” is not one of')
  expect(fillOf(sheet?.getCell('C3'))).toBe('FFFFC7CE')
  const again = await checked(bytes, { variables: COPYWRITER })
  expect(again.faults.map(({ cells }) => cells)).toContainEqual(['C3'])
})

test('a CSV file comes back as a workbook with its cells where they were', async () => {
  const { plain, bytes } = await marked('Name,Key features,Tone\n\n00123,boils,friendly\n', 'orders.csv')
  expect(plain).toBe(true)
  expect(await cellsOf(bytes, 1)).toEqual([
    { row: 1, cells: ['Name', 'Key features', 'Tone'] },
    { row: 3, cells: ['00123', 'boils', 'friendly'] },
  ])
})

test('a workbook that makes exceljs hang costs only its formatting', async () => {
  const data = rowsXml([
    ['Name', 'Key features', 'Tone'],
    ['a', 'b', 'c'],
    ['a', 'b', 'friendly'],
  ])
  const sheets = [
    { name: 'Orders', data, after: '<mergeCells><mergeCell ref="D1:XFD1048576"/></mergeCells>' },
  ]
  expect(await marked(xlsx({ sheets }))).toMatchObject({ plain: true })
})

/** exceljs reads the padded number as a date, for its format has an escaped letter. */
function misread(): Uint8Array {
  const rows = [
    ['Name', 'Key features', 'Tone', 'Angle'],
    ['a', 'b', 'formal'],
    ['a', 'b', 'friendly'],
  ]
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="0\\d"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
  const data = `${rowsXml(rows)}<row r="4"><c r="A4" t="str"><v>a</v></c><c r="B4" t="str"><v>b</v></c><c r="D4" s="1"><v>90</v></c></row>`
  return xlsx({ sheets: [{ name: 'Orders', data }], styles })
}

function fillOf(cell: ExcelJS.Cell | undefined): string | undefined {
  return cell?.fill?.type === 'pattern' ? cell.fill.fgColor?.argb : undefined
}

function noteOf(cell: ExcelJS.Cell | undefined): string {
  const note = cell?.note
  return typeof note === 'string' ? note : (note?.texts ?? []).map(({ text }) => text).join('')
}
