import { columnName } from '../../read/value.ts'
import { attribute } from '../../read/xml.ts'
import type { MarkStyles } from './styles.ts'
import { withAttribute } from '../carried/xml-text.ts'

/**
 * A sheet’s XML with the colour added to some cells, and removed from cells that are no longer marked.
 * @param marks references such as `C7`
 * @param unmark references of cells that had a mark
 * @throws if the sheet’s XML is not written in the common way
 */
export function colourCells(
  source: string,
  marks: Set<string>,
  unmark: Set<string>,
  styles: MarkStyles,
): string {
  const wanted = Map.groupBy(new Set([...marks, ...unmark]), (reference) =>
    Number(reference.replace(/^[A-Z]+/, '')),
  )
  const done = new Set<string>()
  const coloured = source.replaceAll(ROW, (row: string, attributes: string, cells: string | undefined) => {
    const number = Number(attribute(attributes, 'r'))
    const references = wanted.get(number)
    if (!references || cells === undefined) return row
    for (const reference of references) done.add(reference)
    const head = row.slice(0, row.indexOf('>') + 1)
    return `${head}${colourRow(cells, new Set(references), marks, styles)}</row>`
  })
  if ([...marks].some((reference) => !done.has(reference))) throw new Error('a row to mark was not found')
  return coloured
}

// Attributes of rows and cells contain no `>`.
const ROW = /<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g
const CELL = /<c\b([^>]*?)(?:\/>|>[\s\S]*?<\/c>)/g

function colourRow(cells: string, references: Set<string>, marks: Set<string>, styles: MarkStyles): string {
  let out = ''
  let last = 0
  const waiting = [...references].toSorted((a, b) => columnOf(a) - columnOf(b))
  for (const match of cells.matchAll(CELL)) {
    const reference = attribute(match[1] ?? '', 'r')
    if (reference === undefined) throw new Error('a cell without a reference')
    out += cells.slice(last, match.index)
    while (waiting[0] !== undefined && columnOf(waiting[0]) < columnOf(reference))
      out += emptyCell(waiting.shift(), marks, styles)
    if (waiting[0] === reference) {
      waiting.shift()
      out += coloured(match[0], match[1] ?? '', marks.has(reference), styles)
    } else out += match[0]
    last = match.index + match[0].length
  }
  for (const reference of waiting) out += emptyCell(reference, marks, styles)
  return out + cells.slice(last)
}

function coloured(cell: string, attributes: string, isMarked: boolean, styles: MarkStyles): string {
  const style = Number(attribute(attributes, 's') ?? 0)
  if (isMarked) return withAttribute(cell, 's', styles.isMarked(style) ? style : styles.marked(style))
  return styles.isMarked(style) ? withAttribute(cell, 's', styles.unmarked(style)) : cell
}

/** An empty cell for a mark: a required cell that is empty may be missing from the file. */
function emptyCell(reference: string | undefined, marks: Set<string>, styles: MarkStyles): string {
  return reference !== undefined && marks.has(reference)
    ? `<c r="${reference}" s="${styles.marked(0)}"/>`
    : ''
}

/** From 1. */
export function columnOf(reference: string): number {
  let column = 0
  for (const letter of reference.replace(/\d+$/, '')) column = column * 26 + letter.charCodeAt(0) - 64
  return column
}

export function referenceOf(row: number, column: number): string {
  return columnName(column) + row
}
