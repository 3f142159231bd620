import { drawBlock, drawText } from './slack-blocks.ts'
import { Drawing, fit, type Piece, widthOf } from './svg.ts'

/** A message as it was in Slack at one moment. */
export interface Said {
  by: string
  isApp: boolean
  /** the text of a person’s message, or of one without blocks */
  text: string
  blocks: unknown[]
  files?: string[]
  /** what stands above it, such as that it is the same message a moment later; instead of who said it */
  later?: string
  /** where this and what follows is, such as a direct message */
  place?: string
}

const WIDTH = 760
const LEFT = 76
const SLACK = { paper: '#ffffff', border: '#dddddd', ink: '#1d1c1d' }
const GREY = '#616061'

/** @param names people’s names, by id. @param label describes the picture */
export function drawConversation(said: Said[], names: Map<string, string>, label: string): string {
  const drawing = new Drawing(WIDTH, SLACK)
  drawing.y = 20
  for (const one of said) {
    if (one.place) drawPlace(drawing, one.place)
    drawWho(drawing, one)
    if (one.blocks.length > 0) for (const block of one.blocks) drawBlock(drawing, LEFT, block, names)
    else if (one.text) drawText(drawing, LEFT, piecesOf(one.text, names))
    if (one.files?.length) drawFiles(drawing, one.files)
    drawing.y += 14
  }
  return drawing.toString(label)
}

/** The home tab. @param blocks of the view that was published */
export function drawHome(blocks: unknown[], names: Map<string, string>, label: string): string {
  const drawing = new Drawing(WIDTH, SLACK)
  drawing.text(24, 34, 'Rowbot', { size: 18, weight: 700 })
  let x = 24
  for (const [i, tab] of ['Home', 'Messages', 'About'].entries()) {
    const style = { size: 13, weight: 700, fill: i === 0 ? SLACK.ink : GREY }
    drawing.text(x, 62, tab, style)
    if (i === 0) drawing.rect({ x, y: 71, width: widthOf(tab, style), height: 3 }, { fill: '#611f69' })
    x += widthOf(tab, style) + 20
  }
  drawing.rect({ x: 0, y: 74, width: WIDTH, height: 1 }, { fill: SLACK.border, radius: 0 })
  drawing.y = 94
  for (const block of blocks) drawBlock(drawing, 24, block, names)
  drawing.y += 10
  return drawing.toString(label)
}

function drawPlace(drawing: Drawing, place: string): void {
  const style = { size: 13, weight: 700, fill: GREY }
  const width = widthOf(place, style) + 28
  const left = (drawing.width - width) / 2
  drawing.rect({ x: 1, y: drawing.y + 12, width: drawing.width - 2, height: 1 }, { fill: SLACK.border })
  drawing.rect(
    { x: left, y: drawing.y, width, height: 25 },
    { fill: SLACK.paper, stroke: SLACK.border, radius: 12 },
  )
  drawing.text(left + 14, drawing.y + 17, place, style)
  drawing.y += 38
}

function drawWho(drawing: Drawing, { by, isApp, later }: Said): void {
  if (later !== undefined) {
    drawing.text(LEFT, drawing.y + 14, later, { size: 12, fill: '#868686' })
    drawing.y += 22
    return
  }
  drawing.rect(
    { x: 24, y: drawing.y, width: 36, height: 36 },
    { fill: isApp ? '#1f3a5f' : '#9c6644', radius: 6 },
  )
  drawing.centred(24, 60, drawing.y + 24.5, by.slice(0, 1), { size: 18, weight: 700, fill: '#fff' })
  drawing.text(LEFT, drawing.y + 14, by, { weight: 700 })
  if (isApp) {
    const x = LEFT + widthOf(by, { weight: 700 }) + 8
    drawing.rect({ x, y: drawing.y + 1, width: 30, height: 15 }, { fill: '#e8e8e8', radius: 2 })
    drawing.centred(x, x + 30, drawing.y + 12.5, 'APP', { size: 10, weight: 700, fill: GREY })
  }
  drawing.y += 22
}

const FILE_WIDTH = 300

/** Two in a row. */
function drawFiles(drawing: Drawing, names: string[]): void {
  drawing.y += 6
  for (const [i, name] of names.entries()) {
    if (i > 0 && i % 2 === 0) drawing.y += 64
    drawFile(drawing, LEFT + (i % 2) * (FILE_WIDTH + 8), name)
  }
  drawing.y += 62
}

function drawFile(drawing: Drawing, x: number, name: string): void {
  const ending = name.split('.').at(-1)?.toUpperCase() ?? ''
  const [kind = 'File', fill = '#5b6f8f'] = KINDS[ending] ?? []
  drawing.rect({ x, y: drawing.y, width: FILE_WIDTH, height: 56 }, { stroke: GREY_LINE, radius: 8 })
  drawing.rect({ x: x + 12, y: drawing.y + 10, width: 36, height: 36 }, { fill, radius: 6 })
  drawing.centred(x + 12, x + 48, drawing.y + 31.5, ending, { size: 10, weight: 700, fill: '#fff' })
  const style = { weight: 700 }
  drawing.text(x + 60, drawing.y + 25, fit(name, FILE_WIDTH - 72, style), style)
  drawing.text(x + 60, drawing.y + 43, kind, { size: 13, fill: GREY })
}

const GREY_LINE = '#d0d0d0'
const KINDS: Record<string, [kind: string, fill: string]> = {
  XLSX: ['Excel spreadsheet', '#2eb67d'],
  CSV: ['CSV', '#2eb67d'],
  PDF: ['PDF', '#e01e5a'],
}

/** Slack’s markup in a line of text above a file. */
function piecesOf(text: string, names: Map<string, string>): Piece[] {
  return text
    .split(/(<@\w+>|\*[^*\n]+\*)/)
    .filter(Boolean)
    .map((part): Piece => {
      const person = /^<@(\w+)>$/.exec(part)?.[1]
      if (person !== undefined)
        return {
          text: `@${names.get(person) ?? 'someone'}`,
          fill: '#1264a3',
          backing: { fill: '#e8f5fa' },
        }
      const isBold = part.startsWith('*') && part.length > 1
      return { text: unescaped(isBold ? part.slice(1, -1) : part), ...(isBold && { weight: 700 }) }
    })
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
