import type { UploadFile } from '../../../src/workbook/types.ts'
import { zip, type Part } from './zip.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const DOC = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const VBA = 'http://schemas.microsoft.com/office/2006/relationships/vbaProject'
const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types'

export interface Raw {
  /** what stands inside of <sheetData>, for each sheet */
  sheets?: { name: string; data: string; state?: string; after?: string }[]
  /** a single sheet named “Sheet1” */
  data?: string
  /** what stands inside of <sst> */
  strings?: string
  /** what stands inside of <styleSheet> */
  styles?: string
  workbookPr?: string
  /** <definedNames> */
  names?: string
  /** parts instead of, or beside, the ones made from the above; null leaves one out */
  parts?: Record<string, string | Uint8Array | null>
  lies?: Record<string, Part['lie']>
}

/** A workbook down to its XML, for what only other programs write, or none should. */
export function xlsx(raw: Raw): Uint8Array {
  const sheets = raw.sheets ?? [{ name: 'Sheet1', data: raw.data ?? '' }]
  const parts = new Map<string, string | Uint8Array>([
    ['[Content_Types].xml', contentTypes()],
    ['_rels/.rels', relationships([['rId1', 'officeDocument', 'xl/workbook.xml']])],
    ['xl/workbook.xml', workbook(sheets, raw)],
    ['xl/_rels/workbook.xml.rels', workbookRelationships(sheets.length, raw)],
  ])
  if (raw.strings !== undefined)
    parts.set('xl/sharedStrings.xml', `<sst xmlns="${MAIN}">${raw.strings}</sst>`)
  if (raw.styles !== undefined)
    parts.set('xl/styles.xml', `<styleSheet xmlns="${MAIN}">${raw.styles}</styleSheet>`)
  sheets.forEach(({ data, after = '' }, i) => {
    const sheet = `<worksheet xmlns="${MAIN}"><sheetData>${data}</sheetData>${after}</worksheet>`
    parts.set(`xl/worksheets/sheet${i + 1}.xml`, sheet)
  })
  for (const [name, bytes] of Object.entries(raw.parts ?? {})) {
    if (bytes === null) parts.delete(name)
    else parts.set(name, bytes)
  }
  return zip([...parts].map(([name, bytes]) => part(name, bytes, raw.lies?.[name])))
}

/** A workbook with macros as Excel writes it, though its project is none: nothing may look into it. */
export function xlsm(rows: (string | number | null)[][]): Uint8Array {
  const types = ['worksheet', 'styles'].map((type, i): [string, string, string] => [
    `rId${i + 1}`,
    type,
    type === 'styles' ? 'styles.xml' : 'worksheets/sheet1.xml',
  ])
  const vba = `<Relationship Id="rIdV" Type="${VBA}" Target="vbaProject.bin"/>`
  const main = 'application/vnd.ms-excel.sheet.macroEnabled.main+xml'
  const parts = {
    '[Content_Types].xml': `<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/xl/workbook.xml" ContentType="${main}"/></Types>`,
    'xl/_rels/workbook.xml.rels': relationships(types).replace('</Relationships>', `${vba}</Relationships>`),
    'xl/vbaProject.bin': 'no project',
  }
  const plain = '<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
  const xf = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
  const styles = `${plain}<cellXfs count="1">${xf}</cellXfs>`
  return xlsx({ data: referenced(rows), styles, parts })
}

/** Rows whose cells have references, as Excel writes them. */
function referenced(rows: (string | number | null)[][]): string {
  let column = 0
  let at = ''
  return rowsXml(rows).replaceAll(/<row r="(\d+)">|<c(?=[ />])/g, (tag, row?: string) => {
    if (row !== undefined) {
      column = 0
      at = row
      return tag
    }
    return `<c r="${String.fromCharCode(65 + column++)}${at}"`
  })
}

/** A workbook of so many rows, ten columns each. */
export function largeXlsx(rows: number): Uint8Array {
  const headings = ['Name', 'Key features', ...Array.from({ length: 8 }, (_, i) => `Note ${i}`)]
  const data = Array.from({ length: rows }, (_, i) => headings.map((heading) => `${heading} of row ${i}`))
  return xlsx({ data: rowsXml([headings, ...data]) })
}

/** Rows of plain cells, texts inline. */
export function rowsXml(rows: (string | number | null)[][], first = 1): string {
  return rows.map((cells, i) => `<row r="${first + i}">${cells.map(cellXml).join('')}</row>`).join('')
}

export function styles(formats: Record<number, string>, xfs: number[]): string {
  const numFmts = Object.entries(formats).map(
    ([id, code]) => `<numFmt numFmtId="${id}" formatCode="${escape(code)}"/>`,
  )
  const cells = xfs.map((id) => `<xf numFmtId="${id}"/>`)
  return `<numFmts>${numFmts.join('')}</numFmts><cellXfs>${cells.join('')}</cellXfs>`
}

export function upload(bytes: Uint8Array | string, name = 'test.xlsx'): UploadFile {
  return { name, bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes }
}

export function relationships(items: [id: string, type: string, target: string][]): string {
  const list = items.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${DOC}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${RELS}">${list.join('')}</Relationships>`
}

function cellXml(value: string | number | null): string {
  if (value === null) return '<c/>'
  return typeof value === 'number'
    ? `<c><v>${value}</v></c>`
    : `<c t="inlineStr"><is><t>${escape(value)}</t></is></c>`
}

function workbook(
  sheets: { name: string; state?: string }[],
  { workbookPr = '', names = '' }: Pick<Raw, 'workbookPr' | 'names'>,
): string {
  const list = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${escape(name)}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`,
  )
  return `<workbook xmlns="${MAIN}" xmlns:r="${DOC}">${workbookPr}<sheets>${list.join('')}</sheets>${names}</workbook>`
}

function workbookRelationships(sheets: number, raw: Raw): string {
  const items: [string, string, string][] = []
  for (let i = 1; i <= sheets; i++) items.push([`rId${i}`, 'worksheet', `worksheets/sheet${i}.xml`])
  if (raw.strings !== undefined) items.push(['rIdS', 'sharedStrings', 'sharedStrings.xml'])
  if (raw.styles !== undefined) items.push(['rIdT', 'styles', 'styles.xml'])
  return relationships(items)
}

function contentTypes(): string {
  const main = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'
  return `<Types xmlns="${TYPES}"><Override PartName="/xl/workbook.xml" ContentType="${main}"/></Types>`
}

function part(name: string, bytes: string | Uint8Array, lie: Part['lie']): Part {
  return lie ? { name, bytes, lie } : { name, bytes }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
