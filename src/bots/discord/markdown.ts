import type { Line, Span } from '../../messages/prompt.ts'

/**
 * Every character that may be markup for Discord: styles, headings, lists, quotes, spoilers, links, mentions, emoji,
 * timestamps (https://docs.discord.com/developers/reference#message-formatting). Each is escaped everywhere, because
 * a text does not know what will stand next to it.
 */
const MARKUP = /[\\*_~`|#\-+>[\]()<:@]/g
/** A number with a full stop starts a list. */
const NUMBERED = /^(\s*\d+)\./
/** Line breaks, and characters that change the direction of the text after them. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/** Shows a text as it is, on one line. */
export function escape(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replace(MARKUP, String.raw`\$&`)
    .replace(NUMBERED, String.raw`$1\.`)
}

export function markdown(line: Line): string {
  return line.map(marked).join('')
}

/** For inline code and code blocks, where escaping does not work: only a backtick could end them. */
export function codeText(text: string): string {
  return text.replace(UNSEEN, ' ').replaceAll('`', 'ˋ')
}

/** The people that these lines may ping; nothing else in a message may ping anyone. */
export function peopleIn(lines: Line[]): string[] {
  const ids = lines.flat().flatMap((span) => (isMention(span) ? [span.person.id] : []))
  return [...new Set(ids)]
}

function marked(span: Span): string {
  if (typeof span === 'string') return escape(span)
  if ('bold' in span) return span.bold.trim() === '' ? '' : `**${escape(span.bold.trim())}**`
  if ('code' in span) return span.code.trim() === '' ? '' : `\`${codeText(span.code)}\``
  if ('person' in span) return `<@${span.person.id}>`
  if ('time' in span) return `<t:${Math.floor(span.time / 1000)}:${span.withDate ? 'f' : 't'}>`
  return `[${escape(span.link)}](<${encodeURI(decoded(span.url)).replaceAll(')', '%29')}>)`
}

function decoded(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url // not percent-encoded: it has a literal “%”
  }
}

function isMention(span: Span): span is Extract<Span, { person: object }> {
  return typeof span !== 'string' && 'person' in span
}
