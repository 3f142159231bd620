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

/** How many columns lie between two cells. */
export const GAP_COLUMNS = COLUMN_GAP.length

/** A phone shows so many columns of a preformatted text; more are broken in two. */
export const PHONE_COLUMNS = 33

/**
 * A table as lines that a phone shows whole: side by side if they are narrow enough, else one row below the other, with
 * the names above the values. The first cell of a row says which one it is.
 * @param table the headings, then the rows
 */
export function phoneLines([headings = [], ...rows]: string[][]): string[] {
  const aligned = alignedLines([headings, ...rows])
  if (aligned.every((line) => Bun.stringWidth(line) <= PHONE_COLUMNS)) return aligned
  return rows.flatMap((cells, i) => [...(i > 0 ? [''] : []), ...namesAboveValues(headings, cells)])
}

const INDENT = '  '

function namesAboveValues([first = '', ...names]: string[], [which = '', ...values]: string[]): string[] {
  return [
    ...wrapped(`${first} ${which}`.trim(), PHONE_COLUMNS),
    ...names.flatMap((name, i) => [
      ...wrapped(name, PHONE_COLUMNS),
      ...wrapped(values[i] || '–', PHONE_COLUMNS - INDENT.length).map((line) => `${INDENT}${line}`),
    ]),
  ]
}

/** Broken at spaces where that leaves no short line, else between two characters as people see them. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (Bun.stringWidth(line + segment) <= columns) {
      line += segment
      continue
    }
    const space = line.lastIndexOf(' ')
    const isWord = space > line.length / 2 && segment !== ' '
    lines.push((isWord ? line.slice(0, space) : line).trimEnd())
    line = (isWord ? line.slice(space + 1) : '') + segment
  }
  return [...lines, line.trimEnd()]
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
