import type { Line, Span } from './prompt.ts'

export const bold = (text: string): Span => ({ bold: text })
export const code = (text: string): Span => ({ code: text })

/** At most `max` characters, with an ellipsis at the cut. Never cuts a code point in two. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  let fitted = ''
  for (const char of text) {
    if (fitted.length + char.length > max - 1) break
    fitted += char
  }
  return `${fitted}…`
}

/** `a · b · c`, without the parts that are missing. */
export function dotted(...parts: (Span | Line | undefined | false)[]): Line {
  const there = parts.filter((part): part is Span | Line => Boolean(part))
  return there.flatMap((part, i) => [...(i > 0 ? [' · '] : []), ...(Array.isArray(part) ? part : [part])])
}

export function lengthOf(line: Line): number {
  return line.reduce((sum, span) => sum + textOf(span).length, 0)
}

export function textOfLines(lines: Line[]): string {
  return lines.map((line) => line.map(textOf).join('')).join(' ')
}

/** As many of the lines as fit, each clipped; `rest` makes the line that says how many did not fit. */
export function fitLines(lines: Line[], maxChars: number, rest: (left: number) => string): Line[] {
  const fitted: Line[] = []
  let chars = 0
  for (const [i, line] of lines.entries()) {
    const clipped = clipLine(line, LINE_CHARS)
    const more = rest(lines.length - i)
    if (chars + lengthOf(clipped) + 1 > maxChars - more.length) return [...fitted, [more]]
    fitted.push(clipped)
    chars += lengthOf(clipped) + 1
  }
  return fitted
}

/** Longer lines come from very long cells, and are clipped. */
const LINE_CHARS = 400

/** At most `max` characters of a line. */
export function clipLine(line: Line, max: number): Line {
  let left = max
  return line.flatMap((span) => {
    if (left <= 0) return []
    const text = textOf(span)
    const clipped = clip(text, left)
    left -= clipped.length
    return [clipped === text ? span : withText(span, clipped)]
  })
}

function textOf(span: Span): string {
  if (typeof span === 'string') return span
  if ('bold' in span) return span.bold
  if ('code' in span) return span.code
  if ('person' in span) return span.person.name
  if ('time' in span) return span.text
  return span.link
}

function withText(span: Span, text: string): Span {
  if (typeof span === 'string') return text
  if ('bold' in span) return { bold: text }
  if ('code' in span) return { code: text }
  return 'link' in span ? { ...span, link: text } : span
}
