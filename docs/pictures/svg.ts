export interface Style {
  size?: number
  weight?: number
  fill?: string
  mono?: boolean
}

/**
 * A drawing that grows downwards. Text is measured with typical widths of a sans serif, which is good enough for
 * wrapping.
 */
export class Drawing {
  readonly #parts: string[] = []
  y = 0

  constructor(readonly width: number) {}

  rect(
    box: { x: number; y: number; width: number; height: number },
    { fill = 'none', stroke = 'none', radius = 4 } = {},
  ): void {
    this.#parts.push(
      `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" rx="${radius}" fill="${fill}" stroke="${stroke}"/>`,
    )
  }

  text(x: number, y: number, text: string, style: Style = {}): void {
    this.line(x, y, [{ text, ...style }])
  }

  /** Pieces that follow each other, with the widths of the reader’s font. */
  line(x: number, y: number, pieces: (Style & { text: string })[]): void {
    const spans: { look: string; text: string }[] = []
    for (const { text, size = 15, weight = 400, fill = '#1d1c1d', mono = false } of pieces) {
      const family = mono ? 'Menlo, Consolas, monospace' : 'Lato, Helvetica, Arial, sans-serif'
      const look = `font-family="${family}" font-size="${size}" font-weight="${weight}" fill="${fill}"`
      const last = spans.at(-1)
      if (last?.look === look) last.text += text
      else spans.push({ look, text })
    }
    const drawn = spans.map(({ look, text }) => `<tspan ${look}>${escape(text)}</tspan>`)
    this.#parts.push(`<text x="${round(x)}" y="${round(y)}" xml:space="preserve">${drawn.join('')}</text>`)
  }

  /** @param label describes the picture for people who cannot see it */
  toString(label: string): string {
    const height = Math.ceil(this.y)
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${height}" viewBox="0 0 ${this.width} ${height}" role="img" aria-label="${escape(label)}">`,
      `<rect width="${this.width}" height="${height}" rx="8" fill="#ffffff" stroke="#dddddd"/>`,
      ...this.#parts,
      '</svg>\n',
    ].join('\n')
  }
}

export function widthOf(text: string, { size = 15, weight = 400, mono = false }: Style = {}): number {
  let ems = 0
  for (const character of text) ems += mono ? 0.6 : emsOf(character)
  return ems * size * (weight >= 700 ? 1.06 : 1)
}

function emsOf(character: string): number {
  if (/[\u2e80-\uffef\u{20000}-\u{3ffff}]/u.test(character)) return 1
  if (/[▓░]/.test(character)) return 0.62
  if (/[ilj.,:;|'!’·]/.test(character)) return 0.27
  if (/[ ftr()[\]-]/.test(character)) return 0.34
  if (/[mwMW@%—]/.test(character)) return 0.86
  return /[A-Z0-9]/.test(character) ? 0.6 : 0.53
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
