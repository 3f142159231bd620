import { expect, test } from 'bun:test'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { bare, cellsOf, checked } from '../workbook/support/inspect.ts'
import { marksIn } from '../workbook/support/marks.ts'
import { ownBytes } from '../workbook/support/own.ts'
import { png } from '../workbook/support/pictures.ts'
import { resultRow, writtenResult } from '../workbook/support/results.ts'
import { COPYWRITER, COPYWRITER_APP } from '../workbook/support/variables.ts'
import { upload } from '../workbook/support/xlsx.ts'
import type { Value } from '../../src/workbook/read/value.ts'
import type { UploadFile } from '../../src/workbook/types.ts'
import { template } from '../../src/workbook/write/template.ts'
import { writeMarkedCopy } from '../../src/workbook/workbook.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { opened } from '../workbook/support/exceljs.ts'

// What we write is opened by other programs, and what they write by us. Where they are not installed these tests say so and pass by.

const SOFFICE = Bun.which('soffice')
const PYTHON = openpyxlPython()
const ODD = ['=1+1', '+86 138', '_x0041_', '😀 & <b>', 'two\nlines', '00123', ' padded '] as const

test.skipIf(!SOFFICE)(
  'LibreOffice opens results, filled templates and marked copies, and gives back the same (skipped without soffice)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
    const result = await writtenResult([
      ODD.map((text, i) => resultRow(i + 2, { cells: [text], outputs: { text } })),
    ])
    const filled = join(folder, 'filled.xlsx')
    await Bun.write(filled, await fill(await template(COPYWRITER_APP)))
    const marked = join(folder, 'marked.xlsx')
    await Bun.write(
      marked,
      await mark(await load(join(import.meta.dir, '../workbook/fixtures/openpyxl.xlsx'))),
    )
    const own = join(folder, 'own.xlsx')
    const totals = await load(join(import.meta.dir, '../workbook/fixtures/table-totals.xlsx'))
    const texts = ODD.slice(0, 2).map((text, i) => resultRow(i + 2, { outputs: { text } }))
    await Bun.write(own, await ownBytes(totals.bytes, [texts]))
    const paths = [result, filled, marked, own]
    const [again, filledAgain, markedAgain, ownAgain] = await converted(paths, folder)

    const ownRows = await rowsIn(own)
    expect(ownRows[1]?.slice(0, 4)).toEqual(['a', 1, '=1+1', 'succeeded'])
    expect((await rowsIn(ownAgain)).slice(0, 3)).toEqual(ownRows.slice(0, 3))
    expect((await rowsIn(again)).slice(1).map(([name, text]) => [name, text])).toEqual(
      ODD.map((text) => [text, text]),
    )
    const found = await checked(await load(filledAgain), { variables: COPYWRITER })
    expect(found).toMatchObject({ sheet: 'Data', rows: 2, good: 2, faults: [] })
    expect(found.preview[0]?.cells).toEqual(['00123', 'boils', 'formal', 60])
    const before = marksIn(await Bun.file(marked).bytes(), 'Orders')
    const after = marksIn(await Bun.file(markedAgain ?? '').bytes(), 'Orders')
    expect(after.sheets).toEqual(['Rowbot check', 'Orders', 'Old'])
    expect(after.comments).toEqual(before.comments)
    expect(marksIn(await mark(await load(markedAgain)), 'Orders')).toMatchObject({
      comments: before.comments,
      coloured: before.coloured,
    })
  },
)

test.skipIf(!SOFFICE)(
  'LibreOffice finds the pictures of a result in their cells (skipped without soffice)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rowbot-'))
    const path = join(folder, 'stored')
    await Bun.write(path, png())
    const pictures = [{ output: 'text', path, kind: 'png', width: 60, height: 60 } as const]
    const rows = [[resultRow(2), resultRow(3, { pictures })]]
    const own = join(folder, 'own.xlsx')
    const totals = await load(join(import.meta.dir, '../workbook/fixtures/table-totals.xlsx'))
    await Bun.write(own, await ownBytes(totals.bytes, rows))
    const seen = await Promise.all(
      (await converted([await writtenResult(rows), own], folder)).map(async (saved) => {
        const sheet = (await opened(await Bun.file(saved).bytes())).worksheets[0]
        const cells = sheet
          ?.getImages()
          .map(({ range: { tl } }) => sheet.getCell(tl.nativeRow + 1, tl.nativeCol + 1))
        return cells?.map((cell) => `${cell.address}: ${cell.text}`)
      }),
    )
    expect(seen).toEqual([['B3: copy 3'], ['C3: copy 3']])
  },
)

test.skipIf(!PYTHON)(
  'openpyxl finds all of its own workbook in a result, and the columns beside it (skipped without openpyxl)',
  async () => {
    const before = join(import.meta.dir, '../workbook/fixtures/openpyxl.xlsx')
    const found = await cellsOf(await Bun.file(before).bytes())
    const rows = found.slice(1).map(({ row }) => resultRow(row))
    const after = join(await mkdtemp(join(tmpdir(), 'rowbot-')), 'own.xlsx')
    await Bun.write(after, await ownBytes(await Bun.file(before).bytes(), [rows]))
    const script = `
import json, sys, openpyxl
def seen(path):
  book = openpyxl.load_workbook(path)
  return [[sheet.title, sheet.max_column, [str(m) for m in sheet.merged_cells.ranges],
    [[repr(c.value), c.number_format, repr(c.font), repr(c.fill), c.comment.text if c.comment else None]
      for row in sheet.iter_rows(max_col=int(sys.argv[3])) for c in row],
    [str(c.value) for c in next(sheet.iter_rows(min_row=1, max_row=1))]] for sheet in book]
print(json.dumps([seen(sys.argv[1]), seen(sys.argv[2])]))`
    const width = Math.max(...found.map(({ cells }) => cells.length))
    const run = Bun.spawnSync([PYTHON ?? '', '-W', 'ignore', '-c', script, before, after, String(width)])
    expect(run.stderr.toString()).toBe('')
    // `as`: what the script prints
    const [old, own] = JSON.parse(run.stdout.toString()) as [
      string,
      number,
      string[],
      unknown[],
      string[],
    ][][]
    expect(own?.map(([title]) => title)).toEqual([...(old?.map(([title]) => title) ?? []), 'Rowbot'])
    old?.forEach(([title, , merges, cells], i) =>
      expect(own?.[i]?.slice(0, 4)).toMatchObject([title, expect.any(Number), merges, cells]),
    )
    expect(own?.[0]?.[4].slice(-9)).toEqual([
      'text',
      'status',
      'error',
      'attempts',
      'seconds',
      'tokens',
      'price',
      'currency',
      'run id',
    ])
  },
)

test.skipIf(!PYTHON)('openpyxl reads results as they were meant (skipped without openpyxl)', async () => {
  const path = await writtenResult([
    ODD.map((text, i) => resultRow(i + 2, { cells: [text], outputs: { text } })),
  ])
  const script = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["Results"]
print(json.dumps([book.sheetnames, sheet.freeze_panes, sheet.auto_filter.ref,
  [[c.value if c.data_type != "f" else "FORMULA" for c in row[:3]] for row in sheet.iter_rows(min_row=2)]]))`
  const run = Bun.spawnSync([PYTHON ?? '', '-c', script, path])
  expect(run.stderr.toString()).toBe('')
  const [names, frozen, filter, rows] = JSON.parse(run.stdout.toString()) as unknown[]
  expect(names).toEqual(['Results', 'Summary'])
  expect([frozen, filter]).toEqual(['A2', 'A1:K8'])
  // openpyxl does not decode _x005F_; Excel, LibreOffice and we do.
  const seen = ODD.map((text) => text.replace('_x0041_', '_x005F_x0041_'))
  expect(rows).toEqual(seen.map((text) => [text, text, 'succeeded']))
})

test.skipIf(!PYTHON)('what openpyxl writes is what we read (skipped without openpyxl)', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'rowbot-')), 'random.xlsx')
  const run = Bun.spawnSync([
    PYTHON ?? '',
    join(import.meta.dir, '../workbook/fixtures/random_openpyxl.py'),
    path,
  ])
  expect(run.stderr.toString()).toBe('')
  const expected: unknown = JSON.parse(run.stdout.toString())
  const read = await cellsOf(new Uint8Array(await Bun.file(path).arrayBuffer()))
  expect(read).toHaveLength(400)
  expect(read.map(({ row, cells }) => [row, cells.map((cell) => bare(cell))])).toEqual(
    expected as [number, Value[]][],
  ) // the script says so
})

async function mark(file: UploadFile): Promise<Uint8Array> {
  const { bytes, plain } = await writeMarkedCopy(file, { variables: COPYWRITER }, DEFAULT_LIMITS)
  expect(plain).toBe(false)
  return bytes
}

async function fill(bytes: Uint8Array): Promise<Uint8Array> {
  const workbook = await opened(bytes)
  const sheet = workbook.getWorksheet('Data')
  for (const [i, row] of [
    ['00123', 'boils', 'formal', 60],
    ['Lamp', 'shines', null, null],
  ].entries()) {
    row.forEach((value, column) => {
      const cell = sheet?.getCell(i + 2, column + 1)
      if (cell) cell.value = value
    })
  }
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

/** Opened and saved by LibreOffice: one start for all, with a profile of its own. */
async function converted(paths: string[], folder: string): Promise<string[]> {
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`
  const out = join(folder, 'out')
  const options = ['--headless', '--convert-to', 'xlsx:Calc MS Excel 2007 XML', '--outdir', out]
  const run = Bun.spawn([SOFFICE ?? '', profile, ...options, ...paths], {
    stdout: 'ignore',
    stderr: 'ignore',
  })
  await run.exited
  return paths.map((path) => join(out, basename(path)))
}

async function rowsIn(path: string | undefined) {
  return (await cellsOf(await load(path))).map(({ cells }) => cells)
}

async function load(path = '') {
  return upload(await Bun.file(path).bytes())
}

/** A Python that has openpyxl: the system's first, for others may be before it in the path without the package. */
function openpyxlPython(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    try {
      return Bun.spawnSync([python, '-c', 'import openpyxl']).success
    } catch {
      return false // not installed
    }
  })
}
