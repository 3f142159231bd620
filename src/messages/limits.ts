import type { Prompt } from './prompt.ts'
import { clip } from './rich-text.ts'

/**
 * Limits that every Prompt and Form keeps, so that every face can show all of it: the lower value of Slack’s Block
 * Kit (docs.slack.dev/reference/block-kit) and Discord’s components (docs.discord.com/developers/components).
 */
export const PROMPT_LIMITS = {
  /** Slack: header 150 */
  titleChars: 150,
  /** Slack: 3,000 a section; Discord: 4,000 in the whole message, the table included */
  lineChars: 2_600,
  /** headings and cells together; rendering may add a few characters per cell */
  tableChars: 700,
  tableColumns: 8,
  tableRows: 5,
  cellChars: 40,
  /** Discord: 40 components in all */
  selects: 3,
  buttons: 10,
  /** Discord: 25 */
  options: 25,
  /** Slack: option text, description and value 75, button 75; Discord: 100, button 80 */
  optionChars: 75,
  buttonChars: 75,
  /** of options: a workflow’s id is the longest; all of a message’s components count together */
  valueChars: 36,
  /** Discord: 100 */
  idChars: 100,
  selectLabelChars: 100,
  /** Slack: 24; Discord: 45 */
  formTitleChars: 24,
  /** Discord: 5 */
  fields: 5,
  /** Discord: label 45, description 100 */
  fieldLabelChars: 45,
  fieldHintChars: 100,
  /** Slack: 10; Discord: 10 */
  filesInField: 10,
} as const

/** A message of one or a few sentences, without buttons. */
export function sentences(...lines: string[]): Prompt {
  return titled('', ...lines)
}

export function titled(title: string, ...lines: string[]): Prompt {
  return {
    title: clip(title, PROMPT_LIMITS.titleChars),
    lines: lines.map((line) => [clip(line, MAX_CHARS)]),
    selects: [],
    buttons: [],
  }
}

const MAX_CHARS = 1_000
