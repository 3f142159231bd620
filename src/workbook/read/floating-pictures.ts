import { type CellSizes, cellSizes } from './cell-sizes.ts'
import { DrawingReader, type PictureAnchor } from './drawing.ts'
import type { PicturesOver } from './book.ts'
import type { CellPlace } from './ranges.ts'
import { partsOf, readIfWhole, relatedParts } from './sheet-parts.ts'
import type { Zip } from './zip.ts'

/** Further pictures of a sheet are not told of. */
const MAX_PICTURES = 10_000

/** Pictures that float over a cell. */
export interface FloatingPictures extends PicturesOver {
  /** theirs in the archive, in order; without those that are linked or missing */
  parts: string[]
}

/** The cells over which pictures float, in the order of the drawing. */
export async function picturesOver(zip: Zip, sheet: string): Promise<FloatingPictures[]> {
  const found: { anchor: PictureAnchor; parts: string[] }[] = []
  for (const drawing of partsOf(zip, sheet, 'drawing')) {
    if (found.length >= MAX_PICTURES) break
    const reader = new DrawingReader()
    readIfWhole(zip, drawing, reader)
    const targets = relatedParts(zip, drawing)
    for (const anchor of reader.anchors) {
      const parts = anchor.embeds.flatMap((id) => targets.get(id)?.target ?? [])
      found.push({ anchor, parts: parts.filter((part) => zip.has(part)) })
    }
  }
  const crossing = new Set(
    found.filter(({ anchor }) => isCrossing(anchor)).map(({ anchor }) => anchor.from.row),
  )
  const sizes = crossing.size > 0 ? await cellSizes(zip, sheet, crossing) : undefined
  return found.map(({ anchor, parts }) => ({ ...cellOf(anchor, sizes), parts, count: anchor.count }))
}

/** False where a picture lies in a single cell, or begins where one does: its size does not matter. */
function isCrossing({ from, to }: PictureAnchor): boolean {
  const isInOne = to !== undefined && to.row === from.row && to.col === from.col
  return !isInOne && (from.rowOff > 0 || from.colOff > 0)
}

/**
 * The cell that a picture belongs to is the one where it begins. But few people hit a cell’s corner: if most of that cell
 * is free, and more of the picture lies over the next one, it is the next one.
 */
function cellOf({ from, to, width, height }: PictureAnchor, sizes: CellSizes | undefined): CellPlace {
  const place = { row: from.row + 1, column: from.col }
  if (!sizes) return place
  const down = { offset: from.rowOff, size: sizes.height(from.row) }
  const right = { offset: from.colOff, size: sizes.width(from.col) }
  if (isMoreInNext(down, to ? beyond(from.row, to.row, to.rowOff) : longer(height, down))) place.row++
  if (isMoreInNext(right, to ? beyond(from.col, to.col, to.colOff) : longer(width, right))) place.column++
  return place
}

/** A cell along one axis, and where in it a picture begins. */
interface Begin {
  offset: number
  size: number
}

/** @param over how much of the picture lies beyond the cell, in EMU */
function isMoreInNext({ offset, size }: Begin, over: number): boolean {
  const covered = size - offset // less than nothing: the row is hidden, or its size is not what we believe
  return covered >= 0 && covered < size / 2 && over > covered
}

/** In the next cell; more than it can hold if it reaches further. */
function beyond(first: number, last: number, offset: number): number {
  if (last <= first) return 0
  return last === first + 1 ? offset : Number.POSITIVE_INFINITY
}

function longer(length: number | undefined, { offset, size }: Begin): number {
  return length === undefined ? 0 : offset + length - size
}
