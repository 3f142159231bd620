/** A table as plain text: the first column left-aligned, figures right-aligned. The first row is its heading. */
export function tableText(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ''))),
  )
  return rows
    .map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, column === 0)).join('  '))
    .join('\n')
}

function padded(text: string, width: number, toLeft: boolean): string {
  const space = ' '.repeat(Math.max(0, width - Bun.stringWidth(text)))
  return toLeft ? text + space : space + text
}
