import { clean } from '../to-cell.ts'

// A part’s text is edited instead of generated anew, so that everything that we do not know stays in it.

/** The main part’s namespace in transitional workbooks, the default of all programs. */
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
export const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export interface Namespaces {
  main: string
  rel: string
}

export const TRANSITIONAL: Namespaces = { main: MAIN, rel: REL }
/** ISO/IEC 29500-1, as Excel writes “Strict Open XML Spreadsheet” */
export const STRICT: Namespaces = {
  main: 'http://purl.oclc.org/ooxml/spreadsheetml/main',
  rel: 'http://purl.oclc.org/ooxml/officeDocument/relationships',
}

/** A tag with one attribute set or replaced. */
export function withAttribute(tag: string, name: string, value: string | number): string {
  const pattern = new RegExp(`(\\s${name}\\s*=\\s*)("[^"]*"|'[^']*')`)
  if (pattern.test(tag)) return tag.replace(pattern, (_, before: string) => `${before}"${value}"`)
  return tag.replace(/^<[\w:.-]+/, (start) => `${start} ${name}="${value}"`)
}

/** A tag without one of its attributes. */
export function withoutAttribute(tag: string, name: string): string {
  return tag.replace(new RegExp(`\\s${name}\\s*=\\s*("[^"]*"|'[^']*')`), '')
}

/** Escapes text for the content of an element. */
export function xmlText(text: string): string {
  return clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Escapes text for an attribute in double quotes. */
export function attributeText(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

/** Inserts text before the first match of `pattern` from `start` on; undefined if there is none. */
export function insertBefore(source: string, pattern: RegExp, text: string, start = 0): string | undefined {
  const found = pattern.exec(source.slice(start))
  if (!found) return undefined
  const at = start + found.index
  return source.slice(0, at) + text + source.slice(at)
}

/**
 * Adds to the end of an element’s content, whatever its prefix.
 * @param make gets the prefix with its colon; '' if there is none
 * @throws if there is no such element
 */
export function appended(source: string, element: string, make: (prefix: string) => string): string {
  const end = [...source.matchAll(new RegExp(`</([\\w.-]+:)?${element}\\s*>`, 'g'))].at(-1)
  if (end) return source.slice(0, end.index) + make(end[1] ?? '') + source.slice(end.index)
  const empty = new RegExp(`<([\\w.-]+:)?${element}\\b([^>]*)/>`).exec(source)
  if (!empty) throw new Error(`there is no ${element}`)
  const [tag, prefix = '', attributes = ''] = empty
  const whole = `<${prefix}${element}${attributes}>${make(prefix)}</${prefix}${element}>`
  return source.slice(0, empty.index) + whole + source.slice(empty.index + tag.length)
}

/** A number that no sheet of a workbook has; the workbook’s part is given. */
export function freeSheetId(workbook: string): number {
  const ids = [...workbook.matchAll(/\ssheetId\s*=\s*["'](\d+)["']/g)].map(([, id]) => Number(id))
  return Math.max(0, ...ids) + 1
}

/** The prefix of a part’s root element, with its colon; '' if there is none. */
export function rootPrefix(source: string): string {
  return /<([\w.-]+:)?[\w.-]+[\s/>]/.exec(source.replace(/^[\s\S]*?(?=<[A-Za-z_])/, ''))?.[1] ?? ''
}

/**
 * The same part with its root’s namespace as the default one: `<x:row>` is `<row>` then.
 * @throws if it has another default namespace
 */
export function unprefixed(source: string): string {
  const prefix = rootPrefix(source)
  if (prefix === '') return source
  if (/\sxmlns=/.test(source)) throw new Error('it has two namespaces without a prefix')
  return source
    .replaceAll(new RegExp(`<(/?)${prefix}`, 'g'), '<$1')
    .replace(new RegExp(`\\sxmlns:${prefix.slice(0, -1)}=`), ' xmlns=')
}

export const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

const CONTENT = 'application/vnd.openxmlformats-officedocument.'

/** The content types of the parts that this folder writes. */
export const CONTENT_TYPES = {
  comments: `${CONTENT}spreadsheetml.comments+xml`,
  vmlDrawing: `${CONTENT}vmlDrawing`,
  drawing: `${CONTENT}drawing+xml`,
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

/** The content type list of a workbook with these parts: workbook, styles and sheets. */
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
