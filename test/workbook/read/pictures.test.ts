import { expect, test } from 'bun:test'
import type { Picture } from '../../../src/workbook/read/value.ts'
import { cellsOf, checked, columnA, prepared } from '../support/inspect.ts'
import { fixture } from '../support/fixture.ts'
import { variable } from '../support/variables.ts'
import { relationships, rowsXml, xlsx } from '../support/xlsx.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RICH = 'http://schemas.microsoft.com/office/2017/06/relationships'
const PICTURE: Picture = { picture: true }

const optional = [variable('text-input', { name: 'name' }), variable('text-input', { name: 'photo' })]
const required = [variable('text-input', { name: 'photo', label: 'Photo', required: true })]

test.each(['wps-dispimg.xlsx', 'picture-in-cell.xlsx'])(
  'the picture in a cell of %s is empty, and said',
  async (name) => {
    const file = await fixture(name)
    expect((await cellsOf(file))[1]?.cells).toEqual(['Lamp', PICTURE])
    const found = await checked(file, { variables: optional })
    expect(found.faults).toMatchObject([{ code: 'picture-in-cell', note: true, cells: ['B2'] }])
    expect(found.preview[0]?.cells).toEqual(['Lamp', null])
    expect(await prepared(file, { variables: optional })).toMatchObject([{ inputs: { name: 'Lamp' } }])
    expect((await prepared(file, { variables: optional }))[0]?.inputs).not.toHaveProperty('photo')
  },
)

test.each(['wps-dispimg.xlsx', 'picture-in-cell.xlsx'])(
  'a required input cannot be the picture of %s',
  async (name) => {
    const found = await checked(await fixture(name), { variables: required })
    expect(found).toMatchObject({
      good: 0,
      faults: [
        { code: 'required-picture', cells: ['B2'], message: 'The cell holds a picture; Photo is required.' },
      ],
    })
  },
)

function cell(xml: string, more: Parameters<typeof xlsx>[0] = {}) {
  return columnA(xlsx({ ...more, data: `<row>${xml}</row>` })).then(([value]) => value)
}

test('a picture is one also where another program saved its formula without a value, or its text alone', async () => {
  const id = 'ID_61A4C7AEBBCE4C2AB56FC63352E00CBD'
  expect(await cell(`<c><f>DISPIMG("${id}",1)</f></c>`)).toEqual(PICTURE)
  expect(await cell(`<c t="e"><f>_xlfn.DISPIMG("${id}",1)</f><v>#NAME?</v></c>`)).toEqual(PICTURE)
  expect(await cell('<c t="e"><f>_xlfn.IMAGE("https://a.b/c.png")</f><v>#VALUE!</v></c>')).toEqual(PICTURE)
  const strings = `<si><t>=DISPIMG("${id}",1)</t></si>`
  expect(await cell('<c t="s"><v>0</v></c>', { strings })).toEqual(PICTURE)
})

test('a text about such a formula, and a formula with another name, are not pictures', async () => {
  expect(await cell('<c t="str"><v>use =DISPIMG("ID_1",1)</v></c>')).toBe('use =DISPIMG("ID_1",1)')
  expect(await cell('<c t="str"><f>IMAGENAME(A2)</f><v>a</v></c>')).toBe('a')
  expect(await cell('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>')).toEqual({ error: '#DIV/0!' })
})

/** Rich values of these types, of which cells have the numbers 1, 2, … in this order. */
function rich(types: string[]) {
  const records = types.map((_, i) => `<bk><rc t="1" v="${i}"/></bk>`).join('')
  const blocks = types.map((_, i) => `<bk><extLst><ext><xlrd:rvb i="${i}"/></ext></extLst></bk>`).join('')
  const link = (type: string, target: string) =>
    `<Relationship Id="${type}" Type="${RICH}/${type}" Target="${target}"/>`
  const rels = relationships([
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rId2', 'sheetMetadata', 'metadata.xml'],
  ])
  const links = link('rdRichValue', 'richData/v.xml') + link('rdRichValueStructure', 'richData/s.xml')
  return {
    'xl/_rels/workbook.xml.rels': rels.replace('</Relationships>', `${links}</Relationships>`),
    'xl/metadata.xml': `<metadata xmlns="${MAIN}"><metadataTypes><metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE">${blocks}</futureMetadata><valueMetadata>${records}</valueMetadata></metadata>`,
    'xl/richData/v.xml': `<rvData>${types.map((_, i) => `<rv s="${i}"><v>0</v></rv>`).join('')}</rvData>`,
    'xl/richData/s.xml': `<rvStructures>${types.map((type) => `<s t="${type}"><k n="a"/></s>`).join('')}</rvStructures>`,
  }
}

test('of the rich values behind an error only pictures are pictures', async () => {
  const parts = rich(['_localImage', '_error', '_linkedentity2', '_webimage'])
  const value = (vm: number) => cell(`<c t="e" vm="${vm}"><v>#VALUE!</v></c>`, { parts })
  expect(await Promise.all([1, 2, 3, 4, 5].map(value))).toEqual([
    PICTURE,
    { error: '#VALUE!' },
    { error: '#VALUE!' },
    PICTURE,
    PICTURE,
  ])
  expect(await cell('<c t="e" vm="1"><v>#N/A</v></c>', { parts })).toEqual({ error: '#N/A' })
})

test('damaged rich values do not refuse a workbook', async () => {
  const parts = { ...rich(['_error']), 'xl/richData/s.xml': '<rvStructures><s>' }
  expect(await cell('<c t="e" vm="1"><v>#VALUE!</v></c>', { parts })).toEqual(PICTURE)
})

const XDR = 'http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing'

function anchor(column: number, row: number, what: string): string {
  const from = `<xdr:from><xdr:col>${column}</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>9</xdr:rowOff></xdr:from>`
  return `<xdr:twoCellAnchor>${from}<xdr:to><xdr:col>9</xdr:col><xdr:row>9</xdr:row></xdr:to>${what}</xdr:twoCellAnchor>`
}

function withDrawing(drawing: string) {
  const data = rowsXml(
    [
      ['Name', 'Photo'],
      ['Lamp', 'x'],
      ['Kettle', 'y'],
    ],
    3,
  )
  return xlsx({
    data,
    parts: {
      'xl/worksheets/_rels/sheet1.xml.rels': relationships([['rId1', 'drawing', '../drawings/drawing1.xml']]),
      'xl/drawings/drawing1.xml': drawing,
    },
  })
}

test('a picture that floats over rows of data is said; a logo above and a chart are not', async () => {
  const picture = '<xdr:pic><xdr:nvPicPr/></xdr:pic>'
  const anchors = [
    anchor(0, 0, picture),
    anchor(1, 3, picture),
    anchor(1, 4, `<xdr:grpSp>${picture}</xdr:grpSp>`),
    anchor(0, 4, '<xdr:graphicFrame/>'),
    anchor(0, 20, picture),
    `<xdr:absoluteAnchor>${picture}</xdr:absoluteAnchor>`,
  ]
  const found = await checked(withDrawing(`<xdr:wsDr xmlns:xdr="${XDR}">${anchors.join('')}</xdr:wsDr>`))
  expect(found.faults).toMatchObject([{ code: 'picture-over-cell', note: true, cells: ['B4', 'B5'] }])
})

test('a drawing that is damaged, or that has pictures without end, does not refuse a workbook', async () => {
  expect((await checked(withDrawing('<xdr:wsDr><broken'))).faults).toEqual([])
  const many = anchor(0, 3, '<xdr:pic/>').repeat(50_000)
  const found = await checked(withDrawing(`<xdr:wsDr xmlns:xdr="${XDR}">${many}</xdr:wsDr>`))
  expect(found.faults).toMatchObject([{ code: 'picture-over-cell', count: 10_000 }])
  expect(found.faults[0]?.cells.length).toBeLessThanOrEqual(20)
})
