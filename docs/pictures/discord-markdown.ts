import type { Piece } from './svg.ts'

/** What one line of a message is, as Discord reads it. */
export type MarkdownLine =
  | { kind: 'heading' | 'text' | 'quote'; pieces: Piece[] }
  | { kind: 'block'; lines: string[] }

const LINK = '#4aa8ff'
const MENTION = { fill: '#c9cdfb', backing: { fill: '#3d4270' } }
const CODE = { mono: true, size: 13, backing: { fill: '#1e1f22', stroke: '#3f4147' } }
const TIME = { backing: { fill: '#3b3d44' } }

/** A code block is one line. @param names people’s names, by id */
export function linesOf(markdown: string, names: Map<string, string>): MarkdownLine[] {
  const lines: MarkdownLine[] = []
  for (const part of markdown.split(/^(```\n[\s\S]*?\n```)$/m)) {
    if (part.startsWith('```')) lines.push({ kind: 'block', lines: part.split('\n').slice(1, -1) })
    else
      for (const line of part.replaceAll(/^\n|\n$/g, '').split('\n')) {
        const [, mark = '', text = ''] = /^(### |> )?(.*)$/.exec(line) ?? []
        const kind = mark === '' ? 'text' : mark === '> ' ? 'quote' : 'heading'
        if (part !== '') lines.push({ kind, pieces: piecesOf(text, names) })
      }
  }
  return lines
}

/** Everything that is no plain text; an escaped character is none. */
const MARKUP =
  /\\[^\w\s]|\*\*(?<bold>(?:\\.|[^*\\])+)\*\*|`(?<code>[^`]+)`|<@(?<person>\d+)>|<t:(?<time>\d+):t>|\[(?<link>(?:\\.|[^\]\\])+)\]\(<(?<url>[^>]*)>\)/g

function piecesOf(text: string, names: Map<string, string>): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of text.matchAll(MARKUP)) {
    pieces.push({ text: text.slice(from, found.index) }, pieceOf(found[0], found.groups ?? {}, names))
    from = found.index + found[0].length
  }
  return [...pieces, { text: text.slice(from) }].filter((piece) => piece.text !== '')
}

function pieceOf(all: string, groups: Record<string, string>, names: Map<string, string>): Piece {
  const { bold, code, person, time, link } = groups
  if (bold !== undefined) return { text: unescaped(bold), weight: 700 }
  if (code !== undefined) return { text: code, ...CODE }
  if (person !== undefined) return { text: `@${names.get(person) ?? 'someone'}`, ...MENTION }
  if (time !== undefined) return { text: timeOf(Number(time)), ...TIME }
  if (link !== undefined) return { text: unescaped(link), fill: LINK }
  return { text: all.slice(1) }
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([^\w\s])/g, '$1')
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(11, 16)
}
