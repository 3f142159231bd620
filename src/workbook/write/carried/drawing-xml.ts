import { appended, type Namespaces, STRICT } from './xml-text.ts'

/** A picture inside one cell. Row and column are from 0, the rest is in pixels. */
export interface DrawnPicture {
  row: number
  column: number
  left: number
  top: number
  width: number
  height: number
  /** of the picture’s part, in the drawing’s relationships */
  id: string
}

/** English Metric Units a pixel */
const EMU = 9_525

const TRANSITIONAL_DRAWINGS = 'http://schemas.openxmlformats.org/drawingml/2006'
const STRICT_DRAWINGS = 'http://purl.oclc.org/ooxml/drawingml'

function drawingNamespaces(namespaces: Namespaces): { sheet: string; main: string } {
  const drawings = namespaces === STRICT ? STRICT_DRAWINGS : TRANSITIONAL_DRAWINGS
  return { sheet: `${drawings}/spreadsheetDrawing`, main: `${drawings}/main` }
}

/** A drawing without anything in it. */
export function emptyDrawing(namespaces: Namespaces): string {
  const { sheet } = drawingNamespaces(namespaces)
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xdr:wsDr xmlns:xdr="${sheet}"></xdr:wsDr>`
}

/** The same drawing with pictures added: they lie in front of what it has. */
export function drawingWith(drawing: string, pictures: DrawnPicture[], namespaces: Namespaces): string {
  const ids = [...drawing.matchAll(/<(?:[\w.-]+:)?cNvPr\b[^>]*?\sid="(\d+)"/g)].map(([, id]) => Number(id))
  const first = ids.reduce((most, id) => Math.max(most, id), 0) + 1
  return appended(drawing, 'wsDr', (prefix) =>
    pictures.map((picture, i) => anchorXml(picture, first + i, prefix, namespaces)).join(''),
  )
}

/**
 * Both corners are in the cell, so that the picture is hidden, sorted and moved with it: one that has only its first
 * corner there would stay in sight when a filter hides its row.
 */
function anchorXml(picture: DrawnPicture, number: number, p: string, namespaces: Namespaces): string {
  const { row, column, left, top, width, height, id } = picture
  const corner = (name: string, x: number, y: number) =>
    `<${p}${name}><${p}col>${column}</${p}col><${p}colOff>${x * EMU}</${p}colOff><${p}row>${row}</${p}row><${p}rowOff>${y * EMU}</${p}rowOff></${p}${name}>`
  const used = `xmlns:a="${drawingNamespaces(namespaces).main}" xmlns:r="${namespaces.rel}"`
  return [
    `<${p}twoCellAnchor ${used} editAs="twoCell">`,
    corner('from', left, top),
    corner('to', left + width, top + height),
    `<${p}pic><${p}nvPicPr><${p}cNvPr id="${number}" name="Picture ${number}"/>`,
    `<${p}cNvPicPr><a:picLocks noChangeAspect="1"/></${p}cNvPicPr></${p}nvPicPr>`,
    `<${p}blipFill><a:blip r:embed="${id}"/><a:stretch><a:fillRect/></a:stretch></${p}blipFill>`,
    `<${p}spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="${width * EMU}" cy="${height * EMU}"/></a:xfrm>`,
    `<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></${p}spPr></${p}pic><${p}clientData/></${p}twoCellAnchor>`,
  ].join('')
}
