import { expect, test } from 'bun:test'
import { picturesIn } from '../../../src/workbook/read/pictures.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../src/workbook/limits.ts'
import {
  anchor,
  drawingParts,
  pic,
  png,
  richParts,
  sheetXml,
  sizedAnchor,
  withPictures,
  wpsParts,
} from '../support/pictures.ts'
import { fixture } from '../support/fixture.ts'
import { type Raw, upload, xlsx } from '../support/xlsx.ts'

const ROWS = [
  ['Name', 'Photo'],
  ['Lamp', null],
  ['Kettle', null],
]
const [A, B] = [png('a'), png('b')]
const MEDIA: Parameters<typeof drawingParts>[1] = {
  rId1: ['../media/image1.png', A],
  rId2: ['/xl/media/image2.png', B],
}

/** `B2 image1.png` for each picture, in the order in which they are read. */
async function found(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<string[]> {
  const pictures = await Array.fromAsync(picturesIn(upload(bytes), { ...DEFAULT_LIMITS, ...limits }))
  return pictures.flatMap(({ name, places }) =>
    places.map(({ sheet, cell, number }) => `${sheet}!${cell}${number > 1 ? `#${number}` : ''} ${name}`),
  )
}

const floating = (anchors: string, media = MEDIA) => found(withPictures(ROWS, drawingParts(anchors, media)))

test('pictures are those of the cells where they begin, also at one cell and in a group', async () => {
  const anchors = [
    anchor([1, 1], pic('rId1')),
    sizedAnchor([1, 2, 0], 900_000, `<xdr:grpSp>${pic('rId2')}</xdr:grpSp>`),
  ]
  expect(await floating(anchors.join(''))).toEqual(['Sheet1!B2 image1.png', 'Sheet1!B3 image2.png'])
  const bytes = withPictures(ROWS, drawingParts(anchors.join(''), MEDIA))
  const pictures = await Array.fromAsync(picturesIn(upload(bytes), DEFAULT_LIMITS))
  expect(pictures.map((picture) => Buffer.from(picture.bytes))).toEqual([Buffer.from(A), Buffer.from(B)])
})

test('several of a cell keep their order, and one in many cells is read once', async () => {
  const anchors = anchor([1, 1], pic('rId2')) + anchor([1, 1], pic('rId1')) + anchor([1, 2], pic('rId2'))
  expect(await floating(anchors)).toEqual([
    'Sheet1!B2 image2.png',
    'Sheet1!B3 image2.png',
    'Sheet1!B2#2 image1.png',
  ])
})

test('linked pictures, fillings of shapes, charts and second ways for old programs are none', async () => {
  const choice = `<mc:AlternateContent><mc:Choice>${pic('rId1')}</mc:Choice><mc:Fallback>${pic('rId2')}</mc:Fallback></mc:AlternateContent>`
  const anchors = [
    anchor([1, 1], pic('rId1', 'link')),
    anchor([1, 1], `<xdr:sp><xdr:spPr><a:blipFill><a:blip r:embed="rId1"/></a:blipFill></xdr:spPr></xdr:sp>`),
    anchor([1, 1], '<xdr:graphicFrame/>'),
    anchor([1, 2], choice),
    anchor([1, 2], pic('rId7')),
  ]
  expect(await floating(anchors.join(''))).toEqual(['Sheet1!B3 image1.png'])
})

/** An inch and a bit: rows of 80 points. */
const HEIGHT = 80 * 12_700
const tall = (anchors: string, rowAttributes = 'ht="80"') => {
  const data = [1, 2, 3]
    .map((row) => `<row r="${row}" ${rowAttributes}><c r="A${row}"><v>${row}</v></c></row>`)
    .join('')
  return found(xlsx({ data, parts: drawingParts(anchors, MEDIA) }))
}

test.each<[string, number[], number[], string]>([
  ['a little above its cell', [1, 0, 0, HEIGHT * 0.9], [1, 1, 9, HEIGHT * 0.8], 'B2'],
  ['at the lower edge of its cell', [1, 1, 0, HEIGHT * 0.7], [1, 2, 9, HEIGHT * 0.1], 'B2'],
  ['higher than its cell', [1, 1, 0, 9], [1, 8, 9, 9], 'B2'],
  ['a little to the left of its cell', [0, 1, 600_000, 0], [1, 1, 500_000, 9], 'B2'],
  ['in the middle of its cell', [1, 1, 9, HEIGHT * 0.6], [1, 1, 99, HEIGHT * 0.9], 'B2'],
])('a picture %s is that of the cell that it fills more', async (_, from, to, cell) => {
  expect(await tall(anchor(from, pic('rId1'), to))).toEqual([`Sheet1!${cell} image1.png`])
})

test('so is one with a size; one in a hidden row stays in it', async () => {
  expect(await tall(sizedAnchor([1, 0, HEIGHT * 0.9], HEIGHT, pic('rId1')))).toEqual(['Sheet1!B2 image1.png'])
  const hidden = anchor([1, 0, 0, 9], pic('rId1'), [1, 1, 9, 99])
  expect(await tall(hidden, 'ht="80" hidden="1"')).toEqual(['Sheet1!B1 image1.png'])
})

test('pictures placed in cells are found by their rich values, before those that float', async () => {
  const rows = [
    ['Name', 'Photo'],
    ['Lamp', '<c t="e" vm="2"><v>#VALUE!</v></c>'],
    ['Kettle', '<c t="e" vm="1"><v>#VALUE!</v></c>'],
  ]
  const parts = { ...drawingParts(anchor([1, 1], pic('rId1')), MEDIA), ...richParts([A, B]) }
  expect(await found(withPictures(rows, parts))).toEqual([
    'Sheet1!B2 cell2.png',
    'Sheet1!B3 cell1.png',
    'Sheet1!B2#2 image1.png',
  ])
  const damaged = { ...richParts([A, B]), 'xl/richData/richValueRel.xml': '<richValueRels><rel' }
  expect(await found(withPictures(rows, damaged))).toEqual([])
})

test('so are those of WPS, by the ID in their formula or text', async () => {
  const id = 'ID_61A4C7AEBBCE4C2AB56FC63352E00CBD'
  const rows = [
    ['Name', 'Photo'],
    ['Lamp', `<c t="str"><f>_xlfn.DISPIMG("${id}",1)</f><v>=DISPIMG("${id}",1)</v></c>`],
    ['Kettle', `<c t="str"><v>=DISPIMG("${id}",1)</v></c>`],
    ['Cup', '<c t="str"><v>=DISPIMG("ID_0",1)</v></c>'],
  ]
  expect(await found(withPictures(rows, wpsParts(id, A)))).toEqual([
    'Sheet1!B2 image1.png',
    'Sheet1!B3 image1.png',
  ])
})

test('so they are where other programs have written them', async () => {
  const cells = async (name: string) =>
    (await Array.fromAsync(picturesIn(await fixture(name), DEFAULT_LIMITS)))
      .flatMap(({ places }) => places)
      .map(({ sheet, cell }) => `${sheet}!${cell}`)
  expect(await cells('pictures.xlsx')).toEqual(['Orders!B2', 'Orders!B3', 'Orders!B4', 'Orders!C4'])
  expect(await cells('pictures-libreoffice.xlsx')).toEqual(['Orders!B2', 'Orders!B3'])
})

test('no more pictures are read than files may come along, and not more bytes', async () => {
  const bytes = withPictures(
    ROWS,
    drawingParts(anchor([1, 1], pic('rId1')) + anchor([1, 2], pic('rId2')), MEDIA),
  )
  expect(await found(bytes, { maxFiles: 1 })).toEqual(['Sheet1!B2 image1.png'])
  expect(await found(bytes, { maxFilesBytes: A.length + 1 })).toEqual(['Sheet1!B2 image1.png'])
})

test('of a drawing with 20,000 anchors the first ones count, and one with 100,000 is not read', async () => {
  const places = await floating(anchor([1, 2], pic('rId1')).repeat(20_000))
  expect(places.length).toBe(DEFAULT_LIMITS.maxFiles)
  expect(await floating(anchor([1, 2], pic('rId1')).repeat(100_000))).toEqual([])
})

test('a picture of 100 MB unpacked is left out, and does not stop the others', async () => {
  const media = { ...MEDIA, rId1: ['../media/image1.png', new Uint8Array(100 * 2 ** 20)] } as typeof MEDIA
  const anchors = anchor([1, 1], pic('rId1')) + anchor([1, 2], pic('rId2'))
  expect(await floating(anchors, media)).toEqual(['Sheet1!B3 image2.png'])
})

test('after twenty damaged pictures no further one is tried', async () => {
  const media: typeof MEDIA = {}
  const lies: NonNullable<Raw['lies']> = {}
  for (let i = 0; i < 22; i++) media[`rId${i}`] = [`../media/image${i}.png`, png(`${i}`)]
  const anchors = Object.keys(media).map((id) => anchor([1, 1], pic(id)))
  const damage = (count: number) => {
    for (let i = 0; i < count; i++) lies[`xl/media/image${i}.png`] = { crc: 1 }
    return found(xlsx({ data: sheetXml(ROWS), parts: drawingParts(anchors.join(''), media), lies }))
  }
  expect(await damage(20)).toEqual(['Sheet1!B2#21 image20.png', 'Sheet1!B2#22 image21.png'])
  expect(await damage(21)).toEqual([])
})

test('a relationship cannot lead out of the archive', async () => {
  const parts = drawingParts(anchor([1, 1], pic('rId1')) + anchor([1, 1], pic('rId2')), MEDIA)
  const rels = (target: string, mode = '') =>
    `<Relationships><Relationship Id="rId1" Type="x/image" Target="${target}"${mode}/></Relationships>`
  for (const [target, mode] of [
    ['../../../../../etc/passwd'],
    ['file:///etc/passwd', ' TargetMode="External"'],
    ['https://example.com/a.png', ' TargetMode="External"'],
  ] as const) {
    const outside = { ...parts, 'xl/drawings/_rels/drawing1.xml.rels': rels(target, mode) }
    expect(await found(withPictures(ROWS, outside))).toEqual([])
  }
})

test('other kinds of files have none, and damaged parts none either', async () => {
  const csv = upload('Name,Photo\nLamp,', 'a.csv')
  expect(await Array.fromAsync(picturesIn(csv, DEFAULT_LIMITS))).toEqual([])
  const ods = await fixture('libreoffice.ods')
  expect(await Array.fromAsync(picturesIn(ods, DEFAULT_LIMITS))).toEqual([])
  const parts = drawingParts(anchor([1, 1], pic('rId1')), MEDIA)
  expect(
    await found(withPictures(ROWS, { ...parts, 'xl/drawings/_rels/drawing1.xml.rels': '<broken' })),
  ).toEqual([])
  expect(await found(withPictures(ROWS, { ...parts, 'xl/drawings/drawing1.xml': '<broken' }))).toEqual([])
})
