import { attribute } from '../../read/xml.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { withAttribute, withoutAttribute } from '../carried/xml-text.ts'
import { type Tint, TINTS } from '../review-marks.ts'

/** Excel’s limit is 65,490. */
const MAX_STYLES = 64_000
const GENERAL = 0
const TEXT = 49

/**
 * Adds styles to a workbook for the added cells: those of cells beside them, but without their number formats, which
 * would show a count of tokens as a date.
 */
export class AddedStyles {
  readonly #source: string
  readonly #open: string
  readonly #prefix: string
  readonly #start: number
  readonly #end: number
  readonly #xfs: string[]
  readonly #fonts: string[]
  readonly #fills: { end: number; tag: string; start: number; count: number } | undefined
  readonly #addedFills: string[] = []
  readonly #added: string[] = []
  readonly #made = new Map<string, number>()

  /** @throws CannotCarry if the part has no cell formats */
  constructor(source: string) {
    const list = /(<([\w.-]+:)?cellXfs\b[^>]*>)([\s\S]*?)<\/\2cellXfs\s*>/.exec(source)
    if (!list) throw new CannotCarry('it has no list of styles')
    const [, open = '', prefix = '', inside = ''] = list
    // Of alternatives, it depends on the program which of them counts.
    if (inside.includes('AlternateContent')) throw new CannotCarry('its list of styles has alternatives')
    this.#source = source
    this.#open = open
    this.#prefix = prefix
    this.#start = list.index
    this.#end = list.index + open.length + inside.length
    this.#xfs = elementsIn(inside, `${prefix}xf`)
    const fonts = new RegExp(`<${prefix}fonts\\b[^>]*>([\\s\\S]*?)</${prefix}fonts\\s*>`).exec(source)
    this.#fonts = elementsIn(fonts?.[1] ?? '', `${prefix}font`)
    const fills = new RegExp(`(<${prefix}fills\\b[^>]*[^/]>)([\\s\\S]*?)</${prefix}fills\\s*>`).exec(source)
    const [, tag = '', within = ''] = fills ?? []
    // The first two are Excel’s own, whatever they contain.
    const count = elementsIn(within, `${prefix}fill`).length
    if (fills && count >= 2 && !within.includes('AlternateContent'))
      this.#fills = { tag, start: fills.index, end: fills.index + tag.length + within.length, count }
  }

  /** For numbers and plain text, like `base`; with `tint`, on that colour. */
  general(base: number, tint?: Tint): number {
    return this.#variant(base, GENERAL, tint)
  }

  /** For text that begins like a formula: it stays text when a person edits the cell. */
  text(base: number, tint?: Tint): number {
    return this.#variant(base, TEXT, tint)
  }

  toString(): string {
    if (this.#added.length === 0) return this.#source
    return this.#withFills(this.#withStyles())
  }

  #withStyles(): string {
    const count = withAttribute(this.#open, 'count', this.#xfs.length)
    const inside = this.#source.slice(this.#start + this.#open.length, this.#end)
    return [
      this.#source.slice(0, this.#start),
      count,
      inside,
      ...this.#added,
      this.#source.slice(this.#end),
    ].join('')
  }

  /** Fills come before the cell formats, whose text has been changed already. */
  #withFills(source: string): string {
    if (!this.#fills || this.#addedFills.length === 0) return source
    const { tag, start, end, count } = this.#fills
    return [
      source.slice(0, start),
      withAttribute(tag, 'count', count + this.#addedFills.length),
      source.slice(start + tag.length, end),
      ...this.#addedFills,
      source.slice(end),
    ].join('')
  }

  #variant(base: number, format: typeof GENERAL | typeof TEXT, tint: Tint | undefined): number {
    const key = `${base} ${format} ${tint ?? ''}`
    const made = this.#made.get(key)
    if (made !== undefined) return made
    const style = this.#find(base, format, tint && this.#fillOf(tint))
    this.#made.set(key, style)
    return style
  }

  /** Undefined: the list of fills is written in an unusual way, or comes after the formats, and stays as it is. */
  #fillOf(tint: Tint): number | undefined {
    if (!this.#fills || this.#fills.end > this.#start) return undefined
    const p = this.#prefix
    const fill = `<${p}fill><${p}patternFill patternType="solid"><${p}fgColor rgb="${TINTS[tint]}"/><${p}bgColor indexed="64"/></${p}patternFill></${p}fill>`
    const existing = this.#addedFills.indexOf(fill)
    return this.#fills.count + (existing >= 0 ? existing : this.#addedFills.push(fill) - 1)
  }

  #find(base: number, format: typeof GENERAL | typeof TEXT, fill: number | undefined): number {
    const xf = this.#xfs[base] ?? this.#xfs[0]
    if (xf === undefined || this.#xfs.length >= MAX_STYLES) return 0
    const end = xf.indexOf('>') + 1
    let tag = withoutAttribute(xf.slice(0, end), 'quotePrefix')
    tag = withAttribute(withAttribute(tag, 'numFmtId', format), 'applyNumberFormat', 1)
    if (format === TEXT) tag = withAttribute(tag, 'quotePrefix', 1)
    if (this.#isLink(tag)) tag = withAttribute(tag, 'fontId', 0)
    if (fill !== undefined) tag = withAttribute(withAttribute(tag, 'fillId', fill), 'applyFill', 1)
    const made = tag + xf.slice(end)
    const isOrdinary =
      fill === undefined && format === GENERAL && !xf.includes('quotePrefix') && !this.#isLink(xf)
    if (isOrdinary && Number(attribute(xf.slice(0, end), 'numFmtId') ?? 0) === GENERAL)
      return this.#xfs.indexOf(xf)
    const existing = this.#xfs.indexOf(made)
    if (existing >= 0) return existing
    this.#added.push(made)
    return this.#xfs.push(made) - 1
  }

  /** Text beside a link is not one. */
  #isLink(tag: string): boolean {
    const font = this.#fonts[Number(attribute(tag, 'fontId') ?? 0)] ?? ''
    return new RegExp(`<${this.#prefix}u[\\s/>]`).test(font)
  }
}

function elementsIn(source: string, name: string): string[] {
  return (
    source.match(new RegExp(`<${name}(?:\\s[^>]*)?/>|<${name}(?:\\s[^>]*)?>[\\s\\S]*?</${name}\\s*>`, 'g')) ??
    []
  )
}
