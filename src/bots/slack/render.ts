import type {
  ActionsBlock,
  Button,
  KnownBlock,
  RichTextBlock,
  TableBlock,
  RichTextElement,
  RichTextSection,
} from '@slack/types'
import type { Button as PromptButton, Prompt, Table, Line, Span } from '../../messages/prompt.ts'
import { phoneLines } from '../../messages/columns.ts'
import { fitting } from '../../messages/smaller.ts'
import { SLACK_LIMITS } from './limits.ts'
import { plain } from './plain.ts'
import { selectElement } from './render-select.ts'

/** Prefix for link buttons: Slack sends their clicks, too, and they must be recognized. */
export const LINK_ACTION = 'link:'

/** `text`: the table as preformatted text. */
export type TableStyle = 'table' | 'text'

/** As much of a prompt as Slack takes in a message. @param size see messages/smaller.ts */
export function blocksWithin(
  prompt: Prompt,
  stamp: string,
  tables: TableStyle,
  size = 0,
): { blocks: KnownBlock[]; size: number } {
  const fits = (shrunk: Prompt) => charsOf(blocksOf(shrunk, stamp, tables)) <= SLACK_LIMITS.blocksChars
  const found = fitting(prompt, fits, size)
  return { blocks: blocksOf(found.prompt, stamp, tables), size: found.size }
}

/** Every text in the blocks, ids and values too: Slack does not say what it counts. */
function charsOf(part: unknown): number {
  if (typeof part === 'string') return part.length
  if (typeof part !== 'object' || part === null) return 0
  return Object.values(part).reduce((sum: number, inner) => sum + charsOf(inner), 0)
}

/**
 * @param stamp must be new at each rendering: Slack’s client keeps what was chosen in a select for as long as its
 * block’s id stays the same, and would show an old choice
 */
export function blocksOf(prompt: Prompt, stamp: string, tables: TableStyle = 'table'): KnownBlock[] {
  const { title, lines, table, selects, buttons } = prompt
  const blocks: KnownBlock[] = []
  if (title) blocks.push({ type: 'header', text: plain(title, SLACK_LIMITS.headerChars) })
  if (lines.some((line) => line.length > 0)) blocks.push(richText(lines))
  if (table) blocks.push(tables === 'table' ? tableBlock(table) : tableAsText(table))
  if (selects.length > 0) blocks.push(actions(`${stamp}:selects`, selects.map(selectElement)))
  if (buttons.length > 0) blocks.push(actions(`${stamp}:buttons`, buttons.map(buttonElement)))
  return blocks
}

function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements }
}

function buttonElement(button: PromptButton, index: number): Button {
  const text = plain(button.label, SLACK_LIMITS.buttonTextChars)
  if (button.url !== undefined)
    return { type: 'button', action_id: `${LINK_ACTION}${index}`, text, url: button.url }
  return {
    type: 'button',
    action_id: button.id,
    text,
    ...(button.style && { style: button.style }),
  }
}

/** A cell may not be empty. */
const BLANK = ' '

export function tableBlock({ headings, rows }: Table): TableBlock {
  return {
    type: 'table',
    rows: [headings, ...rows].map((cells) =>
      cells.map((text) => ({ type: 'raw_text', text: text || BLANK })),
    ),
    column_settings: headings.map(() => ({ is_wrapped: true })),
  }
}

/**
 * For the home tab, which allows no tables, and for workspaces that do not have them yet. Slack lays out its own tables
 * for a phone; of this text, a phone would break wide lines.
 */
export function tableAsText({ headings, rows }: Table): RichTextBlock {
  const text = phoneLines([headings, ...rows]).join('\n')
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: text || BLANK }] }],
  }
}

/*
 * Lines as rich text: its elements are data, not markup, so text from a cell cannot become a mention, a link or a
 * style. `<!channel>` in a sheet is nine characters here and pings nobody.
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

/** Slack refuses a message that has an empty text. */
function add(elements: RichTextElement[], span: Span): void {
  if (typeof span === 'string') addText(elements, span)
  else if ('bold' in span) addStyled(elements, span.bold, { bold: true })
  else if ('code' in span) addStyled(elements, span.code, { code: true })
  else if ('person' in span) elements.push({ type: 'user', user_id: span.person.id })
  else if ('time' in span)
    elements.push({
      type: 'date',
      timestamp: Math.floor(span.time / 1000),
      format: span.withDate ? '{date_short_pretty} {time}' : '{time}',
      fallback: span.text,
    })
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
