import { valueAt, textAt } from '../../src/bots/json-path.ts'
import { type Drawing, widthOf } from './svg.ts'

const LINE = 22
const GREY = '#d0d0d0'
const BUTTONS: Record<string, { fill: string; stroke: string; ink: string }> = {
  '': { fill: '#ffffff', stroke: GREY, ink: '#1d1c1d' },
  primary: { fill: '#007a5a', stroke: '#007a5a', ink: '#ffffff' },
  danger: { fill: '#ffffff', stroke: '#e01e5a', ink: '#e01e5a' },
}

interface Run {
  text: string
  weight?: number
  mono?: boolean
  fill?: string
}

/** One block as Slack shows it, from what was really sent. @param names what people are called, by their ids */
export function drawBlock(drawing: Drawing, x: number, block: unknown, names: Map<string, string>): void {
  switch (textAt(block, 'type')) {
    case 'header':
      drawing.text(x, drawing.y + 20, textAt(block, 'text', 'text'), { size: 18, weight: 900 })
      drawing.y += 32
      return
    case 'rich_text':
      for (const section of list(valueAt(block, 'elements'))) drawRuns(drawing, x, runsOf(section, names))
      drawing.y += 6
      return
    case 'table':
      drawTable(drawing, x, block)
      return
    case 'actions':
      drawActions(drawing, x, list(valueAt(block, 'elements')))
      return
    default:
      throw new Error(`no drawing for ${textAt(block, 'type')}`)
  }
}

function runsOf(section: unknown, names: Map<string, string>): Run[] {
  const isCode = textAt(section, 'type') === 'rich_text_preformatted'
  return list(valueAt(section, 'elements')).map((element): Run => {
    if (textAt(element, 'type') === 'user')
      return { text: `@${names.get(textAt(element, 'user_id')) ?? 'someone'}`, fill: '#1264a3' }
    if (isCode || valueAt(element, 'style', 'code') === true)
      return { text: textAt(element, 'text'), mono: true, fill: '#c01343' }
    if (textAt(element, 'type') === 'link') return { text: textAt(element, 'text'), fill: '#1264a3' }
    return {
      text: textAt(element, 'text'),
      ...(valueAt(element, 'style', 'bold') === true && { weight: 700 }),
    }
  })
}

/** Words in their styles, wrapped. */
export function drawRuns(drawing: Drawing, x: number, runs: Run[]): void {
  const room = drawing.width - 24 - x
  let line: (Run & { size: number })[] = []
  let width = 0
  const turn = () => {
    drawing.line(x, drawing.y + 16, line)
    drawing.y += LINE
    ;[line, width] = [[], 0]
  }
  for (const { text, ...style } of runs) {
    const look = { ...style, size: style.mono ? 12.5 : 15 }
    for (const piece of text.split(/(\n| +)/).filter(Boolean)) {
      const more = widthOf(piece, look)
      if (piece === '\n' || (piece.trim() && width > 0 && width + more > room)) turn()
      if (piece === '\n') continue
      line.push({ text: piece, ...look })
      width += more
    }
  }
  turn()
}

function drawTable(drawing: Drawing, x: number, block: unknown): void {
  const rows = list(valueAt(block, 'rows')).map((row) => list(row).map((cell) => textAt(cell, 'text')))
  const most = (drawing.width - 24 - x) / Math.max(1, rows[0]?.length ?? 1)
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(
      Math.max(most, 90),
      Math.max(...rows.map((row) => widthOf(row[column] ?? '', { size: 13, weight: 700 }))) + 20,
    ),
  )
  for (const [i, row] of rows.entries()) {
    let left = x
    for (const [column, cell] of row.entries()) {
      const width = widths[column] ?? 0
      drawing.rect(
        { x: left, y: drawing.y, width, height: 26 },
        { stroke: GREY, radius: 0, fill: i === 0 ? '#f8f8f8' : '#fff' },
      )
      drawing.text(left + 8, drawing.y + 17, fit(cell, width - 14), { size: 13, weight: i === 0 ? 700 : 400 })
      left += width
    }
    drawing.y += 26
  }
  drawing.y += 10
}

function drawActions(drawing: Drawing, x: number, elements: unknown[]): void {
  let left = x
  for (const element of elements) {
    const isSelect = textAt(element, 'type') === 'static_select'
    const label = isSelect
      ? `${textAt(element, 'initial_option', 'text', 'text') || textAt(element, 'placeholder', 'text')}   ▾`
      : textAt(element, 'text', 'text')
    const width = widthOf(label, { weight: 700 }) + 26
    if (left + width > drawing.width - 24) [left, drawing.y] = [x, drawing.y + 40]
    const { fill, stroke, ink } = BUTTONS[textAt(element, 'style')] ?? {
      fill: '#fff',
      stroke: GREY,
      ink: '#000',
    }
    drawing.rect({ x: left, y: drawing.y, width, height: 32 }, { fill, stroke })
    drawing.text(left + 13, drawing.y + 21, label, { weight: isSelect ? 400 : 700, fill: ink })
    left += width + 8
  }
  drawing.y += 42
}

function fit(text: string, width: number): string {
  let kept = text
  while (kept && widthOf(kept, { size: 13 }) > width) kept = kept.slice(0, -1)
  return kept === text ? text : `${kept.slice(0, -1)}…`
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
