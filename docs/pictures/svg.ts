export interface Style {
  size?: number
  weight?: number
  fill?: string
  mono?: boolean
}

/** What a piece of text stands on. */
export interface Backing {
  fill: string
  stroke?: string
}

export interface Piece extends Style {
  text: string
  backing?: Backing
}

export interface Theme {
  paper: string
  border: string
  ink: string
}

/**
 * A drawing that grows downwards. Text is measured with the widths of Helvetica, and every piece of it says its width,
 * so that no reader’s font makes it wider than its place.
 */
export class Drawing {
  readonly #parts: string[] = []
  y = 0

  constructor(
    readonly width: number,
    readonly theme: Theme,
  ) {}

  rect(
    box: { x: number; y: number; width: number; height: number },
    { fill = 'none', stroke = 'none', radius = 4 } = {},
  ): void {
    this.#parts.push(rectangle(box, { fill, stroke, radius }))
  }

  text(x: number, y: number, text: string, style: Style = {}): void {
    this.line(x, y, [{ text, ...style }])
  }

  /** In the middle between two edges. */
  centred(left: number, right: number, y: number, text: string, style: Style = {}): void {
    this.text((left + right - widthOf(text, style)) / 2, y, text, style)
  }

  /** Pieces that follow each other. */
  line(x: number, y: number, pieces: Piece[]): void {
    let left = x
    for (const piece of joined(pieces)) {
      const { text, backing, size = 15 } = piece
      const width = advanceOf(piece)
      if (backing) {
        const box = { x: left, y: y - size, width, height: size * 1.35 }
        this.rect(box, { radius: 3, ...backing })
      }
      const room = backing ? BACKING_PADDING : 0
      if (/^[▓░]+$/.test(text)) this.#bar(left, y, piece)
      else if (text.trim()) this.#parts.push(this.#textElement(left + room, y, width - 2 * room, piece))
      left += width
    }
  }

  /** What `draw` draws stands in a box as high as that, with room above and below it. */
  boxed(
    box: { x: number; width: number; padding: number },
    look: { fill?: string; stroke?: string; radius?: number },
    draw: () => void,
  ): void {
    const [at, top] = [this.#parts.length, this.y]
    this.y += box.padding
    draw()
    this.y += box.padding
    const height = this.y - top
    const { fill = 'none', stroke = 'none', radius = 8 } = look
    this.#parts.splice(at, 0, rectangle({ ...box, y: top, height }, { fill, stroke, radius }))
  }

  /** A progress bar made of characters, which look different in each font. */
  #bar(x: number, y: number, { text, size = 15, fill = this.theme.ink }: Piece): void {
    let left = x
    for (const part of text.match(/▓+|░+/g) ?? []) {
      const width = widthOf(part, { size })
      const look = `fill="${fill}" fill-opacity="${part.startsWith('▓') ? 0.8 : 0.2}"`
      this.#parts.push(
        `<rect x="${round(left)}" y="${round(y - size * 0.8)}" width="${round(width)}" height="${round(size)}" ${look}/>`,
      )
      left += width
    }
  }

  #textElement(x: number, y: number, width: number, piece: Piece): string {
    const { text, size = 15, weight = 400, fill = this.theme.ink, mono = false } = piece
    const family = mono ? 'Menlo, Consolas, monospace' : 'Helvetica, Arial, sans-serif'
    const look = `font-family="${family}" font-size="${size}" font-weight="${weight}" fill="${fill}"`
    const length = `textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"`
    return `<text x="${round(x)}" y="${round(y)}" xml:space="preserve" ${length} ${look}>${escape(text)}</text>`
  }

  /** @param label describes the picture for people who cannot see it */
  toString(label: string): string {
    const height = Math.ceil(this.y)
    const { paper, border } = this.theme
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${height}" viewBox="0 0 ${this.width} ${height}" role="img" aria-label="${escape(label)}">`,
      rectangle(
        { x: 0.5, y: 0.5, width: this.width - 1, height: height - 1 },
        { fill: paper, stroke: border, radius: 8 },
      ),
      ...this.#parts,
      '</svg>\n',
    ].join('\n')
  }
}

const BACKING_PADDING = 3

/** How far a piece takes a line, with what it stands on. */
export function advanceOf(piece: Piece): number {
  return widthOf(piece.text, piece) + (piece.backing ? 2 * BACKING_PADDING : 0)
}

export function widthOf(text: string, { size = 15, weight = 400, mono = false }: Style = {}): number {
  let ems = 0
  for (const character of text) ems += mono ? monoEmsOf(character) : emsOf(character)
  return ems * size * (weight >= 600 && !mono ? 1.07 : 1)
}

/** As much of a text as fits into a width, in px. */
export function fit(text: string, width: number, style: Style): string {
  if (widthOf(text, style) <= width) return text
  let fitted = text
  while (fitted && widthOf(`${fitted}…`, style) > width) fitted = fitted.slice(0, -1)
  return `${fitted}…`
}

/** Neighbours of one look are one piece; a progress bar is one of its own. */
function joined(pieces: Piece[]): Piece[] {
  const all: Piece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last && lookOf(last) === lookOf(piece)) last.text += piece.text
    else all.push({ ...piece })
  }
  return all.flatMap((piece) =>
    piece.text
      .split(/([▓░]+)/)
      .filter(Boolean)
      .map((text) => ({ ...piece, text })),
  )
}

function lookOf(piece: Piece): string {
  return JSON.stringify({ ...piece, text: '' })
}

/** Helvetica’s, of which Arial has the same: thousandths of the size, and the characters that are so wide. */
const WIDTHS: Record<number, string> = {
  191: "'",
  222: 'ijl’‘',
  278: ' !,./:;I[\\]ft·',
  333: '()-`r“”',
  389: '*',
  500: 'Jckvsxyz',
  584: '+<=>~×',
  600: '▾▓░',
  611: 'FTZ',
  667: '&ABEKPSVXY',
  722: 'CDHNRUw',
  778: 'GOQ',
  833: 'Mm',
  889: '%',
  944: 'W',
  1000: '…—←→',
  1015: '@',
}
const EMS = new Map(
  Object.entries(WIDTHS).flatMap(([width, all]) => [...all].map((one) => [one, Number(width) / 1_000])),
)
/** of digits and most small letters */
const USUAL_EMS = 0.556

function emsOf(character: string): number {
  return isWide(character) ? 1 : (EMS.get(character) ?? USUAL_EMS)
}

function monoEmsOf(character: string): number {
  return isWide(character) ? 1 : 0.602
}

function isWide(character: string): boolean {
  return /[\u2e80-\uffef\u{20000}-\u{3ffff}]/u.test(character)
}

function rectangle(
  box: { x: number; y: number; width: number; height: number },
  { fill, stroke, radius }: { fill: string; stroke: string; radius: number },
): string {
  return `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" rx="${radius}" fill="${fill}" stroke="${stroke}"/>`
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
