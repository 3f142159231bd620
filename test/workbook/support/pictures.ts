import { relationships, xlsx, type Raw } from './xlsx.ts'

const XDR = 'http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const RICH = 'http://schemas.microsoft.com/office/2017/06/relationships'
const RICH_REL = 'http://schemas.microsoft.com/office/2022/10/relationships/richValueRel'
const WPS = 'http://www.wps.cn/officeDocument/2020/cellImage'

/** A PNG of one pixel; `mark` makes it another file. */
export function png(mark = ''): Uint8Array {
  const base =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  return new Uint8Array(Buffer.concat([Buffer.from(base, 'base64'), Buffer.from(mark)]))
}

/** `<xdr:pic>` with the relationship of its bytes. */
export function pic(id: string, attribute = 'embed'): string {
  return `<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Picture 1"/></xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="${REL}" r:${attribute}="${id}"><a:extLst><a:ext><asvg:svgBlip r:embed="rIdSvg"/></a:ext></a:extLst></a:blip></xdr:blipFill></xdr:pic>`
}

/** What is anchored at a cell, columns and rows from 0; offsets and the end in EMU. */
export function anchor(
  [column, row, columnOffset = 0, rowOffset = 0]: number[],
  what: string,
  [toColumn = column ?? 0, toRow = row ?? 0, toColumnOffset = 9, toRowOffset = 9]: number[] = [],
): string {
  const corner = (name: string, at: (number | undefined)[]) =>
    `<xdr:${name}><xdr:col>${at[0]}</xdr:col><xdr:colOff>${at[1]}</xdr:colOff><xdr:row>${at[2]}</xdr:row><xdr:rowOff>${at[3]}</xdr:rowOff></xdr:${name}>`
  const from = corner('from', [column, columnOffset, row, rowOffset])
  const to = corner('to', [toColumn, toColumnOffset, toRow, toRowOffset])
  return `<xdr:twoCellAnchor>${from}${to}${what}<xdr:clientData/></xdr:twoCellAnchor>`
}

/** At one cell, with a size in EMU. */
export function sizedAnchor(
  [column, row, rowOffset]: [number, number, number],
  height: number,
  what: string,
): string {
  return `<xdr:oneCellAnchor><xdr:from><xdr:col>${column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>${rowOffset}</xdr:rowOff></xdr:from><xdr:ext cx="99" cy="${height}"/>${what}</xdr:oneCellAnchor>`
}

/** The parts of a sheet’s drawing. `media` is by relationship: a path from xl/drawings and its bytes. */
export function drawingParts(
  anchors: string,
  media: Record<string, [target: string, bytes: Uint8Array | string]>,
  sheet = 1,
): Record<string, string | Uint8Array> {
  const parts: Record<string, string | Uint8Array> = {
    [`xl/worksheets/_rels/sheet${sheet}.xml.rels`]: relationships([
      ['rId1', 'drawing', `../drawings/drawing${sheet}.xml`],
    ]),
    [`xl/drawings/drawing${sheet}.xml`]: `<xdr:wsDr xmlns:xdr="${XDR}">${anchors}</xdr:wsDr>`,
    [`xl/drawings/_rels/drawing${sheet}.xml.rels`]: relationships(
      Object.entries(media).map(([id, [target]]) => [id, 'image', target]),
    ),
  }
  for (const [target, bytes] of Object.values(media))
    parts[target.startsWith('/') ? target.slice(1) : `xl/${target.replace('../', '')}`] = bytes
  return parts
}

/** The parts of pictures placed in cells of Excel, whose numbers (`vm`) are 1, 2, … in this order. */
export function richParts(pictures: Uint8Array[]): Record<string, string | Uint8Array> {
  const list = (make: (i: number) => string) => pictures.map((_, i) => make(i)).join('')
  const link = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`
  const rels = relationships([
    ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rId2', 'sheetMetadata', 'metadata.xml'],
  ])
  const links =
    link('rId3', `${RICH}/rdRichValue`, 'richData/rdrichvalue.xml') +
    link('rId4', `${RICH}/rdRichValueStructure`, 'richData/rdrichvaluestructure.xml') +
    link('rId5', RICH_REL, 'richData/richValueRel.xml')
  const parts: Record<string, string | Uint8Array> = {
    'xl/_rels/workbook.xml.rels': rels.replace('</Relationships>', `${links}</Relationships>`),
    'xl/metadata.xml': `<metadata xmlns="${MAIN}"><metadataTypes><metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE">${list((i) => `<bk><extLst><ext><xlrd:rvb i="${i}"/></ext></extLst></bk>`)}</futureMetadata><valueMetadata>${list((i) => `<bk><rc t="1" v="${i}"/></bk>`)}</valueMetadata></metadata>`,
    'xl/richData/rdrichvalue.xml': `<rvData>${list((i) => `<rv s="0"><v>${i}</v><v>5</v></rv>`)}</rvData>`,
    'xl/richData/rdrichvaluestructure.xml':
      '<rvStructures><s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>',
    'xl/richData/richValueRel.xml': `<richValueRels xmlns:r="${REL}">${list((i) => `<rel r:id="rId${i + 1}"/>`)}</richValueRels>`,
    'xl/richData/_rels/richValueRel.xml.rels': relationships(
      pictures.map((_, i) => [`rId${i + 1}`, 'image', `../media/cell${i + 1}.png`]),
    ),
  }
  pictures.forEach((bytes, i) => {
    parts[`xl/media/cell${i + 1}.png`] = bytes
  })
  return parts
}

/** The parts of a picture placed in cells by WPS. */
export function wpsParts(id: string, bytes: Uint8Array): Record<string, string | Uint8Array> {
  const link = `<Relationship Id="rId9" Type="${WPS}" Target="cellimages.xml"/>`
  const rels = relationships([['rId1', 'worksheet', 'worksheets/sheet1.xml']])
  return {
    'xl/_rels/workbook.xml.rels': rels.replace('</Relationships>', `${link}</Relationships>`),
    'xl/cellimages.xml': `<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" name="${id}"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>`,
    'xl/_rels/cellimages.xml.rels': relationships([['rId1', 'image', 'media/image1.png']]),
    'xl/media/image1.png': bytes,
  }
}

/** Rows of plain cells and cells in XML (those that begin with `<`), with their references. */
export function sheetXml(rows: (string | null)[][]): string {
  const cell = (value: string | null) =>
    value === null ? '<c/>' : value.startsWith('<') ? value : `<c t="inlineStr"><is><t>${value}</t></is></c>`
  return rows.map((cells, i) => `<row r="${i + 1}">${cells.map(cell).join('')}</row>`).join('')
}

export function withPictures(rows: (string | null)[][], parts: Raw['parts'] = {}): Uint8Array {
  return xlsx({ data: sheetXml(rows), parts })
}
