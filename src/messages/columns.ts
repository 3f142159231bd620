const COLUMN_GAP = '  '

/**
 * Rows as lines with aligned columns, by the characters’ width on screen: a Chinese character takes two columns.
 * @param maxColumn a wider cell shifts only the rest of its own line
 */
export function alignedLines(rows: string[][], maxColumn = Number.POSITIVE_INFINITY): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, Bun.stringWidth(cell))
  return rows.map((row) =>
    row
      .map((cell, i) => padded(cell, Math.min(widths[i] ?? 0, maxColumn)))
      .join(COLUMN_GAP)
      .trimEnd(),
  )
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - Bun.stringWidth(cell)))
}

/** At most so many columns, with an ellipsis at the cut. */
export function clipColumns(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text
  let fitted = ''
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (Bun.stringWidth(fitted + segment) > columns - 1) break
    fitted += segment
  }
  return `${fitted.trimEnd()}…`
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A line of a code block that a phone shows without breaking it. */
export const PHONE_COLUMNS = 33

/** How many columns lie between two cells. */
export const GAP_COLUMNS = COLUMN_GAP.length
