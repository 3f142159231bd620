import { drawComponent, drawMarkdown, type Frame } from './discord-components.ts'
import { Drawing, fit, widthOf } from './svg.ts'

/** A message as it was in Discord at one moment. */
export interface Posted {
  by: string
  isApp: boolean
  /** markdown of a message without components */
  content: string
  components: unknown[]
  files: { filename: string; size: number }[]
  /** instead of who posted it: what it has to do with the one above, such as that it is the same, edited */
  later?: string
  /** where this and what follows is, such as a thread */
  place?: string
}

const WIDTH = 760
const LEFT = 76
const RIGHT = WIDTH - 24
const DISCORD = { paper: '#323339', border: '#232428', ink: '#dbdee1' }
const GREY = '#949ba4'

/** In Discord’s dark theme. @param names people’s names, by id. @param label describes the picture */
export function drawChannel(posted: Posted[], names: Map<string, string>, label: string): string {
  const drawing = new Drawing(WIDTH, DISCORD)
  drawing.y = 20
  const frame: Frame = { x: LEFT, right: RIGHT, names }
  for (const one of posted) {
    if (one.place !== undefined) drawPlace(drawing, one.place)
    drawWho(drawing, one)
    if (one.content) drawMarkdown(drawing, one.content, frame)
    for (const component of one.components) drawComponent(drawing, component, frame)
    for (const file of one.files) drawFile(drawing, file)
    drawing.y += 18
  }
  return drawing.toString(label)
}

function drawPlace(drawing: Drawing, place: string): void {
  const style = { size: 12.5, weight: 700, fill: GREY }
  const width = widthOf(place, style)
  const left = (WIDTH - width) / 2
  drawing.rect({ x: 16, y: drawing.y + 9, width: WIDTH - 32, height: 1 }, { fill: '#4a4b52', radius: 0 })
  drawing.rect({ x: left - 8, y: drawing.y, width: width + 16, height: 18 }, { fill: DISCORD.paper })
  drawing.text(left, drawing.y + 13.5, place, style)
  drawing.y += 34
}

function drawWho(drawing: Drawing, { by, isApp, later }: Posted): void {
  if (later !== undefined) {
    drawing.text(LEFT, drawing.y + 10, later, { size: 12, fill: GREY })
    drawing.y += 20
    return
  }
  drawing.rect(
    { x: 20, y: drawing.y, width: 40, height: 40 },
    { fill: isApp ? '#1f3a5f' : '#9c6644', radius: 20 },
  )
  drawing.centred(20, 60, drawing.y + 26.5, by.slice(0, 1), { size: 18, weight: 700, fill: '#fff' })
  const name = { size: 16, weight: 600, fill: '#ffffff' }
  drawing.text(LEFT, drawing.y + 14, by, name)
  if (isApp) {
    const x = LEFT + widthOf(by, name) + 6
    drawing.rect({ x, y: drawing.y + 1.5, width: 32, height: 16 }, { fill: '#5865f2' })
    drawing.centred(x, x + 32, drawing.y + 13.5, 'APP', { size: 11, weight: 600, fill: '#fff' })
  }
  drawing.y += 24
}

const FILE = { width: 400, height: 66 }

function drawFile(drawing: Drawing, { filename, size }: { filename: string; size: number }): void {
  drawing.y += 6
  const { y } = drawing
  drawing.rect({ x: LEFT, y, ...FILE }, { fill: '#393a41', stroke: '#46474e', radius: 8 })
  drawing.rect({ x: LEFT + 14, y: y + 14, width: 30, height: 38 }, { fill: '#d3d6fd', radius: 3 })
  for (const row of [0, 1, 2])
    drawing.rect({ x: LEFT + 20, y: y + 24 + row * 8, width: 18, height: 3 }, { fill: '#5865f2', radius: 1 })
  drawing.text(LEFT + 56, y + 29, fit(filename, FILE.width - 72, { size: 16 }), {
    size: 16,
    fill: '#4aa8ff',
  })
  drawing.text(LEFT + 56, y + 48, sizeOf(size), { size: 12, fill: GREY })
  drawing.y += FILE.height
}

function sizeOf(bytes: number): string {
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(2)} KB` : `${(bytes / 2 ** 20).toFixed(2)} MB`
}
