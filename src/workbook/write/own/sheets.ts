import { columnName } from '../../read/value.ts'
import type { ResultHeader } from '../../types.ts'
import { cellXml } from '../carried/cell-xml.ts'
import type { Piece } from '../long-texts.ts'
import { toCell } from '../to-cell.ts'

/** Styles of cells that are numbers or plain text, and of text that begins like a formula. */
interface Styles {
  general: number
  text: number
}

/** The sheet that says what was run, and what came of it. */
export function* summarySheet(
  summary: ResultHeader['summary'],
  styles: Styles,
  namespace: string,
): Generator<string> {
  yield start(namespace, [24, 80])
  for (const [i, line] of summary.entries()) yield rowXml(i + 1, line, styles, (column) => column === 0)
  yield END
}

/** The texts that are too long for a cell, in pieces that fit into one. */
export async function* longTextsSheet(
  pieces: AsyncIterable<Piece>,
  styles: Styles,
  namespace: string,
): AsyncGenerator<string> {
  yield start(namespace, [8, 24, 8, 100])
  yield rowXml(1, ['row', 'column', 'part', 'text'], styles, () => true)
  let number = 1
  for await (const { row, column, part, text } of pieces)
    yield rowXml(++number, [row, column, part, text], styles, () => false)
  yield END
}

const END = '</sheetData></worksheet>'

function start(namespace: string, widths: number[]): string {
  const columns = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  )
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="${namespace}"><cols>${columns.join('')}</cols><sheetData>`
}

function rowXml(
  row: number,
  values: (string | number)[],
  styles: Styles,
  isBold: (column: number) => boolean,
): string {
  const cells = values.map((value, column) => {
    const { value: written, risky } = toCell(value)
    const style = risky ? styles.text : styles.general
    return written === null ? '' : cellXml(written, columnName(column) + row, { style, bold: isBold(column) })
  })
  return `<row r="${row}">${cells.join('')}</row>`
}
