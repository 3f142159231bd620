import { clean } from '../to-cell.ts'

// Marking edits the text of a part instead of writing it anew, so that everything in it that we know nothing of stays.

/** The main part's namespaces of transitional workbooks, which all programs write by default. */
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
export const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A tag's text with one attribute set, be it there or not. */
export function withAttribute(tag: string, name: string, value: string | number): string {
  const known = new RegExp(`(\\s${name}\\s*=\\s*)("[^"]*"|'[^']*')`)
  if (known.test(tag)) return tag.replace(known, (_, before: string) => `${before}"${value}"`)
  return tag.replace(/^<[\w:]+/, (start) => `${start} ${name}="${value}"`)
}

/** Text as the content of an element. */
export function xmlText(text: string): string {
  return clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Text before the first place that `pattern` matches from `start` on; undefined where it matches nowhere. */
export function insertBefore(source: string, pattern: RegExp, text: string, start = 0): string | undefined {
  const found = pattern.exec(source.slice(start))
  if (!found) return undefined
  const at = start + found.index
  return source.slice(0, at) + text + source.slice(at)
}
