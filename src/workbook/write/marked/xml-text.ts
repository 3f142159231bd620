import { clean } from '../to-cell.ts'

// Marking edits the text of a part instead of writing it anew, so that everything in it that we know nothing of stays.

/** The main part's namespaces of transitional workbooks, which all programs write by default. */
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
export const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A tag's text with one attribute set, be it there or not. */
export function withAttribute(tag: string, name: string, value: string | number): string {
  const pattern = new RegExp(`(\\s${name}\\s*=\\s*)("[^"]*"|'[^']*')`)
  if (pattern.test(tag)) return tag.replace(pattern, (_, before: string) => `${before}"${value}"`)
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

export const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

const CONTENT = 'application/vnd.openxmlformats-officedocument.'

/** The content types of the parts that this folder writes. */
export const CONTENT_TYPES = {
  comments: `${CONTENT}spreadsheetml.comments+xml`,
  vmlDrawing: `${CONTENT}vmlDrawing`,
  worksheet: `${CONTENT}spreadsheetml.worksheet+xml`,
  workbook: `${CONTENT}spreadsheetml.sheet.main+xml`,
  styles: `${CONTENT}spreadsheetml.styles+xml`,
} as const

export function relationshipsXml(items: [id: string, type: string, target: string][]): string {
  const list = items.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${REL}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`
}

/** The list of content types of a workbook with these parts: its workbook, its styles and its sheets. */
export function contentTypes(parts: string[]): string {
  const list = parts.map((name) => {
    const kind = name.includes('/worksheets/')
      ? 'worksheet'
      : name.endsWith('styles.xml')
        ? 'styles'
        : 'workbook'
    return `<Override PartName="/${name}" ContentType="${CONTENT_TYPES[kind]}"/>`
  })
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${list.join('')}</Types>`
}
