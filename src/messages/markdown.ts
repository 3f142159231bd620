/*
 * Markdown as people and models write it, as data: nothing of it is markup any more, so every face escapes it as it does
 * any text. What is not recognized stays as it is written. One pass without backtracking: the text may be anything.
 */

export type MarkdownBlock =
  | { kind: 'heading'; line: MarkdownSpan[] }
  | { kind: 'quote'; line: MarkdownSpan[] }
  /** its lines, as they were broken */
  | { kind: 'paragraph'; lines: MarkdownSpan[][] }
  /** `mark`: `•` or `3.`; `depth` from 0 */
  | { kind: 'item'; mark: string; depth: number; line: MarkdownSpan[] }
  | { kind: 'code'; text: string }

export interface MarkdownSpan {
  text: string
  bold?: true
  italic?: true
  code?: true
  /** http or https */
  url?: string
}

const MAX_DEPTH = 5
const ITEM = /^(\s*)(?:[-*+•]|(\d{1,9})[.)])\s+(\S.*)$/
const HEADING = /^ {0,3}#{1,6}\s+(\S.*)$/
const QUOTE = /^ {0,3}>\s?(.*)$/
const FENCE = /^\s*(?:```|~~~)/
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/

export function parseMarkdown(text: string): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = []
  let paragraph: MarkdownSpan[][] = []
  let code: string[] | undefined
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', lines: paragraph })
    paragraph = []
  }
  for (const line of text.split(/\r?\n/)) {
    if (FENCE.test(line)) {
      endParagraph()
      if (code) blocks.push({ kind: 'code', text: code.join('\n') })
      code = code ? undefined : []
    } else if (code) code.push(line)
    else {
      const block = blockOf(line)
      if (block === 'text') paragraph.push(spansOf(line.trim()))
      else {
        endParagraph()
        if (block) blocks.push(block)
      }
    }
  }
  endParagraph()
  if (code && code.length > 0) blocks.push({ kind: 'code', text: code.join('\n') })
  return blocks
}

/** A line that stands for itself. Undefined: it only separates; `text`: it belongs to a paragraph. */
function blockOf(line: string): MarkdownBlock | 'text' | undefined {
  if (line.trim() === '' || RULE.test(line)) return undefined
  const [, indent = '', number, item = ''] = ITEM.exec(line) ?? []
  if (item) {
    const depth = Math.min(MAX_DEPTH, Math.floor(indent.replaceAll('\t', '    ').length / 2))
    return {
      kind: 'item',
      mark: number === undefined ? '•' : `${number}.`,
      depth,
      line: spansOf(item.trim()),
    }
  }
  const heading = HEADING.exec(line)?.[1]
  if (heading) return { kind: 'heading', line: spansOf(heading.replace(/\s+#+\s*$/, '').trim()) }
  const quote = QUOTE.exec(line)?.[1]
  return quote === undefined ? 'text' : { kind: 'quote', line: spansOf(quote.trim()) }
}

const MARKS = ['**', '__', '*', '_', '`'] as const
const ESCAPED = /[!-/:-@[-`{-~]/
const LINK_CHARS = 2_000

/** Of one line. A mark without its partner on the line is text. */
function spansOf(line: string): MarkdownSpan[] {
  const spans: MarkdownSpan[] = []
  const style: { bold?: true; italic?: true } = {}
  const opened = new Set<string>()
  let plain = ''
  const flush = () => {
    if (plain !== '') spans.push({ text: plain, ...style })
    plain = ''
  }
  for (let at = 0; at < line.length;) {
    const char = line[at] ?? ''
    const following = line[at + 1] ?? ''
    if (char === '\\' && ESCAPED.test(following)) {
      plain += following
      at += 2
      continue
    }
    const link = linkAt(line, at)
    if (link) {
      flush()
      spans.push(...link.spans.map((span) => ({ ...span, ...style })))
      at = link.end
      continue
    }
    const mark = MARKS.find((one) => line.startsWith(one, at))
    if (mark === '`') {
      const end = line.indexOf('`', at + 1)
      if (end > at + 1) {
        flush()
        spans.push({ text: line.slice(at + 1, end), code: true })
        at = end + 1
        continue
      }
    } else if (mark && isMark(line, at, mark, opened)) {
      flush()
      const name = mark.length === 2 ? 'bold' : 'italic'
      if (opened.delete(mark)) delete style[name]
      else {
        opened.add(mark)
        style[name] = true
      }
      at += mark.length
      continue
    }
    plain += char
    at += 1
  }
  flush()
  return spans
}

/** Opens before a word and has a partner, or closes after one. An underscore within a word is part of a name. */
function isMark(line: string, at: number, mark: string, opened: Set<string>): boolean {
  const [before, after] = [line[at - 1] ?? ' ', line[at + mark.length] ?? ' ']
  const isUnderscore = mark.startsWith('_')
  if (opened.has(mark)) return before.trim() !== '' && !(isUnderscore && /\w/.test(after))
  if (after.trim() === '' || (isUnderscore && /\w/.test(before))) return false
  return line.indexOf(mark, at + mark.length + 1) > 0
}

const ADDRESS = /^https?:\/\/[^\s<>"'`]+/i
const NAMED_LINK = /^!?\[([^\]\n]{0,500})\]\(\s*([^\s()]{1,2000})[^()\n]{0,200}\)/

/** A link, or a bare address. A link to anything but a website is its text alone. */
function linkAt(line: string, at: number): { spans: MarkdownSpan[]; end: number } | undefined {
  const char = line[at]
  if (char === '[' || (char === '!' && line[at + 1] === '[')) {
    const [whole, label = '', url = ''] = NAMED_LINK.exec(line.slice(at, at + LINK_CHARS + 800)) ?? []
    if (whole === undefined) return undefined
    const text = label.trim() || url
    return { spans: [isWebsite(url) ? { text, url } : { text }], end: at + whole.length }
  }
  if (char !== 'h' && char !== 'H') return undefined
  const [found] = ADDRESS.exec(line.slice(at, at + LINK_CHARS)) ?? []
  const url = found?.replace(/[.,;:!?)\]}*_。，；：！？）」』]+$/, '')
  return url !== undefined && isWebsite(url)
    ? { spans: [{ text: url, url }], end: at + url.length }
    : undefined
}

function isWebsite(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}
