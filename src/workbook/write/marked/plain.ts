import { say } from '../../../engine/sentence.ts'
import { UserError } from '../../../engine/user-error.ts'
import { CHECK_SHEET } from '../../check/own-sheets.ts'
import type { Book, Sheet } from '../../read/book.ts'
import { columnName, type RawRow, type Value } from '../../read/value.ts'
import { archived } from '../carried/archive.ts'
import { contentTypes, MAIN, REL, relationshipsXml, xmlText } from '../carried/xml-text.ts'
import { sheetName } from '../carried/sheet-name.ts'
import { escaped } from '../to-cell.ts'

/** What is built here is in memory several times. */
const MAX_XML_CHARS = 48_000_000

const STYLES = { general: 0, text: 1, percentage: 2 } as const
const STYLES_XML = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.##%"/></numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

/**
 * A workbook with only the values of another, in the same places, written so that its cells can be marked.
 * @returns also the name of each sheet in it: names of CSV files may be invalid as sheet names
 * @throws UserError if it would be too large for the memory
 */
export async function plainCopy(book: Book): Promise<{ bytes: Uint8Array; names: Map<string, string> }> {
  const taken = new Set([CHECK_SHEET.toLowerCase()])
  const names = new Map<string, string>()
  const parts = new Map<string, string>([['xl/styles.xml', STYLES_XML]])
  const list: string[] = []
  let room = MAX_XML_CHARS
  for (const sheet of book.sheets.filter(({ name }) => name !== CHECK_SHEET)) {
    const name = sheetName(sheet.name, taken)
    names.set(sheet.name, name)
    const number = list.push(
      `<sheet name="${xmlText(name).replaceAll('"', '&quot;')}" sheetId="${list.length + 1}"${sheet.hidden ? ' state="hidden"' : ''} r:id="rId${list.length + 1}"/>`,
    )
    const xml = await sheetXml(sheet, room)
    room -= xml.length
    parts.set(`xl/worksheets/sheet${number}.xml`, xml)
  }
  const sheets = list.map((_, i): [string, string, string] => [
    `rId${i + 1}`,
    'worksheet',
    `worksheets/sheet${i + 1}.xml`,
  ])
  parts.set(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets>${list.join('')}</sheets></workbook>`,
  )
  parts.set(
    'xl/_rels/workbook.xml.rels',
    relationshipsXml([...sheets, ['rIdStyles', 'styles', 'styles.xml']]),
  )
  parts.set('_rels/.rels', relationshipsXml([['rId1', 'officeDocument', 'xl/workbook.xml']]))
  const types = contentTypes([...parts.keys()].filter((name) => !name.endsWith('.rels')))
  return { bytes: archived(new Map([['[Content_Types].xml', types], ...parts])), names }
}

async function sheetXml(sheet: Sheet, room: number): Promise<string> {
  const pieces: string[] = []
  let length = 0
  for await (const rows of sheet.rows()) {
    const piece = rows.map(rowXml).join('')
    pieces.push(piece)
    length += piece.length
    if (length > room) {
      throw new UserError(say('marked-too-large'), say('do-correct-cells'))
    }
  }
  return `<worksheet xmlns="${MAIN}"><sheetData>${pieces.join('')}</sheetData></worksheet>`
}

function rowXml({ row, cells }: RawRow): string {
  const written = cells.map((value, column) => cellXml(value, columnName(column) + row))
  return `<row r="${row}">${written.join('')}</row>`
}

function cellXml(value: Value, reference: string): string {
  if (value === null) return ''
  if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`
  if (typeof value === 'boolean') return `<c r="${reference}" t="b"><v>${value ? 1 : 0}</v></c>`
  if (typeof value === 'string') return textXml(value, reference)
  if ('error' in value) return `<c r="${reference}" t="e"><v>${xmlText(value.error)}</v></c>`
  if ('uncalculated' in value || 'picture' in value) return ''
  if ('date' in value) return textXml(value.date, reference)
  if (value.raw === undefined) return `<c r="${reference}"><v>${value.number}</v></c>`
  if (!value.raw.endsWith('%')) return textXml(value.raw, reference)
  return `<c r="${reference}" s="${STYLES.percentage}"><v>${value.number}</v></c>`
}

/** As text, 00123 keeps its zeros when the cell is edited, and =1+1 stays text. */
function textXml(text: string, reference: string): string {
  return `<c r="${reference}" s="${STYLES.text}" t="inlineStr"><is><t xml:space="preserve">${xmlText(escaped(text))}</t></is></c>`
}
