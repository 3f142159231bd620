import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { type Book, GUIDE_NAME, type Sheet } from './book.ts'
import type { Key } from './cell.ts'
import { readXml, relationships, streamXml, type Relationship } from './parts.ts'
import { readAfterRows } from './after-rows.ts'
import { picturesOver } from './floating-pictures.ts'
import { addLinks, linksByRow } from './links.ts'
import { MergedCells } from './merges.ts'
import { FileRefusal } from './refusal.ts'
import { richPictures } from './rich-values.ts'
import { tablesOn } from './sheet-parts.ts'
import { SheetReader } from './sheet.ts'
import { readStrings } from './strings.ts'
import { readStyles } from './number-formats.ts'
import type { RawRow } from './value.ts'
import { attributes } from './xml.ts'
import { Zip } from './zip.ts'

/** Opens an .xlsx or .xlsm. Reads values only: calculates nothing, follows no links, runs no macros. */
export async function openXlsx(bytes: Uint8Array, limits: Limits): Promise<Book> {
  const zip = new Zip(bytes, limits)
  const path = workbookPath(zip)
  const workbook = readWorkbook(zip, path)
  const parts = relationships(zip, path)
  const key: Key = {
    is1904: workbook.is1904,
    styles: readPart(zip, parts, 'styles', readStyles) ?? [],
    texts: await textsOf(zip, parts, limits),
    pictures: richPictures(zip, parts),
  }
  const sheets = workbook.sheets.flatMap(({ name, hidden, id }) => {
    if (id === '') return [] // a module of macros
    const part = parts.get(id)
    if (!part) throw new FileRefusal('corrupt', say('sheet-missing', { sheet: name }))
    if (part.type !== 'worksheet') return [] // not a worksheet but a chart sheet or a dialog sheet
    const isGuide = name === workbook.guide
    return [{ name, hidden, ...(isGuide && { isGuide }), ...sheetOf(zip, part.target, key, limits) }]
  })
  if (sheets.length === 0) throw new FileRefusal('no-sheets')
  const hasMacros = [...parts.values()].some(({ type }) => MACROS.test(type))
  return { sheets, parts: zip.names, ...(hasMacros && { hasMacros }) }
}

/** The workbook’s relationships, and its worksheets with their parts. */
export function worksheetsOf(zip: Zip): {
  parts: Map<string, Relationship>
  sheets: { name: string; part: string }[]
} {
  const path = workbookPath(zip)
  const parts = relationships(zip, path)
  const sheets = readWorkbook(zip, path).sheets.flatMap(({ name, id }) => {
    const part = parts.get(id)
    return part?.type === 'worksheet' ? [{ name, part: part.target }] : []
  })
  return { parts, sheets }
}

/** Types of relationships: of a project of VBA, and of sheets of the macros before it. */
const MACROS = /^(vbaProject|xl(Intl)?Macrosheet)$/

function sheetOf(zip: Zip, part: string, key: Key, limits: Limits): Pick<Sheet, 'rows' | 'tables'> {
  const lookAhead = async () => {
    const { merges, links } = await readAfterRows(zip, part)
    return { merges, links: linksByRow(zip, part, links) }
  }
  let afterRows: ReturnType<typeof lookAhead> | undefined
  return {
    async *rows(facts) {
      afterRows ??= lookAhead()
      const { merges, links } = await afterRows
      const merged = new MergedCells(merges, limits.maxColumns)
      for await (const rows of readRows(zip, part, new SheetReader(key, limits), merged)) {
        if (links.size > 0) for (const row of rows) addLinks(row, links.get(row.row))
        yield rows
      }
      if (!facts) return
      facts.merges = merges
      facts.covered = merged.covered
      facts.pictures = await picturesOver(zip, part)
    },
    tables: () => tablesOn(zip, part),
  }
}

async function* readRows(
  zip: Zip,
  part: string,
  reader: SheetReader,
  merged: MergedCells,
): AsyncGenerator<RawRow[]> {
  for await (const _ of streamXml(zip.stream(part), reader)) {
    const rows = merged.hide(reader.take())
    if (rows.length > 0) yield rows
  }
  const rest = merged.hide(reader.take())
  if (rest.length > 0) yield rest
}

interface Workbook {
  sheets: { name: string; hidden: boolean; id: string }[]
  is1904: boolean
  /** the sheet that is marked as the guide of a template */
  guide?: string
}

function readWorkbook(zip: Zip, path: string): Workbook {
  const bytes = zip.read(path)
  if (!bytes) throw new FileRefusal(zip.has('[Content_Types].xml') ? 'corrupt' : 'archive')
  const workbook: Workbook = { sheets: [], is1904: false }
  let root = ''
  let isGuideName = false
  let guide = ''
  readXml(bytes, {
    open(name, source) {
      root ||= name
      isGuideName = name === 'definedName' && attributes(source)['name'] === GUIDE_NAME
      if (name === 'workbookPr') workbook.is1904 = isTrue(attributes(source)['date1904'])
      if (name === 'sheet') {
        const given = attributes(source)
        const id = Object.entries(given).find(([key]) => key.endsWith(':id'))?.[1] ?? given['id'] ?? ''
        workbook.sheets.push({ name: given['name'] ?? '', hidden: isHidden(given['state']), id })
      }
    },
    text(piece) {
      if (isGuideName) guide += piece
    },
    close() {
      isGuideName = false
    },
  })
  if (guide !== '') workbook.guide = sheetIn(guide)
  if (root !== 'workbook') throw new FileRefusal('document')
  return workbook
}

/** The sheet that a reference such as `'My guide'!$A$1` leads to. */
function sheetIn(reference: string): string {
  const name = reference.slice(0, Math.max(0, reference.lastIndexOf('!')))
  return name.replace(/^'([\s\S]*)'$/, '$1').replaceAll("''", "'")
}

/** The path of the workbook part, after checking that this is a kind of archive that we read. */
export function workbookPath(zip: Zip): string {
  const mimetype = zip.has('mimetype') ? zip.read('mimetype') : undefined
  if (mimetype) {
    const text = new TextDecoder().decode(mimetype)
    throw new FileRefusal(text.includes('opendocument') ? 'document' : 'archive')
  }
  const path = [...relationships(zip, '').values()].find(({ type }) => type === 'officeDocument')?.target
  if (path && /(^|\/)(document|presentation)\.xml$/.test(path)) throw new FileRefusal('document')
  return path ?? 'xl/workbook.xml'
}

function readPart<T>(
  zip: Zip,
  parts: Map<string, Relationship>,
  type: string,
  read: (bytes: Uint8Array) => T,
): T | undefined {
  const part = [...parts.values()].find((part) => part.type === type)
  if (!part) return undefined
  const bytes = zip.read(part.target)
  // Without styles, dates would be read as numbers: better to refuse the file than to misread it.
  if (!bytes) throw new FileRefusal('corrupt', say('part-missing', { part: part.target }))
  return read(bytes)
}

async function textsOf(zip: Zip, parts: Map<string, Relationship>, limits: Limits): Promise<string[]> {
  const part = [...parts.values()].find(({ type }) => type === 'sharedStrings')
  // Some programs declare the part but leave it out if there are no texts.
  return part && zip.has(part.target) ? readStrings(zip, part.target, limits) : []
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on'
}

function isHidden(state: string | undefined): boolean {
  return state === 'hidden' || state === 'veryHidden'
}
