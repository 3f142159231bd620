import { expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { z } from 'zod'
import { withAddedFiles, withFilesOf } from '../../src/files/add-files.ts'
import { gather } from '../../src/files/gather.ts'
import type { SentFile } from '../../src/files/sent-file.ts'
import { DEFAULT_LIMITS, type Limits } from '../../src/workbook/limits.ts'
import { checkUpload, readRows } from '../../src/workbook/workbook.ts'
import { aFileStore } from '../support/file-store.ts'
import { anchor, drawingParts, pic, png, withPictures } from '../workbook/support/pictures.ts'
import { variable } from '../workbook/support/variables.ts'

const WORDS = { file: 'File', type: 'Type', size: 'Size' }

function sent(name: string, bytes: Uint8Array | string): SentFile {
  return {
    name,
    open: async () =>
      (async function* () {
        yield Buffer.from(bytes)
      })(),
  }
}

function gathered(files: SentFile[], limits: Partial<Limits> = {}, store = aFileStore()) {
  return gather(files, { store, limits: { ...DEFAULT_LIMITS, ...limits }, words: WORDS })
}

/** As another program writes it: a picture in B2 and one in B3. */
async function workbook(): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('Orders')
  sheet.addRows([
    ['Name', 'Photo', 'No'],
    ['Lamp', null, 1],
    ['Kettle', null, 2],
  ])
  for (const row of [1, 2]) {
    // `as`: its types ask for a Buffer of an older shape
    const buffer = Buffer.from(png(`picture ${row}`)) as unknown as ExcelJS.Buffer
    const id = book.addImage({ buffer, extension: 'jpeg' })
    sheet.addImage(id, { tl: { col: 1, row }, ext: { width: 40, height: 40 } })
  }
  return new Uint8Array(await book.xlsx.writeBuffer())
}

const photo = variable('file', { name: 'photo', label: 'Photo', required: true, fileTypes: ['image'] })

test('the pictures of a workbook are stored, are among its files as what they are, and feed its rows', async () => {
  const store = aFileStore()
  const upload = await gathered([sent('orders.xlsx', await workbook())], {}, store)
  expect(upload.files).toMatchObject([
    { name: 'picture:Orders!B2.png', content: 'png' },
    { name: 'picture:Orders!B3.png', content: 'png' },
  ])
  const options = { variables: [photo] }
  expect(await checkUpload(upload, options, DEFAULT_LIMITS)).toMatchObject({ rows: 2, good: 2, faults: [] })
  const rows = (await Array.fromAsync(readRows(upload, options, DEFAULT_LIMITS))).flat()
  for (const [i, { inputs }] of rows.entries()) {
    const input = inputs?.['photo']
    const { name, sha256 } = z.object({ name: z.string(), sha256: z.string() }).parse(input)
    expect(name).toBe(`B${i + 2}.png`)
    const bytes = await Array.fromAsync((await store.open(sha256)) ?? [])
    expect(Buffer.concat(bytes)).toEqual(Buffer.from(png(`picture ${i + 1}`)))
  }
  expect(rows.length).toBe(2)
})

test('nobody can send a file under the name of a picture', async () => {
  const files = [
    sent('orders.csv', 'Name\nLamp'),
    sent('picture:Orders!B2.png', png()),
    sent('Picture:Orders!B3.png', png()),
  ]
  expect((await gathered(files)).files?.map(({ name }) => name)).toEqual([
    'picture_Orders!B2.png',
    'Picture_Orders!B3.png',
  ])
})

test('pictures beyond the limit are told of by their cells, and refuse nothing', async () => {
  const upload = await gathered([sent('orders.xlsx', await workbook())], { maxFiles: 1 })
  expect(upload.files?.map(({ name }) => name)).toEqual(['picture:Orders!B2.png'])
  const { good, faults } = await checkUpload(upload, { variables: [photo] }, DEFAULT_LIMITS)
  expect(good).toBe(1)
  expect(faults.map(({ code, cells }) => `${code} ${cells.join()}`)).toEqual([
    'required B3',
    'picture-over-cell B3',
  ])
})

test('files that are added later leave the pictures, which do not count among them; another sheet leaves them behind', async () => {
  const upload = await gathered([sent('orders.xlsx', await workbook())])
  const more = (name: string) => gathered([sent(name, '%PDF-1')])
  const options = { limits: { ...DEFAULT_LIMITS, maxFiles: 1 }, words: WORDS }
  const added = withAddedFiles(upload, await more('a.pdf'), options)
  expect(added.files?.map(({ name }) => name)).toEqual([
    'picture:Orders!B2.png',
    'picture:Orders!B3.png',
    'a.pdf',
  ])
  const second = await more('b.pdf')
  expect(() => withAddedFiles(added, second, options)).toThrow('That is 2 files')
  const sheet = await gathered([sent('orders.csv', 'Photo\n')])
  expect(withFilesOf(added, sheet, options).files?.map(({ name }) => name)).toEqual(['a.pdf'])
})

test('a workbook that cannot be read is taken all the same: the check says what is wrong with it', async () => {
  const bytes = Buffer.from(await workbook())
  const upload = await gathered([sent('orders.xlsx', bytes.subarray(0, bytes.length - 30))])
  expect(upload.files).toEqual([])
  await expect(checkUpload(upload, {}, DEFAULT_LIMITS)).rejects.toThrow('orders.xlsx')
})

test('a web page in place of a picture is found by its content; a drawing of vectors keeps its ending', async () => {
  const parts = drawingParts(anchor([1, 1], pic('rId1')) + anchor([1, 2], pic('rId2')), {
    rId1: ['../media/image1.png', '<!doctype html><script>alert(1)</script>'],
    rId2: ['../media/image2.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  })
  const bytes = withPictures(
    [
      ['Name', 'Photo'],
      ['Lamp', null],
      ['Kettle', null],
    ],
    parts,
  )
  const upload = await gathered([sent('orders.xlsx', bytes)])
  expect(upload.files?.map(({ name, content }) => [name, content === 'html'])).toEqual([
    ['picture:Sheet1!B2.png', true],
    ['picture:Sheet1!B3.svg', false],
  ])
  const { faults } = await checkUpload(upload, { variables: [photo] }, DEFAULT_LIMITS)
  expect(faults).toMatchObject([{ code: 'misnamed-file', cells: ['B2'] }])
})
