import { attributes } from '../../read/xml.ts'
import { unescaped } from '../../read/strings.ts'
import { appended, attributeText, withAttribute } from '../carried/xml-text.ts'
import { widened } from './area.ts'

const COLUMN = /<(?:[\w.-]+:)?tableColumn\b([^>]*)>/g

/** The headings of an Excel table: each may be there only once, whatever its case. */
export function headingsOf(table: string): string[] {
  return [...table.matchAll(COLUMN)].map(([, source = '']) => unescaped(attributes(source)['name'] ?? ''))
}

/**
 * An Excel table with further columns at its right edge.
 * @param headings exactly the texts of their heading cells, or Excel repairs the file
 */
export function grown(table: string, from: number, headings: string[]): string {
  const to = from + headings.length
  const ids = [...table.matchAll(COLUMN)].map(([, source = '']) => Number(attributes(source)['id'] ?? 0))
  const firstId = Math.max(0, ...ids) + 1
  const wide = table.replaceAll(/<(?:[\w.-]+:)?(?:table|autoFilter|sortState)\s[^>]*>/g, (tag) =>
    widened(tag, from, to),
  )
  const counted = wide.replace(/<(?:[\w.-]+:)?tableColumns\b[^>]*>/, (tag) =>
    withAttribute(tag, 'count', ids.length + headings.length),
  )
  return appended(counted, 'tableColumns', (prefix) =>
    headings
      .map((heading, i) => `<${prefix}tableColumn id="${firstId + i}" name="${attributeText(heading)}"/>`)
      .join(''),
  )
}
