import type { ActionsBlock, Button, KnownBlock, PlainTextOption, StaticSelect } from '@slack/types'
import type { Button as PromptButton, Option, Prompt, Select } from '../../wizard/prompt.ts'
import { clip, SLACK_LIMITS } from './limits.ts'
import { richText } from './rich-text.ts'
import { tableAsText, tableBlock } from './table.ts'

/** Clicks on buttons that only lead somewhere come in, too, and are to be known. */
export const LINK_ACTION = 'link:'

/** `text`: the table as preformatted text. */
export type TableStyle = 'table' | 'text'

/**
 * @param stamp another one at every showing: Slack's client keeps what was chosen in a select as long as its block's
 * id stays the same, and then shows an old choice instead of the one that counts
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

export function plain(text: string, chars: number) {
  return { type: 'plain_text' as const, text: clip(text, chars), emoji: false }
}

function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements }
}

function selectElement({ id, label, options, selected }: Select): StaticSelect {
  const initial = options.find(({ value }) => value === selected)
  return {
    type: 'static_select',
    action_id: id,
    placeholder: plain(label, SLACK_LIMITS.placeholderChars),
    options: options.slice(0, SLACK_LIMITS.options).map(option),
    // It must be one of the options to the letter, or Slack refuses the message.
    ...(initial && { initial_option: option(initial) }),
  }
}

function option({ value, label, description }: Option): PlainTextOption {
  return {
    text: plain(label, SLACK_LIMITS.optionChars),
    value,
    ...(description && { description: plain(description, SLACK_LIMITS.optionChars) }),
  }
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
