import type { PicturePlace } from '../../engine/sheet-pictures.ts'
import type { Limits } from '../limits.ts'
import type { SheetPicture, UploadFile } from '../types.ts'
import { cellPictureParts, cellPictures } from './cell-pictures.ts'
import { picturesOver } from './floating-pictures.ts'
import { isXlsx } from './open-archive.ts'
import type { CellPlace } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import { sniff } from './sniff.ts'
import { columnName } from './value.ts'
import { worksheetsOf } from './xlsx.ts'
import { Zip } from './zip.ts'

/** Excel allows 31 characters; each name of a picture has that of its sheet in it. */
const MAX_SHEET_CHARS = 100
/** Then the rest is damaged, too, or made to cost time. */
const MAX_DAMAGED = 20

/**
 * The pictures of a workbook’s cells: those placed in them, and those that float over them. Only of .xlsx and .xlsm; linked
 * ones are not in the file. At most as many as files may come along with a workbook, and not more bytes: the first ones.
 * @throws FileRefusal if the workbook cannot be read
 */
export async function* picturesIn(file: UploadFile, limits: Limits): AsyncGenerator<SheetPicture> {
  if (sniff(file.bytes, file.name) !== 'zip') return
  const zip = new Zip(file.bytes, limits)
  if (!isXlsx(zip)) return
  let left = limits.maxFilesBytes
  let damaged = 0
  for (const [part, places] of await placesByPart(zip, limits.maxFiles)) {
    const bytes = pictureAt(zip, part)
    if (!bytes && ++damaged > MAX_DAMAGED) return
    if (!bytes) continue
    left -= bytes.length
    if (left < 0) return
    yield { name: part.slice(part.lastIndexOf('/') + 1), bytes, places }
  }
}

/** Where each picture is: one that is in many cells is in the file once. */
async function placesByPart(zip: Zip, most: number): Promise<Map<string, PicturePlace[]>> {
  const found = new Map<string, PicturePlace[]>()
  let count = 0
  for await (const { part, ...place } of placesIn(zip)) {
    if (++count > most) break
    const places = found.get(part)
    if (places) places.push(place)
    else found.set(part, [place])
  }
  return found
}

async function* placesIn(zip: Zip): AsyncGenerator<PicturePlace & { part: string }> {
  const { parts, sheets } = worksheetsOf(zip)
  const shown = cellPictureParts(zip, parts)
  for (const { name: sheet, part: sheetPart } of sheets) {
    if (sheet.length > MAX_SHEET_CHARS) continue
    const counts = new Map<string, number>()
    const placed = ({ row, column }: CellPlace, part: string) => {
      const cell = columnName(column) + row
      const number = (counts.get(cell) ?? 0) + 1
      counts.set(cell, number)
      return { sheet, cell, number, part }
    }
    for await (const picture of cellPictures(zip, sheetPart, shown)) yield placed(picture, picture.part)
    for (const { parts, ...place } of await picturesOver(zip, sheetPart))
      for (const part of parts) yield placed(place, part)
  }
}

/** A copy of its own: what is sent from a thread takes along all of the memory it lies in. */
function pictureAt(zip: Zip, part: string): Uint8Array | undefined {
  try {
    const bytes = zip.read(part)
    return bytes && new Uint8Array(bytes)
  } catch (error) {
    if (error instanceof FileRefusal) return undefined
    throw error
  }
}
