import { type MarkdownBlock, type MarkdownSpan, parseMarkdown } from '../messages/markdown.ts'
import type { Line, Span } from '../messages/prompt.ts'
import { bold, clipLine, code, lengthOf } from '../messages/rich-text.ts'

/** Longer texts are cut before they are read: no card shows more of them. */
const CHARS_READ = 20_000

/**
 * As much of a Markdown text as fits, as lines of a prompt.
 * @param chars in all
 * @returns isCut: there is more
 */
export function markdownLines(text: string, chars: number): { lines: Line[]; isCut: boolean } {
  const all = parseMarkdown(text.slice(0, CHARS_READ)).flatMap(linesOf)
  const lines: Line[] = []
  let left = chars
  for (const line of all) {
    const length = lengthOf(line) + 1
    if (length > left) {
      if (left > 40) lines.push(clipLine(line, left))
      return { lines, isCut: true }
    }
    lines.push(line)
    left -= length
  }
  return { lines, isCut: text.length > CHARS_READ }
}

function linesOf(block: MarkdownBlock): Line[] {
  switch (block.kind) {
    case 'paragraph':
      return block.lines.map((line) => line.flatMap(spansOf))
    case 'heading':
      return [[bold(block.line.map(({ text }) => text).join(''))]]
    case 'quote':
      return [['│ ', ...block.line.flatMap(spansOf)]]
    case 'item':
      return [[`${'   '.repeat(block.depth)}${block.mark} `, ...block.line.flatMap(spansOf)]]
    case 'code':
      return block.text.split('\n').map((line): Line => (line.trim() === '' ? [] : [code(line)]))
  }
}

/** A link is its address: a text that comes from a row must not pretend to lead elsewhere. */
function spansOf({ text, url, ...style }: MarkdownSpan): Span[] {
  if (url !== undefined && text !== url) return [`${text} (`, { link: url, url }, ')']
  if (url !== undefined) return [{ link: url, url }]
  if (style.code) return [code(text)]
  return [style.bold ? bold(text) : text]
}
