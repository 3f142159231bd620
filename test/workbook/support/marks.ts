import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { attribute } from '../../../src/workbook/read/xml.ts'
import { Zip } from '../../../src/workbook/read/zip.ts'
import { Package } from '../../../src/workbook/write/carried/package.ts'
import { MarkStyles } from '../../../src/workbook/write/marked/styles.ts'

export interface Look {
  sheets: string[]
  /** by cell: every comment of the sheet, whoever wrote it */
  comments: Record<string, string>
  /** cells in the colour of a mark */
  coloured: string[]
  /** all parts of the archive, in lower case */
  parts: string[]
}

/** What is marked in a workbook, told from its parts: exceljs cannot open all of them. */
export function marksIn(bytes: Uint8Array, sheetName: string): Look {
  const zip = new Zip(bytes, DEFAULT_LIMITS)
  const pack = new Package(zip)
  const workbook = pack.text('xl/workbook.xml')
  const sheets = [...workbook.matchAll(/<sheet\b([^>]*)>/g)].map(([, source = '']) => ({
    name: attribute(source, 'name') ?? '',
    id: attribute(source, 'r:id') ?? '',
  }))
  const part = pack
    .relationships('xl/workbook.xml')
    .get(sheets.find(({ name }) => name === sheetName)?.id ?? '')?.target
  const related = [...pack.relationships(part ?? '').values()]
  const comments = related.find(({ type }) => type === 'comments')?.target
  const styles = new MarkStyles(pack.text('xl/styles.xml'))
  const cells = [...pack.text(part ?? '').matchAll(/<c\b([^>]*?)\/?>/g)].map(([, source = '']) => source)
  return {
    sheets: sheets.map(({ name }) => name),
    comments: comments ? commentsIn(pack.text(comments)) : {},
    coloured: cells
      .filter((source) => styles.isMarked(Number(attribute(source, 's') ?? 0)))
      .map((source) => attribute(source, 'r') ?? ''),
    parts: zip.names,
  }
}

function commentsIn(source: string): Record<string, string> {
  const found = [...source.matchAll(/<comment\b([^>]*)>([\s\S]*?)<\/comment>/g)]
  return Object.fromEntries(
    found.map(([, attributes = '', content = '']) => [
      attribute(attributes, 'ref') ?? '',
      [...content.matchAll(/<t\b[^>]*>([^<]*)<\/t>/g)].map(([, text]) => text).join(''),
    ]),
  )
}
