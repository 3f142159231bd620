import { advanceOf, type Drawing, type Piece } from './svg.ts'

export interface Layout {
  x: number
  /** where lines end */
  right: number
  lineHeight: number
  size: number
}

/** Blanks, line breaks, and each character of Chinese with the marks behind it, which begin no line. */
const BREAKS = /(\n| +|[\u2e80-\uffef][，。、；：！？”）」》]*)/

/** Draws formatted text, wrapped at blanks, at line breaks and between characters of Chinese. */
export function drawWrapped(drawing: Drawing, pieces: Piece[], layout: Layout): void {
  for (const line of wrapped(pieces, layout)) {
    drawing.line(layout.x, drawing.y + layout.lineHeight * 0.73, line)
    drawing.y += layout.lineHeight
  }
}

function wrapped(pieces: Piece[], { x, right, size: usual }: Layout): Piece[][] {
  const lines: Piece[][] = [[]]
  let width = 0
  const turn = () => {
    const line = lines.at(-1)
    if (line?.at(-1)?.text.trim() === '') line.pop()
    lines.push([])
    width = 0
  }
  for (const { text, ...style } of pieces) {
    const look = { size: usual, ...style }
    for (const part of text.split(BREAKS).filter(Boolean)) {
      const more = advanceOf({ text: part, ...look })
      if (part === '\n') turn()
      else {
        if (part.trim() && width > 0 && width + more > right - x) turn()
        lines.at(-1)?.push({ text: part, ...look })
        width += more
      }
    }
  }
  return lines
}
