/**
 * Rows as lines whose columns stand under each other, by what characters take on a screen: Chinese is two columns wide.
 * @param maxColumn a cell that is wider pushes only its own line, not all of them
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
