import type { Sentence } from './sentence.ts'
import { createHash } from 'node:crypto'

/** What a paused run asks a person, at a node of its workflow that waits for one. */
export interface RunForm {
  /** Dify's id of it */
  formId: string
  /** opens the form for anybody who has it, so it is only here encrypted; null: the form is answered in Dify alone */
  token: string | null
  nodeId: string
  /** as the workflow names the node */
  nodeTitle: string
  /** Markdown with the row's values filled in; where a field stands in it: `{{#$output.name#}}` */
  content: string
  fields: RunFormField[]
  /** the buttons, at least one of which ends the form */
  actions: RunFormAction[]
  /** ms since 1970; null: Dify does not say */
  expiresAt: number | null
}

export const FIELD_TYPES = ['text', 'paragraph', 'select', 'file', 'file-list'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

/** One field of a form. */
export interface RunFormField {
  name: string
  type: FieldType
  /** what it contains at first; empty: nothing */
  initial: string
  /** select */
  options: string[]
}

export interface RunFormAction {
  id: string
  title: string
  /** Dify's name of how the button looks: primary, default, accent, ghost */
  style: string
}

/**
 * What is known of a form. `answering`: an answer is on its way, and it is not known whether Dify has it. `elsewhere`:
 * answered, but not through Rowbot, or the run went on without an answer. `expired`: nobody answered in time.
 */
export type FormStatus = 'open' | 'answering' | 'answered' | 'elsewhere' | 'expired'

/** What a person has answered: which button, and the values by the fields' names. */
export interface RunFormAnswer {
  action: string
  inputs: Record<string, string>
}

/** What Dify said to an answer. `error`: its words. */
export type AnswerResult =
  /** it is answered now, and the run goes on */
  | { kind: 'taken' }
  /** a value or the button is wrong */
  | { kind: 'refused'; error: Sentence }
  /** somebody was quicker */
  | { kind: 'answered before' }
  /** its time is up, or Dify does not have it any more */
  | { kind: 'gone'; error: Sentence }
  /** not known whether it has arrived */
  | { kind: 'lost'; error: Sentence }
  /** it has not arrived */
  | { kind: 'not sent'; error: Sentence }

/** Whether a form can still be answered, as Dify says. */
export type FormState = 'open' | 'answered' | 'gone' | 'unknown'

/** The same for every form that asks the same: the same node, fields and buttons, whatever the row's values are. */
export function alikeKey({
  nodeId,
  fields,
  actions,
}: Pick<RunForm, 'nodeId' | 'fields' | 'actions'>): string {
  const asked = JSON.stringify([
    nodeId,
    fields.map(({ name, type, options }) => [name, type, options]),
    actions,
  ])
  return createHash('sha256').update(asked).digest('hex').slice(0, 32)
}

/** The text of a form for people: without the marks where its fields stand. */
export function formText({ content }: Pick<RunForm, 'content'>): string {
  return content
    .replaceAll(/\{\{#\$output\.[^#]*#\}\}/g, '')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
