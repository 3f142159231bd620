import type { RichTextBlock, RichTextElement, RichTextSection } from '@slack/types'
import type { Line, Span } from '../../wizard/prompt.ts'

/*
 * Lines as rich text: its elements are data, not markup, so that nothing a cell contains can become a mention, a link
 * or a style. `<!channel>` in a sheet is nine characters here and pings nobody.
 */

export function richText(lines: Line[]): RichTextBlock {
  return { type: 'rich_text', elements: [sectionOf(lines)] }
}

function sectionOf(lines: Line[]): RichTextSection {
  const elements: RichTextElement[] = []
  for (const [index, line] of lines.entries()) {
    if (index > 0) add(elements, '\n')
    for (const span of line) add(elements, span)
  }
  return { type: 'rich_text_section', elements }
}

/** Slack refuses a message for one empty text. */
function add(elements: RichTextElement[], span: Span): void {
  if (typeof span === 'string') addText(elements, span)
  else if ('bold' in span) addStyled(elements, span.bold, { bold: true })
  else if ('code' in span) addStyled(elements, span.code, { code: true })
  else if ('person' in span) elements.push({ type: 'user', user_id: span.person.id })
  else elements.push({ type: 'link', url: span.url, text: span.link || span.url })
}

function addText(elements: RichTextElement[], text: string): void {
  const last = elements.at(-1)
  if (text === '') return
  if (last?.type === 'text' && !last.style) last.text += text
  else elements.push({ type: 'text', text })
}

function addStyled(
  elements: RichTextElement[],
  text: string,
  style: { bold?: boolean; code?: boolean },
): void {
  if (text !== '') elements.push({ type: 'text', text, style })
}
