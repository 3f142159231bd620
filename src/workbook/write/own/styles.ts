import { attribute } from '../../read/xml.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { withAttribute, withoutAttribute } from '../carried/xml-text.ts'

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
  }

  /** For numbers and plain text, like `base`. */
  general(base: number): number {
    return this.#variant(base, GENERAL)
  }

  /** For text that begins like a formula: it stays text when a person edits the cell. */
  text(base: number): number {
    return this.#variant(base, TEXT)
  }

  /** The same style with the text at the bottom of the cell: a picture is above it. */
  atBottom(style: number): number {
    const xf = this.#xfs[style] ?? ''
    const tag = new RegExp(`<${this.#prefix}alignment\\b[^>]*>`).exec(xf)?.[0] ?? ''
    const isThere = (attribute(tag, 'vertical') ?? 'bottom') === 'bottom'
    if (isThere || this.#xfs.length >= MAX_STYLES) return style
    return this.#add(xf.replace(tag, () => withoutAttribute(tag, 'vertical')))
  }

  toString(): string {
    if (this.#added.length === 0) return this.#source
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

  #variant(base: number, format: typeof GENERAL | typeof TEXT): number {
    const key = `${base} ${format}`
    const made = this.#made.get(key)
    if (made !== undefined) return made
    const style = this.#find(base, format)
    this.#made.set(key, style)
    return style
  }

  #find(base: number, format: typeof GENERAL | typeof TEXT): number {
    const xf = this.#xfs[base] ?? this.#xfs[0]
    if (xf === undefined || this.#xfs.length >= MAX_STYLES) return 0
    const end = xf.indexOf('>') + 1
    let tag = withoutAttribute(xf.slice(0, end), 'quotePrefix')
    tag = withAttribute(withAttribute(tag, 'numFmtId', format), 'applyNumberFormat', 1)
    if (format === TEXT) tag = withAttribute(tag, 'quotePrefix', 1)
    if (this.#isLink(tag)) tag = withAttribute(tag, 'fontId', 0)
    const made = tag + xf.slice(end)
    const isOrdinary = format === GENERAL && !xf.includes('quotePrefix') && !this.#isLink(xf)
    if (isOrdinary && Number(attribute(xf.slice(0, end), 'numFmtId') ?? 0) === GENERAL)
      return this.#xfs.indexOf(xf)
    return this.#add(made)
  }

  #add(xf: string): number {
    const existing = this.#xfs.indexOf(xf)
    if (existing >= 0) return existing
    this.#added.push(xf)
    return this.#xfs.push(xf) - 1
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
