import { zip } from './zip.ts'

export const ODS_TYPE = 'application/vnd.oasis.opendocument.spreadsheet'
const NAMESPACES = ['office', 'table', 'text', 'style', 'draw']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ')

/** An .ods down to its XML. @param tables what stands inside of <office:spreadsheet> */
export function ods(tables: string, manifest = ''): Uint8Array {
  return zip([
    { name: 'mimetype', bytes: ODS_TYPE },
    { name: 'META-INF/manifest.xml', bytes: `<manifest:manifest>${manifest}</manifest:manifest>` },
    { name: 'content.xml', bytes: content(tables) },
  ])
}

export function content(tables: string, before = ''): string {
  return `${before}<office:document-content ${NAMESPACES}><office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`
}

/** A table of rows, each what stands inside of <table:table>. */
export function table(rows: string, name = 'Sheet1'): string {
  return `<table:table table:name="${name}">${rows}</table:table>`
}

/** A row of text cells. */
export function textRow(texts: string[], attributes = ''): string {
  const cells = texts.map(
    (text) => `<table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell>`,
  )
  return `<table:table-row ${attributes}>${cells.join('')}</table:table-row>`
}
