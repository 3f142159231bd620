import { attribute, endOfMarkup } from '../../read/xml.ts'
import { areaOf } from './area.ts'
import { withAttribute } from '../carried/xml-text.ts'
import { spanning } from './head.ts'
import type { ColumnPlace } from './place.ts'

/** A row’s text, taken apart. */
export interface RowText {
  tag: string
  /** its cells before the added columns */
  before: string
  after: string
  /** the style of its cell beside them, or of the last one before that; 0 if there is none */
  style: number
}

/**
 * Takes a row apart at the place of the added columns. Empty cells in their place are left out.
 * @param text a whole row: `<row …>…</row>`
 * @param mayReach the sheet has cells at the added columns or beyond them, which costs time to find
 */
export function takeApart(text: string, prefix: string, place: ColumnPlace, mayReach: boolean): RowText {
  const end = endOfMarkup(text, 0)
  const tag = text.slice(0, end)
  if (tag.endsWith('/>')) return { tag: `${tag.slice(0, -2).trimEnd()}>`, before: '', after: '', style: 0 }
  const whole = text.slice(end, text.lastIndexOf('</'))
  const extension = extensionAt(whole, prefix)
  const inside = extension < 0 ? whole : whole.slice(0, extension)
  const rest = extension < 0 ? '' : whole.slice(extension)
  if (!mayReach) {
    const last = inside.lastIndexOf(`<${prefix}c `)
    const style = last < 0 ? 0 : styleOf(inside.slice(last, endOfMarkup(inside, last)))
    return { tag, before: inside, after: rest, style }
  }
  let before = inside.length
  let after = inside.length
  let style = 0
  for (const cell of childrenIn(inside, `${prefix}c`)) {
    const column = areaOf(attribute(cell.tag, 'r'))?.left ?? 0
    if (column <= place.beside) style = styleOf(cell.tag)
    if (column < place.first) continue
    before = Math.min(before, cell.start)
    if (column <= place.last) continue
    after = cell.start
    break
  }
  return { tag, before: inside.slice(0, before), after: inside.slice(after) + rest, style }
}

/** A row with cells in the place of the added columns. */
export function putTogether(
  { tag, before, after }: RowText,
  cells: string,
  prefix: string,
  last: number,
): string {
  return `${spanning(tag, last)}${before}${cells}${after}</${prefix}row>`
}

/**
 * A row’s tag with at least this height.
 * @param usual the height of the sheet’s rows that do not have one of their own, in points
 */
export function atLeastAsHigh(tag: string, points: number, usual: number): string {
  const own = Number(attribute(tag, 'ht') ?? usual)
  if (own >= points) return tag
  return withAttribute(withAttribute(tag, 'ht', points), 'customHeight', 1)
}

/** Where the row’s own extensions begin, after its cells; -1 if it has none. A cell may have some, too. */
function extensionAt(inside: string, prefix: string): number {
  if (!inside.includes(`<${prefix}extLst`)) return -1
  for (const { start } of childrenIn(inside, `${prefix}extLst`)) return start
  return -1
}

function* childrenIn(inside: string, name: string): Generator<{ tag: string; start: number }> {
  let depth = 0
  for (let at = inside.indexOf('<'); at >= 0; at = inside.indexOf('<', at)) {
    const end = endOfMarkup(inside, at)
    if (end < 0) return
    const second = inside.charCodeAt(at + 1)
    if (second === 0x2f /* / */) depth--
    else if (second !== 0x21 /* ! */ && second !== 0x3f /* ? */) {
      const tag = inside.slice(at, end)
      if (depth === 0 && tag.startsWith(name, 1) && /^[\s/>]/.test(tag.slice(name.length + 1)))
        yield { tag, start: at }
      if (!tag.endsWith('/>')) depth++
    }
    at = end
  }
}

function styleOf(tag: string): number {
  const style = Number(attribute(tag, 's') ?? 0)
  return Number.isInteger(style) && style >= 0 ? style : 0
}
