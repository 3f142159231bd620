import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { ResultPicture } from '../../engine/task.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Zip } from '../read/zip.ts'
import { type DrawnPicture, drawingWith, emptyDrawing } from './carried/drawing-xml.ts'
import { Package, relationshipIdIn } from './carried/package.ts'
import { rootPrefix } from './carried/xml-text.ts'
import { ZipWriter } from './carried/zip-writer.ts'
import { type SheetPiece, sheetPieces } from './own/sheet-pieces.ts'

/** A picture and the cell that it belongs into. */
export interface PlacedPicture {
  picture: ResultPicture
  /** both from 0 */
  row: number
  column: number
  /** in characters */
  columnWidth: number
}

/** Between a cell’s edge and its picture, and the most that a picture is high; in pixels. */
const INSET = 2
const HEIGHT = 60
/** The text of the cell stands below its picture. */
const TEXT_HEIGHT = 20
/** How high a row with a picture is, in points: three of them are four pixels. */
export const PICTURE_ROW_POINTS = ((INSET + HEIGHT + INSET + TEXT_HEIGHT) * 3) / 4

/** A larger workbook is not packed anew: it would take too long and be in memory. */
const MAX_BYTES = 64 * 1024 * 1024
/** It is our own file; a sheet of any size is only streamed. */
const LIMITS = { ...DEFAULT_LIMITS, maxUnpackedBytes: Number.POSITIVE_INFINITY, maxEntries: 65_000 }

/**
 * Places pictures in cells of a complete .xlsx, which is replaced in one step. If that is not possible, it stays as it is:
 * its cells name the files.
 * @param sheet the part of the sheet that has the cells
 * @returns whether it has pictures now
 */
export async function withPictures(path: string, sheet: string, placed: PlacedPicture[]): Promise<boolean> {
  if (placed.length === 0) return false
  const unfinished = `${path}.pictures`
  try {
    if ((await stat(path)).size > MAX_BYTES) return false
    await write(unfinished, new Zip(await readFile(path), LIMITS), sheet, placed)
    await rename(unfinished, path)
    return true
  } catch {
    await rm(unfinished, { force: true })
    return false
  }
}

async function write(path: string, zip: Zip, sheet: string, placed: PlacedPicture[]): Promise<void> {
  const file = await open(path, 'w')
  try {
    const pack = new Package(zip)
    const writer = new ZipWriter(file)
    const media = await writeMedia(writer, pack, placed)
    const drawing = await writeSheet(writer, zip, pack, sheet)
    const names = [...media.values()]
    if (names.length === 0) throw new Error('no picture could be read')
    const ids = pack.referToPictures(drawing, names)
    const pictures = placed.flatMap((one): DrawnPicture[] => {
      const id = ids[names.indexOf(media.get(one.picture.path) ?? '')]
      return id === undefined ? [] : [inCell(one, id)]
    })
    pack.set(drawing, drawingWith(pack.text(drawing), pictures, pack.namespaces))
    const changed = [sheet, ...pack.changes.keys()].map((name) => name.toLowerCase())
    await writer.copy(zip, new Set(changed))
    for (const [name, text] of pack.changes) await writer.add(name, text)
    await writer.finish()
  } finally {
    await file.close()
  }
}

/** Writes each picture once, however many cells have it; not those that are gone. @returns the part of each path */
async function writeMedia(
  writer: ZipWriter,
  pack: Package,
  placed: PlacedPicture[],
): Promise<Map<string, string>> {
  const parts = new Map<string, string>()
  let number = 1
  for (const { picture } of placed) {
    const { path, kind } = picture
    if (parts.has(path)) continue
    const bytes = await readFile(path).catch(() => undefined)
    if (!bytes) continue
    const nameOf = () => `xl/media/image${number++}.${kind}`
    let name = nameOf()
    while (pack.has(name)) name = nameOf()
    await writer.addBytes(name, bytes)
    parts.set(path, name)
  }
  return parts
}

/** Writes the sheet with a drawing, if it has none yet. @returns the drawing’s part */
async function writeSheet(writer: ZipWriter, zip: Zip, pack: Package, sheet: string): Promise<string> {
  const part = await writer.begin(sheet)
  let prefix = ''
  let drawing: string | undefined
  const added = () => {
    drawing = pack.freeName('xl/drawings/drawing', '.xml')
    const id = pack.add(sheet, 'drawing', drawing, emptyDrawing(pack.namespaces))
    return `<${prefix}drawing xmlns:r="${pack.namespaces.rel}" r:id="${id}"/>`
  }
  for await (const pieces of sheetPieces(zip.stream(sheet))) {
    for (const piece of pieces) {
      if (piece.kind === 'head') prefix = rootPrefix(piece.text)
      if (piece.kind === 'tag' && piece.name === 'drawing') {
        drawing = pack.relationships(sheet).get(relationshipIdIn(piece.text))?.target
        if (drawing === undefined) throw new Error('the drawing is missing')
      }
      const at = drawing === undefined ? placeOfDrawing(piece) : -1
      part.write(at < 0 ? piece.text : piece.text.slice(0, at) + added() + piece.text.slice(at))
    }
    await part.flush()
  }
  await part.end()
  if (drawing === undefined) throw new Error('the sheet has no end')
  return drawing
}

/** What follows the drawing in a worksheet; `AlternateContent` is there for controls. */
const AFTER =
  /^(legacyDrawing|legacyDrawingHF|drawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst|\S+:AlternateContent)$/

/** Where in a piece a drawing goes; -1: not there. */
function placeOfDrawing(piece: SheetPiece): number {
  if (piece.kind === 'tag') return AFTER.test(piece.name) ? 0 : -1
  return piece.kind === 'rest' ? piece.text.search(/<\/(?:[\w.-]+:)?worksheet\s*>/) : -1
}

/** At its own size or smaller, so that it fits into the cell. */
function inCell({ picture, row, column, columnWidth }: PlacedPicture, id: string): DrawnPicture {
  const room = Math.max(1, Math.floor(columnWidth * CHARACTER) - 2 * INSET)
  const scale = Math.min(1, HEIGHT / picture.height, room / picture.width)
  const size = (pixels: number) => Math.max(1, Math.round(pixels * scale))
  return {
    id,
    row,
    column,
    left: INSET,
    top: INSET,
    width: size(picture.width),
    height: size(picture.height),
  }
}

/** The width of a digit in the usual fonts, in pixels */
const CHARACTER = 7
