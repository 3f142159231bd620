import { expect, test } from 'bun:test'
import type { GivenFile } from '../../../src/engine/files.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import type { UploadFile } from '../../../src/workbook/types.ts'
import { checked, prepared } from '../support/inspect.ts'
import { anchor, drawingParts, pic, png, richParts, withPictures } from '../support/pictures.ts'
import { variable } from '../support/variables.ts'
import { upload } from '../support/xlsx.ts'

const name = variable('text-input', { name: 'name', label: 'Name' })
const photo = variable('file', { name: 'photo', label: 'Photo', required: true, fileTypes: ['image'] })
const photos = variable('file-list', { name: 'photo', label: 'Photo', maxLength: 2 })

function picture(cell: string, more: Partial<GivenFile> = {}): GivenFile {
  return { name: `picture:Sheet1!${cell}.png`, sha256: `of ${cell}`, size: 70, content: 'png', ...more }
}

const floating = (...cells: [column: number, row: number][]) =>
  drawingParts(cells.map((cell) => anchor(cell, pic('rId1'))).join(''), {
    rId1: ['../media/image1.png', png()],
  })

/** A sheet with the columns Name and Photo, over which pictures float in the cells of `files`. */
function sheet(rows: (string | null)[][], files: GivenFile[], parts = {}): UploadFile {
  const cells = files.flatMap((file): [number, number][] => {
    const [, letter = '', row] = /!([AB])(\d)/.exec(file.name) ?? []
    return letter === '' ? [] : [[letter === 'A' ? 0 : 1, Number(row) - 1]]
  })
  const bytes = withPictures([['Name', 'Photo'], ...rows], { ...floating(...cells), ...parts })
  return { ...upload(bytes), files }
}

async function sent(file: UploadFile, ...variables: Variable[]) {
  const rows = await prepared(file, { variables: [name, ...variables] })
  const { faults } = await checked(file, { variables: [name, ...variables] })
  return {
    rows: rows.map(({ inputs, fault }) => fault ?? inputs?.['photo'] ?? null),
    faults: faults.map(({ code, cells }) => `${code} ${cells.join()}`.trim()),
  }
}

const local = (file: string, of: string) =>
  expect.objectContaining({ transfer_method: 'local_file', name: file, sha256: `of ${of}` })

test('a picture over an empty cell of a file input is its file, and nothing is worth a note', async () => {
  const file = sheet([['Lamp', null], ['Kettle']], [picture('B2'), picture('B3')])
  expect(await sent(file, photo)).toEqual({
    rows: [local('B2.png', 'B2'), local('B3.png', 'B3')],
    faults: [],
  })
})

test('so is one that is placed in the cell, also where a sheet has nothing else', async () => {
  const inCell = ['<c t="e" vm="1"><v>#VALUE!</v></c>']
  const bytes = withPictures([['Photo'], inCell, inCell], richParts([png()]))
  const file = { ...upload(bytes), files: [picture('A2'), picture('A3')] }
  const found = await checked(file, { variables: [photo] })
  expect([found.rows, found.good, found.faults]).toEqual([2, 2, []])
  const rows = await prepared(file, { variables: [photo] })
  expect(rows.map(({ inputs }) => inputs?.['photo'])).toEqual([local('A2.png', 'A2'), local('A3.png', 'A3')])
})

test('several over a cell are a list in their order, and too many for an input of one', async () => {
  const files = [picture('B2', { name: 'picture:Sheet1!B2#2.png', sha256: 'of 2' }), picture('B2')]
  const file = sheet([['Lamp', null]], files)
  expect((await sent(file, photos)).rows).toEqual([[local('B2.png', 'B2'), local('B2-2.png', '2')]])
  expect((await sent(file, photo)).rows).toEqual(['B2: 2 files; Photo takes 1.'])
  expect((await sent(file, { ...photos, maxLength: 1 })).rows).toEqual(['B2: 2 files; Photo takes 1.'])
})

test.each<[string, string, object | string, string[]]>([
  [
    'a link',
    'https://a.com/a.png',
    expect.objectContaining({ url: 'https://a.com/a.png' }),
    ['picture-over-cell B2', 'unused-files'],
  ],
  ['a file that came along', 'lamp', local('lamp.png', 'lamp'), ['picture-over-cell B2']],
  ['words', 'the lamp', local('B2.png', 'B2'), ['unused-files']],
  ['a file that is not there', 'IMG_7.png', local('B2.png', 'B2'), ['unused-files']],
  [
    'a link that is refused',
    'http://a.com/a.png',
    expect.stringContaining('https://'),
    ['not-https B2', 'picture-over-cell B2', 'unused-files'],
  ],
])(
  'a text in the cell counts before its picture only if it names a file: %s',
  async (_, text, row, faults) => {
    const lamp = { name: 'lamp.png', sha256: 'of lamp', size: 9, content: 'png' }
    const file = sheet([['Lamp', text]], [lamp, picture('B2')])
    const found = await sent(file, photo)
    expect(found.rows as unknown[]).toEqual([row]) // `as`: matchers are compared with values
    expect(found.faults.toSorted()).toEqual(faults)
  },
)

test('a picture is checked as any file is', async () => {
  const large = picture('B2', { size: 11 * 2 ** 20 })
  expect((await sent(sheet([['Lamp', null]], [large]), photo)).rows).toEqual([
    'B2: “B2.png” is larger than 10 MB, the most that the server takes for an image. Send a smaller file, or raise the limit of the Dify server.',
  ])
  const html = picture('B2', { content: 'html' })
  expect((await sent(sheet([['Lamp', null]], [html]), photo)).rows[0]).toContain(
    '“B2.png” is a web page (HTML)',
  )
  const document = { ...photo, fileTypes: ['document' as const] }
  expect((await sent(sheet([['Lamp', null]], [picture('B2')]), document)).rows).toEqual([
    'B2: “B2.png” is not a file that Photo takes: document.',
  ])
})

test('where no input takes it, a picture is not sent, and a note says so', async () => {
  const file = sheet([['Lamp', null]], [picture('B2')])
  const text = variable('text-input', { name: 'photo', label: 'Photo' })
  expect(await sent(file, text)).toEqual({ rows: [null], faults: ['picture-over-cell B2'] })
  expect(await sent(file, { ...photo, localFiles: false, required: false })).toEqual({
    rows: [null],
    faults: ['picture-over-cell B2'],
  })
  const elsewhere = [picture('B2', { name: 'picture:Other!B2.png' })]
  expect((await sent({ ...file, files: elsewhere }, photo)).faults).toEqual([
    'required B2',
    'picture-over-cell B2',
  ])
})

test('pictures are no files that came along: not unused, not meant by a name, not counted', async () => {
  const file = sheet(
    [
      ['Lamp', 'B3'],
      ['Kettle', 'x.png'],
    ],
    [picture('A2'), picture('A3')],
  )
  expect((await sent(file, photo)).rows).toEqual([
    'B2: “B3” is not the address of a file. Give an address that begins with https://.',
    'B3: “x.png” is the name of a file, and no files came along with the sheet. Send the file along with the sheet, or give an address that begins with https://.',
  ])
  expect((await sent(sheet([['Lamp', 'picture:Sheet1!A2.png']], [picture('A2')]), photo)).rows).toEqual([
    expect.stringContaining('no files came along'),
  ])
})

test('a picture of several that is not in the file is told of', async () => {
  const link = anchor([1, 1], pic('rId1', 'link'))
  const parts = drawingParts(anchor([1, 1], pic('rId1')) + link, { rId1: ['../media/image1.png', png()] })
  const file = sheet([['Lamp', null]], [picture('B2')], parts)
  expect(await sent(file, photos)).toEqual({
    rows: [[local('B2.png', 'B2')]],
    faults: ['picture-over-cell B2'],
  })
})

test('a last row that has little more than its picture is not left out as a remark', async () => {
  const rows = [
    ['Lamp', null, '1', 'x'],
    ['Kettle', null, '2', 'y'],
    ['Cup', null, null, null],
  ]
  const bytes = withPictures([['Name', 'Photo', 'No', 'Note'], ...rows], floating([1, 1], [1, 2], [1, 3]))
  const file = { ...upload(bytes), files: [picture('B2'), picture('B3'), picture('B4')] }
  expect(await checked(file, { variables: [photo] })).toMatchObject({ rows: 3, good: 3, faults: [] })
})
