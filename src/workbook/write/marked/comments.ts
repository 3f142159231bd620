import { attribute } from '../../read/xml.ts'
import { MARK_WORD } from './front-sheet.ts'
import { columnOf } from './cells.ts'
import { appended, insertBefore, xmlText } from '../carried/xml-text.ts'
import { escaped } from '../to-cell.ts'

const COMMENT = /<comment\b([^>]*)>([\s\S]*?)<\/comment>/g
/** Our text in a comment. Other programs may have merged it with the person’s own text when saving. */
const OUR_TEXT = new RegExp(`(<t\\b[^>]*>[^<]*?)\\s*${MARK_WORD}[^<]*(</t>)`, 'g')
const EMPTY_RUN = /<r>(?:<rPr>(?:(?!<\/rPr>)[\s\S])*<\/rPr>)?<t\b[^>]*>\s*<\/t><\/r>|<t\b[^>]*>\s*<\/t>/g

/** A comment without runs: another run cannot be added to it. */
const PLAIN_TEXT = /(<text\b[^>]*>\s*)(<t\b[^>]*>[^<]*<\/t>)/

export interface Marked {
  comments: string
  drawing: string
}

/** The cells that have a comment of ours. */
export function markedBefore(comments: string): Set<string> {
  const found = [...comments.matchAll(COMMENT)].filter(([, , text = '']) => text.includes(MARK_WORD))
  return new Set(found.map(([, attributes = '']) => attribute(attributes, 'ref') ?? ''))
}

/**
 * A sheet’s comments, and the drawing that places them, with our earlier ones replaced. The person’s own stay.
 * @param marks by reference
 * @param word with which each of ours begins, so that it is found again
 */
export function withComments(
  before: Partial<Marked>,
  marks: Map<string, string>,
  namespace: string,
  word = MARK_WORD,
): Marked {
  const { source, author } = withAuthor(before.comments ?? noComments(namespace))
  const left = new Map(marks)
  const gone = new Set<string>()
  const remaining = source.replaceAll(COMMENT, (_, attributes: string, content: string) => {
    const reference = attribute(attributes, 'ref') ?? ''
    const own = content
      .replaceAll(OUR_TEXT, '$1$2')
      .replaceAll(EMPTY_RUN, '')
      .replace(PLAIN_TEXT, '$1<r>$2</r>')
    const text = left.get(reference)
    left.delete(reference)
    if (!/<t\b/.test(own) && text === undefined) {
      gone.add(reference)
      return ''
    }
    const added =
      text === undefined ? own : own.replace('</text>', () => `${run(word + text, /<t\b/.test(own))}</text>`)
    return `<comment${attributes}>${added}</comment>`
  })
  const fresh = [...left].map(
    ([reference, text]) =>
      `<comment ref="${reference}" authorId="${author}"><text>${run(word + text, false)}</text></comment>`,
  )
  return {
    comments: inOrder(
      insertBefore(remaining, /<\/commentList>/, fresh.join('')) ??
        remaining.replace(/<commentList\s*\/>/, `<commentList>${fresh.join('')}</commentList>`),
    ),
    drawing: placed(before.drawing ?? NO_DRAWING, [...left.keys()], gone),
  }
}

const AUTHOR = 'Rowbot'

/** The comments with us among their authors, and our place in that list: a note refers to its author by it. */
function withAuthor(source: string): { source: string; author: number } {
  const list = /<authors\b[^>]*>([\s\S]*?)<\/authors>/.exec(source)?.[1] ?? ''
  const authors = [...list.matchAll(/<author\b[^>]*?(?:\/>|>([^<]*)<\/author>)/g)].map(
    ([, name = '']) => name,
  )
  const author = authors.indexOf(AUTHOR)
  if (author >= 0) return { source, author }
  return { source: appended(source, 'authors', () => `<author>${AUTHOR}</author>`), author: authors.length }
}

function noComments(namespace: string): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<comments xmlns="${namespace}"><authors></authors><commentList></commentList></comments>`
}

const NO_DRAWING = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>`

const SHAPE_TYPE =
  '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'

function run(text: string, isSecond: boolean): string {
  return `<r><t xml:space="preserve">${isSecond ? '\n' : ''}${xmlText(escaped(text))}</t></r>`
}

/** Excel repairs a file whose comments are out of order: sorts them by row, then by column. */
function inOrder(source: string): string {
  const all = [...source.matchAll(COMMENT)].map(([comment, attributes = '']) => {
    const reference = attribute(attributes, 'ref') ?? ''
    return { comment, row: rowOf(reference), column: columnOf(reference) }
  })
  const sorted = all.toSorted((a, b) => a.row - b.row || a.column - b.column).map(({ comment }) => comment)
  return source.replace(
    /(<commentList\b[^>]*>)[\s\S]*(<\/commentList>)/,
    (_, open: string, close: string) => open + sorted.join('') + close,
  )
}

function placed(drawing: string, references: string[], gone: Set<string>): string {
  const goneAt = new Set([...gone].map((reference) => `${rowOf(reference) - 1}:${columnOf(reference) - 1}`))
  const remaining = drawing.replaceAll(/<v:shape\s[\s\S]*?<\/v:shape>/g, (shape) =>
    goneAt.has(placeOf(shape)) ? '' : shape,
  )
  const typed = remaining.includes('_x0000_t202"')
    ? remaining
    : remaining.replace('</xml>', () => `${SHAPE_TYPE}</xml>`)
  return typed.replace('</xml>', () => `${references.map(shapeAt).join('')}</xml>`)
}

function placeOf(shape: string): string {
  const row = /<x:Row>\s*(\d+)\s*<\/x:Row>/.exec(shape)?.[1]
  const column = /<x:Column>\s*(\d+)\s*<\/x:Column>/.exec(shape)?.[1]
  return `${row}:${column}`
}

function shapeAt(reference: string, index: number): string {
  const row = rowOf(reference) - 1
  const column = columnOf(reference) - 1
  const anchor = [column + 1, 15, row, 4, column + 4, 15, row + 4, 4].join(', ')
  return (
    `<v:shape id="_x0000_s9${String(index).padStart(5, '0')}" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">` +
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>' +
    `<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${anchor}</x:Anchor>` +
    `<x:AutoFill>False</x:AutoFill><x:Row>${row}</x:Row><x:Column>${column}</x:Column></x:ClientData></v:shape>`
  )
}

function rowOf(reference: string): number {
  return Number(reference.replace(/^[A-Z]+/, ''))
}
