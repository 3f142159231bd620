/** A rectangle of cells. Rows are from 1, columns from 0; all are included. */
export interface CellRange {
  top: number
  left: number
  bottom: number
  right: number
}

/** Rows are from 1, columns from 0. */
export interface CellPlace {
  row: number
  column: number
}

/** The range that `A2:B5` means; undefined for anything else, also for a single cell. */
export function rangeOf(reference: string | undefined): CellRange | undefined {
  const [, first = '', top, last = '', bottom] =
    /^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})$/i.exec(reference ?? '') ?? []
  const range = {
    top: Number(top),
    left: columnNumber(first) - 1,
    bottom: Number(bottom),
    right: columnNumber(last) - 1,
  }
  return range.top >= 1 && range.bottom >= range.top && range.right >= range.left ? range : undefined
}

/** 3 for `C7`; 0 if there are no letters. */
export function columnNumber(reference: string): number {
  let column = 0
  for (let i = 0; i < reference.length && i < 4; i++) {
    const letter = reference.charCodeAt(i) | 0x20
    if (letter < 0x61 || letter > 0x7a) break
    column = column * 26 + letter - 0x60
  }
  return column
}
