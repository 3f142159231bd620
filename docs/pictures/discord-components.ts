import { listAt, textAt, valueAt } from '../../src/bots/json-path.ts'
import { linesOf, type MarkdownLine } from './discord-markdown.ts'
import { type Drawing, fit, widthOf } from './svg.ts'
import { drawWrapped } from './wrap.ts'

/** Where a message stands, and whom it may name. */
export interface Frame {
  x: number
  right: number
  /** people’s names, by id */
  names: Map<string, string>
}

/** https://docs.discord.com/developers/components/reference: by their number */
const ACTION_ROW = 1
const BUTTON = 2
const STRING_SELECT = 3
const TEXT_DISPLAY = 10
const CONTAINER = 17

const BOX = { fill: '#393a41', stroke: '#46474e', radius: 8 }
const DARK = '#2b2d31'
const LINE = '#46474e'
/** primary, secondary, success, danger, link: by their number, from 1 */
const BUTTON_FILLS = ['#5865f2', '#4e5058', '#248046', '#da373c', '#4e5058']
const LINK_BUTTON = 5

/** Draws one component of a message that was really sent, as Discord shows it in its dark theme. */
export function drawComponent(drawing: Drawing, component: unknown, frame: Frame): void {
  const type = valueAt(component, 'type')
  switch (type) {
    case CONTAINER: {
      const { x, right } = frame
      drawing.boxed({ x, width: right - x, padding: 14 }, BOX, () => {
        for (const [i, inner] of listAt(component, 'components').entries()) {
          if (i > 0) drawing.y += 8
          drawComponent(drawing, inner, { ...frame, x: x + 16, right: right - 16 })
        }
      })
      return
    }
    case TEXT_DISPLAY:
      drawMarkdown(drawing, textAt(component, 'content'), frame)
      return
    case ACTION_ROW:
      drawRow(drawing, listAt(component, 'components'), frame)
      return
    default:
      throw new Error(`no drawing for a component of type ${String(type)}`)
  }
}

export function drawMarkdown(drawing: Drawing, markdown: string, frame: Frame): void {
  for (const line of linesOf(markdown, frame.names)) drawLine(drawing, line, frame)
}

function drawLine(drawing: Drawing, line: MarkdownLine, { x, right }: Frame): void {
  switch (line.kind) {
    case 'heading': {
      const pieces = line.pieces.map((piece) => ({ ...piece, weight: 700, fill: '#ffffff' }))
      drawWrapped(drawing, pieces, { x, right, size: 17, lineHeight: 25 })
      return
    }
    case 'text':
      drawWrapped(drawing, line.pieces, { x, right, size: 15, lineHeight: 21 })
      return
    case 'quote': {
      const top = drawing.y
      drawWrapped(drawing, line.pieces, { x: x + 14, right, size: 15, lineHeight: 21 })
      drawing.rect({ x, y: top, width: 4, height: drawing.y - top }, { fill: '#65666e', radius: 2 })
      return
    }
    case 'block': {
      drawing.y += 4
      const width = Math.min(BLOCK_WIDTH, right - x)
      drawing.boxed({ x, width, padding: 9 }, { fill: DARK, stroke: LINE, radius: 4 }, () => {
        for (const text of line.lines) {
          drawing.text(x + 10, drawing.y + 13, text, { size: 13, mono: true })
          drawing.y += 18
        }
      })
      drawing.y += 4
    }
  }
}

const BLOCK_WIDTH = 420

function drawRow(drawing: Drawing, components: unknown[], { x, right }: Frame): void {
  let left = x
  for (const component of components) {
    if (valueAt(component, 'type') === STRING_SELECT) {
      drawSelect(drawing, component, { x, width: Math.min(400, right - x) })
      return
    }
    if (valueAt(component, 'type') !== BUTTON) throw new Error('no drawing for this in a row')
    const style = Number(valueAt(component, 'style'))
    const label = `${textAt(component, 'label')}${style === LINK_BUTTON ? ' ↗' : ''}`
    const look = { size: 14, weight: 600, fill: '#ffffff' }
    const width = widthOf(label, look) + 28
    if (left > x && left + width > right) [left, drawing.y] = [x, drawing.y + 40]
    drawing.rect(
      { x: left, y: drawing.y, width, height: 32 },
      { fill: BUTTON_FILLS[style - 1] ?? DARK, radius: 8 },
    )
    drawing.centred(left, left + width, drawing.y + 21, label, look)
    left += width + 8
  }
  drawing.y += 32
}

function drawSelect(drawing: Drawing, select: unknown, { x, width }: { x: number; width: number }): void {
  const chosen = listAt(select, 'options').find((option) => valueAt(option, 'default') === true)
  const label = textAt(chosen, 'label') || textAt(select, 'placeholder')
  drawing.rect({ x, y: drawing.y, width, height: 40 }, { fill: DARK, stroke: LINE, radius: 8 })
  const fill = chosen === undefined ? '#949ba4' : drawing.theme.ink
  drawing.text(x + 12, drawing.y + 25, fit(label, width - 50, {}), { fill })
  drawing.text(x + width - 26, drawing.y + 25, '▾')
  drawing.y += 40
}
