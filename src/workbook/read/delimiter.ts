const CANDIDATES = [',', ';', '\t', '|'] as const
/** how much of the text is looked at */
const SAMPLE_CHARS = 64_000

/** Where the table begins, and how many rows of the person's file lie before it. */
export interface Start {
  at: number
  row: number
}

/**
 * What stands between the cells: what a first line `sep=;` says, a tab in a .tsv, otherwise the mark that cuts the
 * first lines into the same number of cells most often.
 * @returns also where the table begins: after the `sep=` line, which is a row of the person's file all the same
 */
export function delimiterOf(text: string, fileName: string): { delimiter: string; start: Start } {
  const declared = /^sep=(.)\r?\n/i.exec(text)
  if (declared?.[1]) return { delimiter: declared[1], start: { at: declared[0].length, row: 1 } }
  const start = { at: 0, row: 0 }
  if (/\.(tsv|tab)$/i.test(fileName)) return { delimiter: '\t', start }
  const lines = sampleLines(text.slice(0, SAMPLE_CHARS))
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of CANDIDATES) {
    const score = agreement(lines, delimiter)
    if (score > best.score) best = { delimiter, score }
  }
  return { delimiter: best.delimiter, start }
}

/** The first lines without what is in quotes. */
function sampleLines(text: string): string[] {
  const bare = text.replaceAll(/"(?:[^"]|"")*"/g, '')
  return bare
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 50)
}

/** How far the lines agree on the number of cells: the headings' number counts, times how many lines share it. */
function agreement(lines: string[], delimiter: string): number {
  const counts = lines.map((line) => line.split(delimiter).length - 1)
  const first = Math.max(...counts.slice(0, 1), 0)
  if (first === 0) return counts.some((count) => count > 0) ? 0.1 : 0
  const same = counts.filter((count) => count === first).length
  return same / counts.length + first / 1000
}
