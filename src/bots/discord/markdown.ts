import type { Line, Span } from '../../messages/prompt.ts'

/**
 * Every character that Discord reads as markup somewhere: styles, headings, lists, quotes, spoilers, masked and bare
 * links, mentions, emoji, timestamps (https://docs.discord.com/developers/reference#message-formatting). Each is
 * escaped wherever it stands, since a text does not know what it will stand beside.
 */
const MARKUP = /[\\*_~`|#\-+>[\]()<:@]/g
/** A number with a full stop begins a list. */
const NUMBERED = /^(\s*\d+)\./
/** Line ends, and what turns the direction of the text that follows. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/** A text that is shown as it is, in one line. */
export function escape(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replace(MARKUP, String.raw`\$&`)
    .replace(NUMBERED, String.raw`$1\.`)
}

export function markdown(line: Line): string {
  return line.map(marked).join('')
}

/** For code, in a line or in a block, where nothing can be escaped: only a backtick could end it. */
export function codeText(text: string): string {
  return text.replace(UNSEEN, ' ').replaceAll('`', 'ˋ')
}

/** Whom a line may ping; nothing else in a message may ping anyone. */
export function peopleIn(lines: Line[]): string[] {
  const ids = lines.flat().flatMap((span) => (isMention(span) ? [span.person.id] : []))
  return [...new Set(ids)]
}

function marked(span: Span): string {
  if (typeof span === 'string') return escape(span)
  if ('bold' in span) return span.bold.trim() === '' ? '' : `**${escape(span.bold.trim())}**`
  if ('code' in span) return span.code.trim() === '' ? '' : `\`${codeText(span.code)}\``
  if ('person' in span) return `<@${span.person.id}>`
  return `[${escape(span.link)}](<${encodeURI(decoded(span.url)).replaceAll(')', '%29')}>)`
}

function decoded(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url // a per cent sign of its own
  }
}

function isMention(span: Span): span is Extract<Span, { person: object }> {
  return typeof span !== 'string' && 'person' in span
}
