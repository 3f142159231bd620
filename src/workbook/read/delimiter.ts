import type { Delimiter } from '../types.ts'

const CANDIDATES: readonly Delimiter[] = [',', ';', '\t', '|']
/** how much of the text is examined */
const SAMPLE_CHARS = 64_000
const SAMPLE_LINES = 50
/** how many lines there may be above the headings */
const TITLE_LINES = 10

/** Where the table begins, and how many rows of the person’s file are above it. */
export interface Start {
  at: number
  row: number
}

/**
 * The delimiter between cells: the one in a first line `sep=;`, a tab in a .tsv, otherwise the one that most
 * consistently splits the first lines into the same number of cells. In a file of one column it is one that no line
 * has, so that commas in its texts are commas.
 * @param chosen by a person; takes precedence
 * @returns also where the table begins: after the `sep=` line, which still counts as a row of the person’s file
 */
export function delimiterOf(
  text: string,
  fileName: string,
  chosen?: Delimiter,
): { delimiter: Delimiter; start: Start } {
  const line = /^\ufeff?sep=(.)(?:\r\n|\r|\n)/i.exec(text)
  const start = line ? { at: line[0].length, row: 1 } : { at: 0, row: 0 }
  if (chosen !== undefined) return { delimiter: chosen, start }
  const declared = CANDIDATES.find((candidate) => candidate === line?.[1])
  if (declared) return { delimiter: declared, start }
  if (/\.(tsv|tab)$/i.test(fileName)) return { delimiter: '\t', start }
  return { delimiter: likeliest(text.slice(start.at, start.at + SAMPLE_CHARS), text), start }
}

function likeliest(sample: string, text: string): Delimiter {
  const cut = sample.length >= SAMPLE_CHARS
  let best: { delimiter: Delimiter; score: number } | undefined
  for (const delimiter of CANDIDATES) {
    const lines = linesOf(sample, delimiter)
    // The last line may be cut in the middle, even within quotation marks.
    const score = agreement(cut && lines.length > 1 ? lines.slice(0, -1) : lines)
    if (score > (best?.score ?? 0)) best = { delimiter, score }
  }
  if (best) return best.delimiter
  return linesOf(sample, ',').some(({ cells }) => cells.length > 1)
    ? ((['\t', '|', ';'] as const).find((unused) => !text.includes(unused)) ?? '\t')
    : ','
}

interface SampleLine {
  cells: string[]
  /** every delimiter in it is followed by a space, as commas in a sentence are */
  prose: boolean
}

/**
 * How well the lines agree on a number of cells, from 0: the share of lines that have as many as the headings. Those
 * with more speak against it, those that may be sentences count half. Titles may be above the headings, but then it
 * takes most of the lines.
 */
function agreement(lines: SampleLine[]): number {
  let best = 0
  for (let at = 0; at < Math.min(lines.length, TITLE_LINES); at++) {
    const width = lines[at]?.cells.length ?? 0
    if (width < 2 || !mayBeHeadings(lines, at)) continue
    let sum = 0
    for (const { cells, prose } of lines.slice(at)) {
      if (cells.length === width) sum += prose ? 0.5 : 1
      else if (cells.length > width) sum--
      else if (cells.length > 1) sum += 0.5
    }
    const score = sum / lines.length + width / 100_000
    if (at === 0) best = Math.max(score, 0.01)
    else if (score >= 0.5) best = Math.max(best, score)
  }
  return best
}

/** Below titles, headings are not numbers: `12,50` may be one number. Sentences with commas are not headings either. */
function mayBeHeadings(lines: SampleLine[], at: number): boolean {
  const divided = lines.slice(at).filter(({ cells }) => cells.length > 1)
  if (at === 0) return divided.length > 1 || lines.length === 1 || !divided.every(({ prose }) => prose)
  const numeric = lines[at]?.cells.some((cell) => /^\s*[+-]?\d[\d.,]*\s*$/.test(cell))
  return !numeric && divided.length > 1 && !divided.every(({ prose }) => prose)
}

/** The first lines that have anything but delimiters; the delimiters in quoted cells are text. */
function linesOf(sample: string, delimiter: Delimiter): SampleLine[] {
  const lines: SampleLine[] = []
  let cells: string[] = []
  let prose = true
  for (let at = 0; at <= sample.length && lines.length < SAMPLE_LINES; at++) {
    const cell = CELL[delimiter]
    cell.lastIndex = at
    const [text = ''] = cell.exec(sample) ?? []
    cells.push(text)
    at += text.length
    if (cells.length > 1 && !/^ \S/.test(text)) prose = false
    if (sample[at] === delimiter) continue
    if (sample[at] === '\r' && sample[at + 1] === '\n') at++
    if (cells.some((part) => part.trim() !== '')) lines.push({ cells, prose })
    cells = []
    prose = true
  }
  return lines
}

/** A cell up to its delimiter or line end: quoted, with spaces around the quotes, or plain. */
const CELL: Record<Delimiter, RegExp> = {
  ',': / *"[^"]*(?:""[^"]*)*"[^,\r\n]*|[^,\r\n]*/y,
  ';': / *"[^"]*(?:""[^"]*)*"[^;\r\n]*|[^;\r\n]*/y,
  '\t': / *"[^"]*(?:""[^"]*)*"[^\t\r\n]*|[^\t\r\n]*/y,
  '|': / *"[^"]*(?:""[^"]*)*"[^|\r\n]*|[^|\r\n]*/y,
}
