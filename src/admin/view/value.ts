import { type Html, html } from './html.ts'
import type { Workflow } from '../../engine/workflow.ts'

/** Longer texts are folded; what is longer still is whole on the row’s own page. */
const SHOWN_CHARS = 160
const FOLDED_CHARS = 4_000

/** A value of a cell, an input or an output as text: `null` and nothing are empty. */
export function textOf(value: unknown, indent?: number): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value, null, indent) ?? '')
}

/** Somebody’s text, which turns nothing around it, whatever marks it has. */
export function isolated(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** A text that may be long: its beginning, and the rest on a click. */
export function folded(text: string): Html {
  if (text.length <= SHOWN_CHARS) return isolated(text)
  const rest = text.length > FOLDED_CHARS ? `${cut(text, FOLDED_CHARS)}…` : text
  return html`<details class="fold">
    <summary>${isolated(`${cut(text, SHOWN_CHARS)}…`)}</summary>
    <div>${isolated(rest)}</div>
  </details>`
}

/** `name  value` for each, folded: a row among others. */
export function fields(entries: [string, unknown][]): Html {
  return named(entries.map(([name, value]) => [name, folded(textOf(value))]))
}

/** The same in full, with what has parts on a line for each. */
export function wholeFields(entries: [string, unknown][]): Html {
  return named(entries.map(([name, value]) => [name, isolated(textOf(value, 1))]))
}

function named(entries: [string, Html][]): Html {
  return html`<div class="fields">
    ${entries.map(([name, value]) => html`<div><b>${isolated(name)}</b> ${value}</div>`)}
  </div>`
}

/** Not through the middle of a character that has two halves. */
function cut(text: string, chars: number): string {
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(chars - 1))
  return text.slice(0, isHalf ? chars - 1 : chars)
}

/** Marks that turn or hide what stands around them. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cc}/gu

/** One line of somebody else’s words, for the middle of a sentence of ours. */
export function plainText(text: string): string {
  return text.replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim()
}

/** A workflow whose name and words stay in their places. */
export function plainWorkflow(workflow: Workflow): Workflow {
  return {
    ...workflow,
    name: plainText(workflow.name),
    description: plainText(workflow.description),
    variables: workflow.variables.map((variable) => ({
      ...variable,
      name: plainText(variable.name),
      label: plainText(variable.label),
      ...(variable.options && { options: variable.options.map(plainText) }),
    })),
  }
}
