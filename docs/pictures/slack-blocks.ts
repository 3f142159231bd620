import { listAt, textAt, valueAt } from '../../src/bots/json-path.ts'
import { type Drawing, fit, type Piece, widthOf } from './svg.ts'
import { drawWrapped } from './wrap.ts'

const GREY = '#d0d0d0'
const BLUE = '#1264a3'
const MARGIN = 24
const BUTTONS: Record<string, { fill: string; stroke: string; ink: string }> = {
  '': { fill: '#ffffff', stroke: GREY, ink: '#1d1c1d' },
  primary: { fill: '#007a5a', stroke: '#007a5a', ink: '#ffffff' },
  danger: { fill: '#ffffff', stroke: '#e01e5a', ink: '#e01e5a' },
}

/** Draws one block of a message that was really sent, as Slack shows it. @param names people’s names, by id */
export function drawBlock(drawing: Drawing, x: number, block: unknown, names: Map<string, string>): void {
  const type = textAt(block, 'type')
  switch (type) {
    case 'header':
      drawWrapped(drawing, [{ text: textAt(block, 'text', 'text'), weight: 700 }], {
        ...layoutAt(drawing, x),
        size: 18,
        lineHeight: 25,
      })
      drawing.y += 5
      return
    case 'rich_text':
      for (const section of listAt(block, 'elements')) drawSection(drawing, x, section, names)
      drawing.y += 6
      return
    case 'table':
      drawTable(drawing, x, block)
      return
    case 'actions':
      drawActions(drawing, x, listAt(block, 'elements'))
      return
    default:
      throw new Error(`no drawing for ${type}`)
  }
}

/** Draws text, wrapped. */
export function drawText(drawing: Drawing, x: number, pieces: Piece[]): void {
  drawWrapped(drawing, pieces, layoutAt(drawing, x))
}

function layoutAt(drawing: Drawing, x: number) {
  return { x, right: drawing.width - MARGIN, lineHeight: 22, size: 15 }
}

function drawSection(drawing: Drawing, x: number, section: unknown, names: Map<string, string>): void {
  const pieces = listAt(section, 'elements').map((element) => pieceOf(element, names))
  const type = textAt(section, 'type')
  switch (type) {
    case 'rich_text_section':
      drawText(drawing, x, pieces)
      return
    case 'rich_text_quote': {
      const top = drawing.y
      drawText(drawing, x + 14, pieces)
      drawing.rect({ x, y: top, width: 4, height: drawing.y - top }, { fill: GREY, radius: 2 })
      return
    }
    case 'rich_text_preformatted':
      drawing.boxed(
        { x, width: drawing.width - MARGIN - x, padding: 6 },
        { fill: '#f8f8f8', stroke: '#dddddd', radius: 4 },
        () =>
          drawWrapped(
            drawing,
            pieces.map(({ text }) => ({ text, mono: true })),
            { ...layoutAt(drawing, x + 8), size: 12.5, lineHeight: 18 },
          ),
      )
      return
    default:
      throw new Error(`no drawing for ${type}`)
  }
}

function pieceOf(element: unknown, names: Map<string, string>): Piece {
  const type = textAt(element, 'type')
  switch (type) {
    case 'user': {
      const text = `@${names.get(textAt(element, 'user_id')) ?? 'someone'}`
      return { text, fill: BLUE, backing: { fill: '#e8f5fa' } }
    }
    case 'date':
      return { text: textAt(element, 'fallback') }
    case 'link':
      return { text: textAt(element, 'text') || textAt(element, 'url'), fill: BLUE }
    case 'text':
      return styled(textAt(element, 'text'), valueAt(element, 'style'))
    default:
      throw new Error(`no drawing for ${type}`)
  }
}

function styled(text: string, style: unknown): Piece {
  if (valueAt(style, 'code') === true)
    return {
      text,
      mono: true,
      size: 12.5,
      fill: '#c01343',
      backing: { fill: '#f8f8f8', stroke: '#dddddd' },
    }
  return { text, ...(valueAt(style, 'bold') === true && { weight: 700 }) }
}

function drawTable(drawing: Drawing, x: number, block: unknown): void {
  const rows = listAt(block, 'rows').map((row) =>
    Array.isArray(row) ? row.map((cell) => textAt(cell, 'text')) : [],
  )
  const widths = columnWidths(rows, drawing.width - MARGIN - x)
  for (const [i, row] of rows.entries()) {
    let left = x
    for (const [column, cell] of row.entries()) {
      const width = widths[column] ?? 0
      const style = { size: 13, weight: i === 0 ? 700 : 400 }
      drawing.rect(
        { x: left, y: drawing.y, width, height: 26 },
        { stroke: GREY, radius: 0, fill: i === 0 ? '#f8f8f8' : '#ffffff' },
      )
      drawing.text(left + CELL_PADDING, drawing.y + 17.5, fit(cell, width - 2 * CELL_PADDING, style), style)
      left += width
    }
    drawing.y += 26
  }
  drawing.y += 12
}

const CELL_PADDING = 9

/** As wide as what is in them; where there is no room for that, the wide ones give way. */
function columnWidths(rows: string[][], room: number): number[] {
  const wanted = (rows[0] ?? []).map(
    (_, column) =>
      Math.max(
        ...rows.map((row, i) => widthOf(row[column] ?? '', { size: 13, weight: i === 0 ? 700 : 400 })),
      ) +
      2 * CELL_PADDING +
      1,
  )
  let widest = Math.max(...wanted)
  const widths = () => wanted.map((width) => Math.min(width, widest))
  while (widths().reduce((sum, width) => sum + width, 0) > room) widest -= 2
  return widths()
}

function drawActions(drawing: Drawing, x: number, elements: unknown[]): void {
  let left = x
  for (const element of elements) {
    const isSelect = textAt(element, 'type').endsWith('_select')
    const label = isSelect ? shownIn(element) : textAt(element, 'text', 'text')
    const style = { size: isSelect ? 15 : 14, weight: isSelect ? 400 : 700 }
    const width = Math.min(widthOf(label, style) + (isSelect ? 50 : 26), drawing.width - MARGIN - x)
    if (left > x && left + width > drawing.width - MARGIN) [left, drawing.y] = [x, drawing.y + 40]
    const { fill, stroke, ink } = BUTTONS[textAt(element, 'style')] ?? {
      fill: '#fff',
      stroke: GREY,
      ink: '#000',
    }
    drawing.rect({ x: left, y: drawing.y, width, height: 32 }, { fill, stroke })
    if (isSelect) {
      drawing.text(left + 12, drawing.y + 21, fit(label, width - 44, style), style)
      drawing.text(left + width - 22, drawing.y + 21, '▾', { fill: '#616061' })
    } else drawing.centred(left, left + width, drawing.y + 21, label, { ...style, fill: ink })
    left += width + 8
  }
  drawing.y += 42
}

/** What is chosen in a select, or else what is to be chosen. */
function shownIn(select: unknown): string {
  return textAt(select, 'initial_option', 'text', 'text') || textAt(select, 'placeholder', 'text')
}
