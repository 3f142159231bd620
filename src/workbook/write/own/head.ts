import { attribute } from '../../read/xml.ts'
import { withAttribute, withoutAttribute } from '../carried/xml-text.ts'
import { type Area, areaOf, referenceTo } from './area.ts'

/**
 * A sheet’s text before its rows, with its dimension grown and widths for added columns.
 * @param widths of the columns from `added.left` on, in characters
 */
export function withColumns(head: string, prefix: string, added: Area, widths: number[]): string {
  return withWidths(withDimension(head, prefix, added), prefix, added.left, widths)
}

function withDimension(head: string, prefix: string, added: Area): string {
  const tag = new RegExp(`<${prefix}dimension\\b[^>]*>`).exec(head)?.[0]
  if (tag === undefined) return head
  const before = areaOf(attribute(tag, 'ref'))
  const after = before && {
    left: Math.min(before.left, added.left),
    top: Math.min(before.top, added.top),
    right: Math.max(before.right, added.right),
    bottom: Math.max(before.bottom, added.bottom),
  }
  return after ? head.replace(tag, () => withAttribute(tag, 'ref', referenceTo(after))) : head
}

/**
 * The list of widths must be in order and without overlaps; each entry is for a range of columns. The added columns
 * keep the style that the person gave to theirs: it is that of the empty cells below the table.
 */
function withWidths(head: string, prefix: string, first: number, widths: number[]): string {
  const last = first + widths.length - 1
  const list = new RegExp(`<${prefix}cols\\b[^>]*?(?:/>|>([\\s\\S]*?)</${prefix}cols\\s*>)`).exec(head)
  const before: string[] = []
  const after: string[] = []
  const styles = new Map<number, string>()
  for (const tag of list?.[1]?.match(new RegExp(`<${prefix}col\\b[^>]*>`, 'g')) ?? []) {
    const min = Number(attribute(tag, 'min'))
    const max = Number(attribute(tag, 'max'))
    if (min < first) before.push(withAttribute(closed(tag), 'max', Math.min(max, first - 1)))
    if (max > last) after.push(withAttribute(closed(tag), 'min', Math.max(min, last + 1)))
    const style = attribute(tag, 'style')
    if (style === undefined) continue
    for (let column = Math.max(min, first); column <= Math.min(max, last); column++) styles.set(column, style)
  }
  const added = widths.map((width, i) => {
    const style = styles.get(first + i)
    const given = `min="${first + i}" max="${first + i}" width="${width}"${style === undefined ? '' : ` style="${style}"`}`
    return `<${prefix}col ${given} customWidth="1"/>`
  })
  const columns = `<${prefix}cols>${[...before, ...added, ...after].join('')}</${prefix}cols>`
  if (list) return head.replace(list[0], () => columns)
  const at = head.lastIndexOf(`<${prefix}sheetData`)
  return head.slice(0, at) + columns + head.slice(at)
}

/** The height of rows that do not have one of their own, in points. @param head a sheet’s text before its rows */
export function usualHeight(head: string, prefix: string): number {
  const tag = new RegExp(`<${prefix}sheetFormatPr\\b[^>]*>`).exec(head)?.[0] ?? ''
  return Number(attribute(tag, 'defaultRowHeight') ?? 0)
}

/** An element has a second form, `<col …></col>`. */
function closed(tag: string): string {
  return tag.endsWith('/>') ? tag : `${tag.slice(0, -1)}/>`
}

/** A row’s tag with its `spans`, a hint at where its cells are, reaching to `last`. */
export function spanning(tag: string, last: number): string {
  const spans = attribute(tag, 'spans')
  if (spans === undefined) return tag
  const [from, to] = [/^\d+/.exec(spans)?.[0], /\d+$/.exec(spans)?.[0]].map(Number)
  if (!from || !to) return withoutAttribute(tag, 'spans')
  return withAttribute(tag, 'spans', `${from}:${Math.max(to, last)}`)
}
