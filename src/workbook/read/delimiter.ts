const CANDIDATES = [',', ';', '\t', '|'] as const
/** how much of the text is examined */
const SAMPLE_CHARS = 64_000

/** Where the table begins, and how many rows of the person’s file are above it. */
export interface Start {
  at: number
  row: number
}

/**
 * The delimiter between cells: the one in a first line `sep=;`, a tab in a .tsv, otherwise the one that most
 * consistently splits the first lines into the same number of cells.
 * @param chosen by a person; takes precedence
 * @returns also where the table begins: after the `sep=` line, which still counts as a row of the person’s file
 */
export function delimiterOf(
  text: string,
  fileName: string,
  chosen?: string,
): { delimiter: string; start: Start } {
  const declared = /^sep=(.)\r?\n/i.exec(text)
  const start = declared ? { at: declared[0].length, row: 1 } : { at: 0, row: 0 }
  if (chosen !== undefined) return { delimiter: chosen, start }
  if (declared?.[1]) return { delimiter: declared[1], start }
  if (/\.(tsv|tab)$/i.test(fileName)) return { delimiter: '\t', start }
  const lines = sampleLines(text.slice(0, SAMPLE_CHARS))
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of CANDIDATES) {
    const score = agreement(lines, delimiter)
    if (score > best.score) best = { delimiter, score }
  }
  return { delimiter: best.delimiter, start }
}

/** The first lines, without quoted text. */
function sampleLines(text: string): string[] {
  const bare = text.replaceAll(/"(?:[^"]|"")*"/g, '')
  return bare
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 50)
}

/** A score for consistency: the headings’ number of cells, times how many lines have that number. */
function agreement(lines: string[], delimiter: string): number {
  const counts = lines.map((line) => line.split(delimiter).length - 1)
  const first = Math.max(...counts.slice(0, 1), 0)
  if (first === 0) return counts.some((count) => count > 0) ? 0.1 : 0
  const same = counts.filter((count) => count === first).length
  return same / counts.length + first / 1000
}
