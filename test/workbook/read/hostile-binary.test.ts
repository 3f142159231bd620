import { expect, test } from 'bun:test'
import { CFB } from '@e965/xlsx'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { random } from '../../support/random.ts'
import { compoundFile } from '../support/compound-file.ts'
import { cellsOf, refusalOf } from '../support/inspect.ts'
import { sheetjs, sheetOf } from '../support/sheetjs.ts'
import { upload } from '../support/xlsx.ts'
import { zip } from '../support/zip.ts'

const ROWS = [['Name', 'Price'], ...Array.from({ length: 200 }, (_, i) => [`product ${i}`, i * 1.5])]
const XLS = sheetjs('biff8', { Orders: sheetOf(ROWS) })
const XLSB = sheetjs('xlsb', { Orders: sheetOf(ROWS) })
const ODS = sheetjs('ods', { Orders: sheetOf(ROWS) })

/** Whether it was refused; anything else that is thrown fails the test. */
async function isRefused(bytes: Uint8Array): Promise<boolean> {
  try {
    await cellsOf(upload(bytes, 'a.xls'))
    return false
  } catch (error) {
    if (error instanceof FileRefusal) return true
    throw error
  }
}

test.each([
  ['.xls', XLS],
  ['.xlsb', XLSB],
  ['.ods', ODS],
])(
  'an %s that is cut anywhere, or has flipped bits, is read or refused, and nothing else happens',
  async (name, whole) => {
    const next = random(name.length)
    let refused = 0
    for (let i = 0; i < 150; i++) if (await isRefused(whole.slice(0, next(whole.length)))) refused++
    for (let i = 0; i < 300; i++) {
      const bytes = whole.slice()
      for (let flips = 1 + next(4); flips > 0; flips--) {
        const at = next(bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8))
      }
      if (await isRefused(bytes)) refused++
    }
    expect(refused).toBeGreaterThan(150)
  },
)

test('records of an .xls that were overwritten by noise are read or refused, and nothing else happens', async () => {
  const records = streamOf(XLS)
  const next = random(9)
  let refused = 0
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(records)
    for (let noise = 1 + next(6); noise > 0; noise--) bytes[next(bytes.length)] = next(256)
    if (await isRefused(compoundFile({ Workbook: bytes }))) refused++
  }
  expect(refused).toBeGreaterThan(20)
})

test('sectors that lead in a circle are refused', async () => {
  const bytes = Buffer.from(XLS)
  const allocation = 512 * (1 + bytes.readUInt32LE(76))
  for (let at = allocation; at < allocation + 512; at += 4) bytes.writeUInt32LE(3, at)
  expect(await refusalOf(bytes)).toBe('corrupt')
})

test('a list of allocation sectors that leads in a circle is refused', async () => {
  const bytes = Buffer.from(XLS)
  bytes.writeUInt32LE(0, 68)
  bytes.fill(0, 512, 1024)
  expect(await refusalOf(bytes)).toBe('corrupt')
})

test('a directory whose entries point at each other in a circle is refused or read', async () => {
  const bytes = Buffer.from(XLS)
  const directory = 512 * (1 + bytes.readUInt32LE(48))
  for (const entry of [0, 1, 2])
    for (const link of [68, 72, 76]) bytes.writeUInt32LE(1, directory + entry * 128 + link)
  await isRefused(bytes)
})

test('the records of an .xls without a container are read', async () => {
  expect(await cellsOf(upload(new Uint8Array(streamOf(XLS)), 'a.xls'))).toHaveLength(201)
})

test('a protected .xls is refused as one, whatever the cipher', async () => {
  const first = streamOf(XLS)
  const begin = 4 + first.readUInt16LE(2)
  for (const data of [
    [0, 0, 1, 2, 3, 4],
    [1, 0, 1, 0, 1, 0],
  ]) {
    const records = Buffer.concat([first.subarray(0, begin), record(0x2f, data), first.subarray(begin)])
    expect(await refusalOf(compoundFile({ Workbook: records }))).toBe('password')
  }
})

test('links over a whole sheet and formulas of noise take no time, and change nothing', async () => {
  const noise = Buffer.alloc(60, 0x29)
  const link = record(0x1b8, [0, 0, 0xff, 0xff, 0, 0, 0xff, 0, ...Buffer.alloc(60)])
  const formula = record(0x06, [200, 0, 0, 0, 0, 0, ...double(42), 0, 0, 0, 0, 0, 0, 60, 0, ...noise])
  const records = streamOf(sheetjs('biff8', { Orders: sheetOf([['Name'], ['a']]) }))
  const end = records.length - 4 // the end of the sheet
  const links = Array.from({ length: 500 }, () => link)
  const bytes = Buffer.concat([records.subarray(0, end), ...links, formula, records.subarray(end)])
  expect(await cellsOf(compoundFile({ Workbook: bytes }))).toEqual([
    { row: 1, cells: ['Name'] },
    { row: 2, cells: ['a'] },
    { row: 201, cells: [42] },
  ])
})

test('the dates of East Asian Excel and WPS, which have no format in the file, are dates', async () => {
  const sheet = sheetOf([[46_053]])
  sheet['A1'] = { t: 'n', v: 46_053, z: 'm/d/yy' }
  const records = streamOf(sheetjs('biff8', { A: sheet }))
  for (let at = 0; at + 4 <= records.length; at += 4 + records.readUInt16LE(at + 2)) {
    const isDate = records.readUInt16LE(at) === 0xe0 && records.readUInt16LE(at + 6) === 14
    if (isDate) records.writeUInt16LE(31, at + 6)
  }
  const [row] = await cellsOf(compoundFile({ Workbook: records }))
  expect(row?.cells).toEqual(['2026-01-31'])
})

test('dimensions that lie make no cells', async () => {
  const records = Buffer.from(streamOf(XLS))
  for (let at = 0; at + 4 <= records.length; at += 4 + records.readUInt16LE(at + 2)) {
    if (records.readUInt16LE(at) === 0x200) records.writeUInt32LE(0xffffffff, at + 8)
  }
  expect(await cellsOf(compoundFile({ Workbook: records }))).toHaveLength(201)
})

test('an .xlsb whose links cover a billion cells is read as if they were not there', async () => {
  const link = [0xee, 0x03, 32, ...numbers(0, 1_048_575, 0, 16_383), ...numbers(0, 0, 0, 0)]
  const parts = partsOf(XLSB)
  const sheet = parts.get('xl/worksheets/sheet1.bin') ?? Buffer.alloc(0)
  parts.set('xl/worksheets/sheet1.bin', Buffer.concat([sheet, Buffer.from(link)]))
  expect(await cellsOf(archive(parts))).toHaveLength(201)
})

test.each([
  ['row beyond the last', [0x00, 16, ...numbers(1_048_576, 0, 0, 0)]],
  ['row out of order', [0x00, 16, ...numbers(5, 0, 0, 0), 0x00, 16, ...numbers(2, 0, 0, 0)]],
  [
    'column beyond the last',
    [0x00, 16, ...numbers(0, 0, 0, 0), 0x05, 16, ...numbers(16_384, 0), ...double(1)],
  ],
  ['record longer than the part', [0x00, 0xff, 0x7f]],
  ['text that is not in the table', [0x00, 16, ...numbers(0, 0, 0, 0), 0x07, 12, ...numbers(0, 0, 9_999)]],
])('an .xlsb with a %s is refused', async (_, records) => {
  const parts = partsOf(XLSB)
  parts.set('xl/worksheets/sheet1.bin', Buffer.from(records))
  expect(await refusalOf(archive(parts))).toBe('corrupt')
})

test('an .xlsb that unpacks to more than the limit is refused before it is', async () => {
  const parts = partsOf(XLSB)
  parts.set('xl/worksheets/sheet1.bin', Buffer.alloc(20_000_000))
  expect(await refusalOf(archive(parts), { maxUnpackedBytes: 5_000_000 })).toBe('too-large-inside')
})

test('more cells than there is memory for are refused before they are made', async () => {
  const parts = partsOf(XLSB)
  const row = [0x00, 16, ...numbers(0, 0, 0, 0)]
  const cell = Buffer.from([0x05, 16, ...numbers(0, 0), ...double(1)])
  const cells = Buffer.alloc(cell.length * 1_600_000, cell)
  parts.set('xl/worksheets/sheet1.bin', Buffer.concat([Buffer.from(row), cells]))
  expect(await refusalOf(archive(parts))).toBe('too-many-cells')
})

function streamOf(file: Uint8Array): Buffer {
  const content = CFB.find(CFB.read(Buffer.from(file), { type: 'buffer' }), '/Workbook')?.content
  return Buffer.from(content as Uint8Array) // `as`: its type is that of a file read from anywhere
}

function record(type: number, data: number[]): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(type, 0)
  head.writeUInt16LE(data.length, 2)
  return Buffer.concat([head, Buffer.from(data)])
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => bytes.writeUInt32LE(value, i * 4))
  return bytes
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

function partsOf(file: Uint8Array): Map<string, Buffer> {
  const { FullPaths, FileIndex } = CFB.read(Buffer.from(file), { type: 'buffer' })
  const parts = new Map<string, Buffer>()
  FullPaths.forEach((path: string, i: number) => {
    const { content, size } = FileIndex[i]
    if (size > 0) parts.set(path.replace(/^Root Entry\//, ''), Buffer.from(content))
  })
  return parts
}

function archive(parts: Map<string, Buffer>): Uint8Array {
  return zip([...parts].map(([name, bytes]) => ({ name, bytes })))
}
