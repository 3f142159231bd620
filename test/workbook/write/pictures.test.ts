import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { copyFile, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ResultPicture } from '../../../src/engine/task.ts'
import { withPictures } from '../../../src/workbook/write/pictures.ts'
import { opened } from '../support/exceljs.ts'
import { changedParts, ownBytes, partText } from '../support/own.ts'
import { png } from '../support/pictures.ts'
import { resultRow, writtenResult } from '../support/results.ts'
import { relationships, rowsXml, styles, xlsx } from '../support/xlsx.ts'

const SHEET = 'xl/worksheets/sheet1.xml'
const DRAWING = 'xl/drawings/drawing1.xml'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

async function picture(change: Partial<ResultPicture> & { mark?: string } = {}): Promise<ResultPicture> {
  const { mark, ...given } = change
  const path = join(await mkdtemp(join(tmpdir(), 'rowbot-')), 'stored')
  await Bun.write(path, png(mark))
  return { output: 'text', path, kind: 'png', width: 120, height: 60, ...given }
}

const rowWith = (row: number, ...pictures: ResultPicture[]) =>
  resultRow(row, { outputs: { text: `00${row}-a.png` }, pictures })

/** As exceljs sees them: `B3: 70 × 35 png`; rows and columns from 0, sizes in pixels. */
async function placed(bytes: Uint8Array, sheet = 0) {
  const book = await opened(bytes)
  const found = book.worksheets[sheet]
  return found?.getImages().map(({ range, imageId }) => {
    const { tl, br } = range
    // `as`: the types of exceljs have an older shape of its pictures
    const { extension } = book.model.media[Number(imageId)] as unknown as { extension: string }
    const size = br && [br.nativeColOff - tl.nativeColOff, br.nativeRowOff - tl.nativeRowOff]
    return {
      row: tl.nativeRow,
      column: tl.nativeCol,
      to: br && [br.nativeRow, br.nativeCol],
      size,
      extension,
    }
  })
}

const EMU = 9_525

test('a picture is in the cell that names it, no larger than it is and than the cell', async () => {
  const rows = [
    rowWith(2, await picture()),
    resultRow(3),
    rowWith(4, await picture({ kind: 'gif', width: 16, height: 8 })),
    rowWith(5, await picture({ kind: 'jpeg', width: 3000, height: 300 })),
    rowWith(6, await picture({ width: 300, height: 3000 })),
  ]
  const bytes = await Bun.file(await writtenResult([rows])).bytes()
  // The column is 11 characters wide, which is 77 pixels.
  expect(await placed(bytes)).toEqual([
    { row: 1, column: 1, to: [1, 1], size: [73 * EMU, 37 * EMU], extension: 'png' },
    { row: 3, column: 1, to: [3, 1], size: [16 * EMU, 8 * EMU], extension: 'gif' },
    { row: 4, column: 1, to: [4, 1], size: [73 * EMU, 7 * EMU], extension: 'jpeg' },
    { row: 5, column: 1, to: [5, 1], size: [6 * EMU, 60 * EMU], extension: 'png' },
  ])
  const sheet = (await opened(bytes)).getWorksheet('Results')
  expect(sheet?.getCell('B2').value).toBe('002-a.png')
  expect([2, 3, 4].map((row) => sheet?.getRow(row).height)).toEqual([63, undefined, 63])
  for (const kind of ['png', 'jpeg', 'gif'])
    expect(partText(bytes, '[Content_Types].xml')).toContain(
      `<Default Extension="${kind}" ContentType="image/${kind}"/>`,
    )
  expect(sheet?.autoFilter).toBe('A1:K6')
})

test('the same bytes are in a workbook once', async () => {
  const one = await picture()
  const rows = [rowWith(2, one), rowWith(3, one), rowWith(4, await picture({ mark: 'x' }))]
  const bytes = await Bun.file(await writtenResult([rows])).bytes()
  expect((await opened(bytes)).model.media).toHaveLength(2)
  expect(await placed(bytes)).toHaveLength(3)
})

test('a result without pictures has no drawing', async () => {
  const bytes = await Bun.file(await writtenResult([[resultRow(2)]])).bytes()
  expect(partText(bytes, SHEET)).not.toContain('<drawing')
})

/** A sheet with a comment, and rows of which one is high. */
async function person(change: (book: ExcelJS.Workbook, sheet: ExcelJS.Worksheet) => void = () => {}) {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Orders')
  sheet.addRows([['Name'], ['Kettle'], ['Lamp'], ['Chair']])
  sheet.getRow(4).height = 120
  sheet.getCell('A2').note = 'a comment'
  change(book, sheet)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

test('in the person’s own workbook pictures stand in the added column, before its comments', async () => {
  const before = await person()
  const bytes = await ownBytes(before, [
    [rowWith(2, await picture()), resultRow(3), rowWith(4, await picture())],
  ])
  expect((await placed(bytes))?.map(({ row, column }) => [row, column])).toEqual([
    [1, 1],
    [3, 1],
  ])
  const sheet = (await opened(bytes)).getWorksheet('Orders')
  expect([2, 3, 4].map((row) => sheet?.getRow(row).height)).toEqual([63, undefined, 120])
  expect(sheet?.getCell('A2').note).toBe('a comment')
  expect(partText(bytes, SHEET)).toMatch(/<drawing [^>]*\/><legacyDrawing [^>]*\/><\/worksheet>$/)
  const rels = partText(bytes, 'xl/worksheets/_rels/sheet1.xml.rels')
  const ids = [...rels.matchAll(/ Id="(\w+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(3)
  expect(changedParts(before, bytes)).toEqual([
    '[content_types].xml',
    'xl/_rels/workbook.xml.rels',
    'xl/drawings/_rels/drawing1.xml.rels',
    'xl/drawings/drawing1.xml',
    'xl/media/image1.png',
    'xl/media/image2.png',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/worksheets/_rels/sheet1.xml.rels',
    'xl/worksheets/sheet1.xml',
    'xl/worksheets/sheet2.xml',
  ])
})

test('the name of a picture stands below it, also where the person’s cells are centred', async () => {
  const before = await person((_, sheet) => {
    for (const row of [2, 3]) sheet.getCell(row, 1).alignment = { vertical: 'middle', horizontal: 'center' }
  })
  const book = await opened(await ownBytes(before, [[rowWith(2, await picture()), resultRow(3)]]))
  const alignments = ['A2', 'B2', 'C2', 'B3'].map((cell) => book.worksheets[0]?.getCell(cell).alignment)
  const centred = { vertical: 'middle', horizontal: 'center' } as const
  expect(alignments).toEqual([centred, { horizontal: 'center' }, centred, centred])
})

test('a drawing that the person’s sheet has keeps what it has', async () => {
  const before = await person((book, sheet) => {
    // `as`: the types of exceljs ask for a Buffer of an older shape
    const id = book.addImage({
      buffer: Buffer.from(png('logo')) as unknown as ExcelJS.Buffer,
      extension: 'png',
    })
    sheet.addImage(id, { tl: { col: 0, row: 9 }, ext: { width: 20, height: 20 } })
  })
  const bytes = await ownBytes(before, [[rowWith(3, await picture({ kind: 'jpeg' }))]])
  expect((await placed(bytes))?.map(({ row, column, extension }) => [row, column, extension])).toEqual([
    [9, 0, 'png'],
    [2, 2, 'jpeg'], // the added columns are not under the picture
  ])
  expect(partText(bytes, SHEET).match(/<drawing\b/g)).toHaveLength(1)
  const drawing = partText(bytes, DRAWING)
  expect(drawing).toStartWith(partText(before, DRAWING).replace('</xdr:wsDr>', ''))
  expect([...drawing.matchAll(/cNvPr id="(\d+)"/g)].map(([, id]) => id)).toEqual(['1', '2'])
})

test('a sheet with prefixes and an Excel table gets its drawing where one belongs', async () => {
  const data = rowsXml([['Name'], ['Kettle']]).replaceAll(/<row r="(\d)"><c/g, '<row r="$1"><c r="A$1"')
  const table = `<table xmlns="${MAIN}" id="1" name="T" displayName="T" ref="A1:A2"><tableColumns count="1"><tableColumn id="1" name="Name"/></tableColumns></table>`
  const text = `<x:worksheet xmlns:x="${MAIN}" xmlns:r="${REL}"><x:sheetFormatPr defaultRowHeight="80"/><x:sheetData>${data.replaceAll(/<(\/?)(?=\w)/g, '<$1x:')}</x:sheetData><x:pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><x:tableParts count="1"><x:tablePart r:id="rId1"/></x:tableParts></x:worksheet>`
  const before = xlsx({
    styles: styles({}, [0]),
    parts: {
      [SHEET]: text,
      'xl/worksheets/_rels/sheet1.xml.rels': relationships([['rId1', 'table', '../tables/table1.xml']]),
      'xl/tables/table1.xml': table,
    },
  })
  const own = { sheet: 'Sheet1', headingRow: 1, headings: ['Name'] }
  const bytes = await ownBytes(before, [[rowWith(2, await picture())]], own)
  expect(partText(bytes, SHEET)).toMatch(/<x:pageMargins [^>]*\/><x:drawing [^>]*\/><x:tableParts /)
  expect(partText(bytes, SHEET)).toContain('<x:row r="2">') // its rows are high enough
})

test('a picture that is gone leaves the others', async () => {
  const gone = await picture({ path: '/nowhere/a.png' })
  const bytes = await Bun.file(await writtenResult([[rowWith(2, gone), rowWith(3, await picture())]])).bytes()
  expect((await placed(bytes))?.map(({ row }) => row)).toEqual([2])
})

test.each<[string, string, Partial<ResultPicture>]>([
  ['all pictures are gone', SHEET, { path: '/nowhere/a.png' }],
  ['its sheet is not found', 'xl/worksheets/sheet9.xml', {}],
])('where %s, the result without pictures stands', async (_, sheet, change) => {
  const path = join(await mkdtemp(join(tmpdir(), 'rowbot-')), 'a.xlsx')
  await copyFile(await writtenResult([[resultRow(2)]]), path)
  const before = await Bun.file(path).bytes()
  const one = { picture: await picture(change), row: 1, column: 1, columnWidth: 10 }
  expect(await withPictures(path, sheet, [one])).toBe(false)
  expect(await Bun.file(path).bytes()).toEqual(before)
  expect(await readdir(dirname(path))).toEqual(['a.xlsx'])
})
