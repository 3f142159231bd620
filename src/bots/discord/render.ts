import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIMessageTopLevelComponent,
  type APIStringSelectComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js'
import type { Button, Line, Prompt, Select, Table } from '../../messages/prompt.ts'
import { phoneLines } from '../../messages/columns.ts'
import { fitting } from '../../messages/smaller.ts'
import { clip } from '../../messages/rich-text.ts'
import { DISCORD_LIMITS } from './limits.ts'
import { escape, markdown, peopleIn, codeText } from './markdown.ts'

export interface Rendered {
  components: APIMessageTopLevelComponent[]
  allowed_mentions: { parse: []; users: string[] }
}

/**
 * As much of a prompt as Discord takes.
 * @param marker identifies the message later; it becomes part of the component ids, which nobody sees
 */
export function messageOf(prompt: Prompt, marker?: number): Rendered {
  const fits = (shrunk: Prompt) => bytesOf(rendered(shrunk, marker)) <= DISCORD_LIMITS.componentsBytes
  return rendered(fitting(prompt, fits).prompt, marker)
}

/** Chinese is three bytes a character and emoji are four. */
function bytesOf({ components }: Rendered): number {
  return Buffer.byteLength(JSON.stringify(components))
}

function rendered(prompt: Prompt, marker: number | undefined): Rendered {
  const { selects, buttons } = prompt
  const texts = textsOf(prompt)
  const components: APIComponentInContainer[] = [
    ...texts.map((content) => ({ type: ComponentType.TextDisplay as const, content })),
    ...selects.map((select) => row([selectOf(select)])),
    ...inRows(buttons.map(buttonOf)),
  ]
  return {
    components: [{ type: ComponentType.Container, ...(marker !== undefined && { id: marker }), components }],
    allowed_mentions: { parse: [], users: peopleIn(prompt.lines) },
  }
}

/** Title, lines and table within their common limit: escaping has made texts longer. */
function textsOf({ title, lines, table }: Prompt): string[] {
  const heading = title ? `### ${escape(title)}` : ''
  const said = lines.map(markdown)
  let room = DISCORD_LIMITS.textChars - heading.length
  const shown = table && tableAsText(table, room - Math.min(said.join('\n').length, room / 2))
  room -= shown?.length ?? 0
  const texts = [heading, within(said, room), shown ?? ''].filter((text) => text.trim() !== '')
  return texts.length > 0 ? texts : ['…']
}

/** As many whole lines as fit. A cut line could end inside an escape or with an open style. */
function within(lines: string[], room: number): string {
  const fitted: string[] = []
  let left = room - 2
  for (const line of lines) {
    left -= line.length + 1
    if (left < 0) return [...fitted, '…'].join('\n')
    fitted.push(line)
  }
  return fitted.join('\n').trim()
}

/** The line of text above a file. */
export function contentOf(line: Line): string {
  const text = markdown(line)
  if (text.length <= DISCORD_LIMITS.contentChars) return text
  return line.map((span) => (typeof span === 'object' && 'person' in span ? markdown([span]) : '')).join(' ')
}

function row<T extends APIComponentInMessageActionRow>(components: T[]): APIActionRowComponent<T> {
  return { type: ComponentType.ActionRow, components }
}

function inRows(buttons: APIButtonComponent[]): APIActionRowComponent<APIButtonComponent>[] {
  const rows = []
  for (let i = 0; i < buttons.length; i += DISCORD_LIMITS.buttonsInRow)
    rows.push(row(buttons.slice(i, i + DISCORD_LIMITS.buttonsInRow)))
  return rows
}

function selectOf({ id, label, options, selected }: Select): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: id,
    placeholder: clip(label, DISCORD_LIMITS.placeholderChars),
    options: options.slice(0, DISCORD_LIMITS.options).map(({ value, label, description }) => ({
      value,
      label: clip(label, DISCORD_LIMITS.optionChars),
      ...(description && { description: clip(description, DISCORD_LIMITS.optionChars) }),
      default: value === selected,
    })),
  }
}

function buttonOf(button: Button): APIButtonComponent {
  const type = ComponentType.Button
  const label = clip(button.label, DISCORD_LIMITS.buttonLabelChars)
  if (button.url !== undefined) return { type, style: ButtonStyle.Link, label, url: button.url }
  return { type, style: STYLES[button.style ?? 'plain'], label, custom_id: button.id }
}

const STYLES = {
  plain: ButtonStyle.Secondary,
  primary: ButtonStyle.Primary,
  danger: ButtonStyle.Danger,
} as const

/** A table as a code block, which a phone must not break: Discord has no tables. As many rows as there is room for. */
export function tableAsText(table: Table, room: number): string | undefined {
  const [headings = [], ...rows] = [table.headings, ...table.rows].map((cells) => cells.map(codeText))
  for (let shown = rows.length; shown > 0; shown--) {
    const text = block(phoneLines([headings, ...rows.slice(0, shown)]))
    if (text.length <= room) return text
  }
  return undefined
}

function block(lines: string[]): string {
  return `\`\`\`\n${lines.map((line) => line.trimEnd() || ' ').join('\n')}\n\`\`\``
}
