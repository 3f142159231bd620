import type { Package } from '../carried/package.ts'
import { TRANSITIONAL } from '../carried/xml-text.ts'
import type { SheetPiece } from './sheet-pieces.ts'
import type { Survey } from './survey.ts'

/** The parts of a sheet's comments that are added to it, and the id by which it refers to their drawing. */
export interface AddedNotes {
  comments: string
  drawing: string
  id: string
}

/**
 * Adds parts for comments to a sheet; their text is written at the end. Undefined: the sheet has comments, or controls,
 * which are drawn in the same part. Those of a person stay as they are, so the column *edited* has to do.
 */
export function addNotes(pack: Package, sheet: string, survey: Survey): AddedNotes | undefined {
  const related = [...pack.relationships(sheet).values()]
  const hasOwn = related.some(({ type }) => /^(?:comments|threadedComment|vmlDrawing)$/.test(type))
  // Strict workbooks have no drawings of this kind.
  if (hasOwn || survey.hasNotes || pack.namespaces.main !== TRANSITIONAL.main) return undefined
  const comments = pack.freeName('xl/comments', '.xml')
  pack.refer(sheet, 'comments', comments)
  const drawing = pack.freeName('xl/drawings/vmlDrawing', '.vml')
  return { comments, drawing, id: pack.refer(sheet, 'vmlDrawing', drawing) }
}

/** Elements of a sheet that come after the reference to its comments' drawing (ECMA-376 part 1, 18.3.1.99). */
const AFTER =
  /^(?:[\w.-]+:)?(?:AlternateContent|legacyDrawingHF|drawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst)$/

/** The text of a piece with the reference in it; undefined: it does not belong there. */
export function withReference(piece: SheetPiece, prefix: string, id: string): string | undefined {
  const at = placeIn(piece, prefix)
  if (at < 0) return undefined
  const reference = `<${prefix}legacyDrawing xmlns:r="${TRANSITIONAL.rel}" r:id="${id}"/>`
  return piece.text.slice(0, at) + reference + piece.text.slice(at)
}

function placeIn(piece: SheetPiece, prefix: string): number {
  if (piece.kind === 'tag') return AFTER.test(piece.name) ? 0 : -1
  return piece.kind === 'rest' ? piece.text.search(new RegExp(`</${prefix}worksheet\\s*>`)) : -1
}
