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

const COLUMN_GAP = '  '

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - Bun.stringWidth(cell)))
}
