import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import type { ResultRow } from '../../../src/engine/task.ts'
import { opened } from '../support/exceljs.ts'
import { changedParts, ownBytes, partText } from '../support/own.ts'
import { resultRow, writtenResult } from '../support/results.ts'

const AT = Date.UTC(2026, 10, 27, 9)
const EDITED = 'FFDDEBF7'
const FLAGGED = 'FFFFF2CC'
const HEADER = { hasFlags: true, hasEdits: true, outputNames: ['text', 'stock'] }

/** Row 2 is edited, 3 is to look at, 4 is kept, 5 lacks an output that others have. */
const ROWS: ResultRow[] = [
  resultRow(2, {
    outputs: { text: '', stock: 1 },
    flags: [{ output: 'text', code: 'empty' }],
    edits: {
      text: { value: '=A lamp', by: 'Mei', at: AT },
      stock: { value: 12.5, by: 'Mei', at: AT },
    },
  }),
  resultRow(3, { outputs: { text: '', stock: 3 }, flags: [{ output: 'text', code: 'empty' }] }),
  resultRow(4, { flags: [{ output: 'text', code: 'cut' }], kept: { by: 'Jo', at: AT } }),
  resultRow(5, { outputs: { stock: 5 }, flags: [{ output: 'remark', code: 'empty' }] }),
]

async function aWorkbook(change: (sheet: ExcelJS.Worksheet) => void = () => {}): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Orders', { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.addRow(['Name', 'When'])
  for (const name of ['Kettle', 'Lamp', 'Chair', 'Desk'])
    sheet.addRow([name, new Date(Date.UTC(2026, 0, 31))])
  sheet.getColumn(2).numFmt = 'yyyy-mm-dd'
  change(sheet)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

/** A cell by its heading: its value, its fill, its number format, and its comment. */
function cellsIn(sheet: ExcelJS.Worksheet | undefined) {
  const headings = (sheet?.getRow(1).values ?? []) as unknown[] // an array where keys are not set
  return (row: number, heading: string) => {
    const cell = sheet?.getCell(row, headings.indexOf(heading))
    const { fill, numFmt } = cell?.style ?? {}
    return {
      value: cell?.value ?? null,
      fill: fill?.type === 'pattern' && fill.pattern === 'solid' ? fill.fgColor?.argb : undefined,
      numFmt,
      note: noteOf(cell),
    }
  }
}

function noteOf(cell: ExcelJS.Cell | undefined): string | undefined {
  if (!cell?.note) return undefined
  return typeof cell.note === 'string' ? cell.note : (cell.note.texts ?? []).map(({ text }) => text).join('')
}

const plain = async () => opened(await Bun.file(await writtenResult([ROWS], 'xlsx', HEADER)).bytes())

test.each(['own', 'new'])(
  'in the %s workbook a person’s values are tinted, with the machine’s in a comment',
  async (kind) => {
    const book =
      kind === 'own' ? await opened(await ownBytes(await aWorkbook(), [ROWS], HEADER)) : await plain()
    const cell = cellsIn(book.worksheets[0])
    expect(cell(2, 'text')).toEqual({
      value: '=A lamp',
      fill: EDITED,
      numFmt: '@',
      note: 'machine: (nothing)\nedited by Mei on 2026-11-27',
    })
    expect(cell(2, 'stock')).toMatchObject({
      value: 12.5,
      fill: EDITED,
      note: 'machine: 1\nedited by Mei on 2026-11-27',
    })
    expect(cell(2, 'stock').numFmt ?? 'General').toBe('General')
    expect(cell(2, 'edited').value).toBe(
      'text: edited by Mei on 2026-11-27, machine: (nothing)\nstock: edited by Mei on 2026-11-27, machine: 1',
    )
    expect(cell(2, 'to look at')).toMatchObject({ value: null, fill: undefined })
    expect(cell(2, 'Name').fill).toBeUndefined()
  },
)

test.each(['own', 'new'])(
  'in the %s workbook what is to look at is tinted, and no longer once somebody has',
  async (kind) => {
    const book =
      kind === 'own' ? await opened(await ownBytes(await aWorkbook(), [ROWS], HEADER)) : await plain()
    const cell = cellsIn(book.worksheets[0])
    expect(cell(3, 'text')).toMatchObject({ value: null, fill: FLAGGED, note: undefined })
    expect(cell(3, 'to look at')).toMatchObject({ value: 'text: empty', fill: undefined })
    expect(cell(4, 'text')).toMatchObject({ value: 'copy 4', fill: undefined })
    expect(cell(4, 'to look at').value).toBeNull()
    // A flag about an output that has no column.
    expect(cell(5, 'to look at')).toMatchObject({ value: 'remark: empty', fill: FLAGGED })
    expect(cell(5, 'stock').fill).toBeUndefined()
  },
)

test('a CSV file has a column that says what was edited', async () => {
  const path = await writtenResult([ROWS], 'csv', HEADER)
  const [heading, edited, ...rest] = (await Bun.file(path).text()).split('\r\n')
  expect(heading).toContain('text,stock,to look at,edited,status')
  // Text that begins like a formula does not become one.
  expect(edited).toContain(`'=A lamp,12.5,,"text: edited by Mei on 2026-11-27, machine: (nothing)\nstock:`)
  expect(rest[0]).toContain('text: empty,,succeeded')
})

test('without edits there is no such column, no comment, and nothing of the workbook changes for them', async () => {
  const before = await aWorkbook()
  const rows = [resultRow(2), resultRow(3), resultRow(4), resultRow(5)]
  const after = await ownBytes(before, [rows])
  expect(changedParts(before, after).filter((name) => /comments|vml|_rels\/sheet/.test(name))).toEqual([])
  expect(partText(after, 'xl/worksheets/sheet1.xml')).not.toContain('legacyDrawing')
})

test('inputs that a person has changed stand beside the file’s cells, and outputs from before are said to be', async () => {
  const changed = { from: 'casual', to: '=1+1', by: 'Mei', at: AT }
  const rows = [
    resultRow(2, { editedInputs: { tone: changed, note: { ...changed, from: null } } }),
    resultRow(3, { status: 'failed', error: 'The model refused.', fromBefore: true }),
    resultRow(4, { status: 'cancelled', fromBefore: true }),
  ]
  const header = { outputNames: ['text'], hasInputEdits: true }
  const book = await opened(await ownBytes(await aWorkbook(), [rows], header))
  const cell = cellsIn(book.worksheets[0])
  expect(cell(2, 'Name').value).toBe('Kettle')
  expect(cell(2, 'inputs changed')).toMatchObject({
    value:
      'tone: “=1+1” was sent, the file has “casual”; changed by Mei on 2026-11-27\n' +
      'note: “=1+1” was sent, the file has nothing; changed by Mei on 2026-11-27',
    fill: EDITED,
  })
  expect(cell(3, 'inputs changed').value).toBeNull()
  expect(cell(3, 'error').value).toBe('The model refused. The outputs are from before it was run again.')
  expect(cell(4, 'error').value).toBe('The outputs are from before it was run again.')
})

test('a sheet with comments of a person keeps them, and gets none of ours: the column says it', async () => {
  const before = await aWorkbook((sheet) => {
    sheet.getCell('A3').note = 'ask Jo'
  })
  const after = await ownBytes(before, [ROWS], HEADER)
  const cell = cellsIn((await opened(after)).worksheets[0])
  expect(cell(3, 'Name').note).toBe('ask Jo')
  expect(cell(2, 'text')).toMatchObject({ fill: EDITED, note: undefined })
  expect(cell(2, 'edited').value).toContain('machine: (nothing)')
  expect(partText(after, 'xl/comments1.xml')).toBe(partText(before, 'xl/comments1.xml'))
})

test('the comments stand where a sheet’s schema wants them: after its drawing and before its tables', async () => {
  const before = await aWorkbook((sheet) => {
    sheet.addTable({
      name: 'Prices',
      ref: 'A20',
      columns: [{ name: 'a' }],
      rows: [['b']],
    })
    sheet.pageSetup.orientation = 'landscape'
  })
  const text = partText(await ownBytes(before, [ROWS], HEADER), 'xl/worksheets/sheet1.xml')
  expect(text.match(/<legacyDrawing /g)).toHaveLength(1)
  expect(text.indexOf('<pageSetup')).toBeLessThan(text.indexOf('<legacyDrawing'))
  expect(text.indexOf('<legacyDrawing')).toBeLessThan(text.indexOf('<tableParts'))
})

test('a long machine’s value is clipped in its comment', async () => {
  const long = resultRow(2, {
    outputs: { text: 'x'.repeat(50_000) },
    edits: { text: { value: 'short', by: 'Mei', at: AT } },
  })
  const book = await opened(await ownBytes(await aWorkbook(), [[long, ...ROWS.slice(1)]], HEADER))
  const note = cellsIn(book.worksheets[0])(2, 'text').note ?? ''
  expect(note).toStartWith('machine: xxx')
  expect(note.length).toBeLessThan(1_100)
})

test('a workbook of LibreOffice takes tints and comments, too', async () => {
  const before = await Bun.file(join(import.meta.dir, '../fixtures/libreoffice.xlsx')).bytes()
  const after = await ownBytes(
    before,
    [[resultRow(2, { edits: { text: { value: 'b', by: 'Mei', at: AT } } })]],
    {
      ...HEADER,
      outputNames: ['text'],
    },
  )
  expect(partText(after, 'xl/styles.xml')).toContain(EDITED)
})
