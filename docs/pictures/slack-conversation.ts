import { drawBlock, drawRuns } from './slack-blocks.ts'
import { Drawing, widthOf } from './svg.ts'

/** A message as it was in Slack at one moment. */
export interface Said {
  by: string
  isApp: boolean
  /** the text of a person’s message, or of one without blocks */
  text: string
  blocks: unknown[]
  file?: string
  /** the previous message was edited to this one */
  isEdit: boolean
}

const WIDTH = 760
const LEFT = 76

/** @param names people’s names, by id */
export function drawConversation(said: Said[], names: Map<string, string>): string {
  const drawing = new Drawing(WIDTH)
  drawing.y = 20
  for (const one of said) {
    drawWho(drawing, one)
    if (one.blocks.length > 0) for (const block of one.blocks) drawBlock(drawing, LEFT, block, names)
    else drawRuns(drawing, LEFT, [{ text: plain(one.text, names) }])
    if (one.file) drawFile(drawing, one.file)
    drawing.y += 14
  }
  return drawing.toString(
    'A batch in Slack: a workbook is sent, four questions are answered, the result comes back.',
  )
}

function drawWho(drawing: Drawing, { by, isApp, isEdit }: Said): void {
  if (isEdit) {
    drawing.text(LEFT, drawing.y + 14, 'the same message, a moment later', { size: 12, fill: '#868686' })
    drawing.y += 22
    return
  }
  drawing.rect(
    { x: 24, y: drawing.y, width: 36, height: 36 },
    { fill: isApp ? '#1f3a5f' : '#9c6644', radius: 6 },
  )
  drawing.text(
    24 + 18 - widthOf(by.slice(0, 1), { size: 18, weight: 700 }) / 2,
    drawing.y + 25,
    by.slice(0, 1),
    {
      size: 18,
      weight: 700,
      fill: '#fff',
    },
  )
  drawing.text(LEFT, drawing.y + 14, by, { weight: 900 })
  if (isApp) {
    const x = LEFT + widthOf(by, { weight: 900 }) + 8
    drawing.rect({ x, y: drawing.y + 2, width: 30, height: 15 }, { fill: '#e8e8e8', radius: 2 })
    drawing.text(x + 5, drawing.y + 13.5, 'APP', { size: 10, weight: 700, fill: '#616061' })
  }
  drawing.y += 22
}

function drawFile(drawing: Drawing, name: string): void {
  drawing.y += 6
  drawing.rect({ x: LEFT, y: drawing.y, width: 340, height: 56 }, { stroke: '#d0d0d0', radius: 8 })
  drawing.rect({ x: LEFT + 12, y: drawing.y + 10, width: 36, height: 36 }, { fill: '#2eb67d', radius: 6 })
  drawing.text(LEFT + 17, drawing.y + 32, 'XLSX', { size: 10, weight: 700, fill: '#fff' })
  drawing.text(LEFT + 60, drawing.y + 25, name, { weight: 700 })
  drawing.text(LEFT + 60, drawing.y + 43, 'Excel spreadsheet', { size: 13, fill: '#616061' })
  drawing.y += 62
}

/** Resolves Slack’s markup in a line of text above a file. */
function plain(text: string, names: Map<string, string>): string {
  return text
    .replace(/<@(\w+)>/g, (_, id: string) => `@${names.get(id) ?? 'someone'}`)
    .replaceAll('*', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
