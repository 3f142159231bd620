import { MARK_COLOUR } from './front-sheet.ts'
import { withAttribute } from '../carried/xml-text.ts'

/** Adds styles to a workbook: existing ones with the mark’s colour, or with none. */
export class MarkStyles {
  readonly #source: string
  readonly #xfs: string[]
  readonly #fills: string[]
  readonly #made = new Map<string, number>()
  readonly #markFill: number

  /** @throws if the part has no cell styles, or its XML is not written in the common way */
  constructor(source: string) {
    this.#source = source
    this.#xfs = itemsOf(source, 'cellXfs', 'xf')
    this.#fills = itemsOf(source, 'fills', 'fill')
    // Excel reserves the first two fills, whatever they contain.
    while (this.#fills.length < 2) this.#fills.push('<fill><patternFill patternType="gray125"/></fill>')
    const existing = this.#fills.findIndex((fill) => fill.includes(MARK_COLOUR) && fill.includes('"solid"'))
    this.#markFill = existing >= 0 ? existing : this.#fills.push(MARK_FILL) - 1
  }

  /** A style like `base`, with the mark’s colour. */
  marked(base: number): number {
    return this.#variant(base, this.#markFill)
  }

  isMarked(style: number): boolean {
    return new RegExp(`\\sfillId="${this.#markFill}"`).test(this.#xfs[style] ?? '')
  }

  /** A style like `base`, without a colour. */
  unmarked(base: number): number {
    return this.#variant(base, 0)
  }

  /** The style for lines of text on the front sheet. */
  wrapped(): number {
    return this.#add(
      '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>',
    )
  }

  toString(): string {
    return replaceItems(replaceItems(this.#source, 'cellXfs', this.#xfs), 'fills', this.#fills)
  }

  #variant(base: number, fill: number): number {
    const xf = this.#xfs[base]
    if (xf === undefined) throw new Error(`there is no style ${base}`)
    const tag = /^<xf\b[^>]*>/.exec(xf)?.[0] ?? ''
    return this.#add(withAttribute(withAttribute(tag, 'fillId', fill), 'applyFill', 1) + xf.slice(tag.length))
  }

  #add(xf: string): number {
    const existing = this.#made.get(xf) ?? this.#xfs.indexOf(xf)
    const index = existing >= 0 ? existing : this.#xfs.push(xf) - 1
    this.#made.set(xf, index)
    return index
  }
}

const MARK_FILL = `<fill><patternFill patternType="solid"><fgColor rgb="${MARK_COLOUR}"/><bgColor indexed="64"/></patternFill></fill>`

function itemsOf(source: string, list: string, item: string): string[] {
  const inside = new RegExp(`<${list}\\b[^>]*>([\\s\\S]*?)</${list}>`).exec(source)?.[1]
  // Of alternatives, it depends on the program which of them counts.
  if (inside === undefined || inside.includes('AlternateContent'))
    throw new Error(`the styles have no plain ${list}`)
  return inside.match(new RegExp(`<${item}\\b[^>]*/>|<${item}\\b[^>]*>[\\s\\S]*?</${item}>`, 'g')) ?? []
}

function replaceItems(source: string, list: string, items: string[]): string {
  return source.replace(
    new RegExp(`<${list}\\b[^>]*>[\\s\\S]*?</${list}>`),
    () => `<${list} count="${items.length}">${items.join('')}</${list}>`,
  )
}
