import { CHECK_SHEET } from '../../check/own-sheets.ts'
import type { Limits } from '../../limits.ts'
import type { Book } from '../../read/book.ts'
import { openBook } from '../../read/open-book.ts'
import type { RawRow } from '../../read/value.ts'
import { workbookPath } from '../../read/xlsx.ts'
import { attributes } from '../../read/xml.ts'
import { Zip } from '../../read/zip.ts'
import type { Check, UploadFile } from '../../types.ts'
import { frontLines, frontSheet, withFront } from './front-sheet.ts'
import { rewritten } from '../carried/archive.ts'
import { colourCells, referenceOf } from './cells.ts'
import { markedBefore, withComments } from './comments.ts'
import { Package, relationshipIdIn } from '../carried/package.ts'
import { removeMacros } from '../carried/macros.ts'
import { MarkStyles } from './styles.ts'
import { insertBefore, unprefixed } from '../carried/xml-text.ts'

/** A cell to mark, and its comment. */
export interface Mark {
  row: number
  /** from 0 */
  column: number
  text: string
}

/** Elements that may follow the reference to a drawing of comments in a sheet (ECMA-376 part 1, 18.3.1.99). */
const AFTER_DRAWING =
  /<(?:mc:AlternateContent|legacyDrawingHF|drawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst)\b|<\/worksheet>/

/**
 * The person’s own workbook, unchanged except for the colour and the comments of bad cells, and a sheet in front. The
 * few parts concerned are edited as text; all others are copied in packed form. exceljs would lose charts and pivot
 * tables, hangs on drop-downs over whole columns, and cannot open comments made by openpyxl.
 * @returns null if the workbook’s XML is written in a way that this cannot edit
 */
export async function carryOver(
  file: UploadFile,
  book: Book,
  found: Check,
  marks: Mark[],
  limits: Limits,
): Promise<Uint8Array | null> {
  const bytes = edited(file, found, marks, limits, 'Your workbook, as you sent it.')
  Bun.gc(true) // the texts of the parts are large, and the whole copy is read next
  return bytes && (await isUnchanged(book, { name: file.name, bytes }, limits)) ? bytes : null
}

/** @returns null if the parts’ XML is not written in the common way */
export function edited(
  file: UploadFile,
  found: Check,
  marks: Mark[],
  limits: Limits,
  about: string,
): Uint8Array | null {
  const zip = new Zip(file.bytes, limits)
  try {
    const pack = new Package(zip)
    const path = workbookPath(zip)
    const styles = partOf(pack, path, 'styles')
    if (!styles) return null
    for (const part of [path, styles]) pack.set(part, unprefixed(pack.text(part)))
    const markStyles = new MarkStyles(pack.text(styles))
    markSheet(pack, sheetPart(pack, path, found.sheet), marks, markStyles)
    const { main } = pack.namespaces
    putFront(pack, path, frontSheet(frontLines(found, about), markStyles.wrapped(), main))
    pack.set(styles, markStyles.toString())
    removeMacros(pack, path)
    return rewritten(zip, pack.changes, pack.removed)
  } catch {
    return null // unusual XML (prefixes, another encoding, cells without references): the plain copy is used
  }
}

function markSheet(pack: Package, part: string, marks: Mark[], styles: MarkStyles): void {
  const texts = new Map(marks.map(({ row, column, text }) => [referenceOf(row, column), text]))
  pack.set(part, unprefixed(pack.text(part)))
  const comments = partOf(pack, part, 'comments')
  if (comments) pack.set(comments, unprefixed(pack.text(comments)))
  const drawing = drawingOfNotes(pack, part)
  const before = comments ? markedBefore(pack.text(comments)) : new Set<string>()
  pack.set(part, colourCells(pack.text(part), new Set(texts.keys()), before, styles))
  if (texts.size === 0 && before.size === 0) return
  const marked = withComments(
    { ...(comments && { comments: pack.text(comments) }), ...(drawing && { drawing: pack.text(drawing) }) },
    texts,
    pack.namespaces.main,
  )
  if (comments) pack.set(comments, marked.comments)
  else pack.add(part, 'comments', pack.freeName('xl/comments', '.xml'), marked.comments)
  if (drawing) {
    pack.set(drawing, marked.drawing)
    return
  }
  const id = pack.add(part, 'vmlDrawing', pack.freeName('xl/drawings/vmlDrawing', '.vml'), marked.drawing)
  refer(pack, part, id)
}

/** A sheet may have a second drawing of the same type: the one with the pictures in its header. */
function drawingOfNotes(pack: Package, part: string): string | undefined {
  const tag = /<legacyDrawing\b[^>]*>/.exec(pack.text(part))?.[0]
  return tag === undefined ? undefined : pack.relationships(part).get(relationshipIdIn(tag))?.target
}

function refer(pack: Package, part: string, id: string): void {
  const source = pack.text(part)
  // Conditional formats have extension lists of their own, which are not the sheet’s.
  const start = Math.max(
    source.lastIndexOf('</conditionalFormatting>'),
    source.lastIndexOf('</sheetData>'),
    0,
  )
  const drawing = `<legacyDrawing xmlns:r="${pack.namespaces.rel}" r:id="${id}"/>`
  const sheet = insertBefore(source, AFTER_DRAWING, drawing, start)
  if (sheet === undefined) throw new Error('the sheet has no end')
  pack.set(part, sheet)
}

function putFront(pack: Package, path: string, sheet: string): void {
  const earlier = sheetPartOrNone(pack, path, CHECK_SHEET)
  if (earlier) {
    pack.set(earlier, sheet)
    return
  }
  const id = pack.add(path, 'worksheet', pack.freeName('xl/worksheets/sheet', '.xml'), sheet)
  pack.set(path, withFront(pack.text(path), id, pack.namespaces.rel))
}

function sheetPart(pack: Package, path: string, name: string): string {
  const part = sheetPartOrNone(pack, path, name)
  if (!part) throw new Error(`sheet ${name} was not found`)
  return part
}

function sheetPartOrNone(pack: Package, path: string, name: string): string | undefined {
  for (const [, source = ''] of pack.text(path).matchAll(/<sheet\b([^>]*)>/g)) {
    if (attributes(source)['name'] === name)
      return pack.relationships(path).get(relationshipIdIn(source))?.target
  }
  return undefined
}

function partOf(pack: Package, from: string, type: string): string | undefined {
  return [...pack.relationships(from).values()].find((related) => related.type === type)?.target
}

/** The copy is used only if our own reader finds the same values in it, sheet by sheet. */
async function isUnchanged(before: Book, copy: UploadFile, limits: Limits): Promise<boolean> {
  const after = await openBook(copy, limits)
  for (const sheet of before.sheets) {
    if (sheet.name === CHECK_SHEET) continue
    const twin = after.sheets.find(({ name }) => name === sheet.name)
    if (!twin || twin.hidden !== sheet.hidden) return false
    const others = oneByOne(twin.rows())
    for await (const row of oneByOne(sheet.rows())) {
      if (!Bun.deepEquals(row, (await others.next()).value)) return false
    }
    if (!(await others.next()).done) return false
  }
  return true
}

async function* oneByOne(batches: AsyncIterable<RawRow[]>): AsyncGenerator<RawRow, undefined> {
  for await (const rows of batches) yield* rows
}
