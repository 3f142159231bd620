import type { Line, Prompt, Span } from '../../messages/prompt.ts'
import { clip, SLACK_LIMITS } from './limits.ts'

/**
 * Escapes the three characters that are markup for Slack: https://docs.slack.dev/messaging/formatting-message-text
 */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The text for notifications, which show its beginning, and screen readers. Blocks show real mentions; here they are names only. */
export function textOf({ title, notice, lines, table }: Prompt): string {
  const rows = table ? [table.headings, ...table.rows].map((cells) => cells.join(' · ')) : []
  const words = [notice ?? title, ...lines.map((line) => line.map(wordsOf).join('')), ...rows].filter(Boolean)
  return escapedWithin(words.join('\n') || '…', SLACK_LIMITS.messageTextChars)
}

/** One line next to a file, where Slack accepts no blocks. */
export function mrkdwn(line: Line): string {
  return line.map(marked).join('')
}

function marked(span: Span): string {
  if (typeof span === 'string') return escape(span)
  if ('bold' in span) return `*${escape(span.bold.replaceAll('*', '∗'))}*`
  if ('code' in span) return `\`${escape(span.code.replaceAll('`', 'ˋ'))}\``
  if ('person' in span) return `<@${span.person.id}>`
  if ('time' in span)
    return `<!date^${Math.floor(span.time / 1000)}^${span.withDate ? '{date_short_pretty} {time}' : '{time}'}|${escape(span.text)}>`
  return `<${span.url}|${escape(span.link).replaceAll('|', '¦')}>`
}

function wordsOf(span: Span): string {
  if (typeof span === 'string') return span
  if ('bold' in span) return span.bold
  if ('code' in span) return span.code
  if ('person' in span) return `@${span.person.name}`
  if ('time' in span) return span.text
  return span.link
}

/** Escaping makes texts longer; cutting after it could leave half of an `&amp;`. */
function escapedWithin(text: string, chars: number): string {
  for (let room = chars; ; room = Math.floor(room / 2)) {
    const escaped = escape(clip(text, room))
    if (escaped.length <= chars) return escaped
  }
}
