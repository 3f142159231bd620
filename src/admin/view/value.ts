import { type Html, html } from './html.ts'
import { z } from 'zod'
import type { Workflow } from '../../engine/workflow.ts'

/** Longer texts are folded; very long ones are shown in full only on the row’s own page. */
const SHOWN_CHARS = 160
const FOLDED_CHARS = 4_000

/** The text of a cell, an input or an output. null and undefined are empty. */
export function textOf(value: unknown, indent?: number): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value, null, indent) ?? '')
}

/** Files that came along, by name and size, in place of their JSON; `at` gives the address of their bytes. */
export function filesOf(value: unknown, at: FileAddress): Html | undefined {
  const files = (Array.isArray(value) ? value : [value]).map((one) => LOCAL_FILE.safeParse(one))
  if (files.length === 0 || files.some(({ success }) => !success)) return undefined
  return html`${files.map(({ data }, i) =>
    data
      ? html`${i > 0 ? ', ' : ''}<a href="${at(data.sha256)}" download>${isolated(data.name)}</a>
          <span class="faint">${sizeText(data.size)}</span>`
      : '',
  )}`
}

export type FileAddress = (sha256: string) => string

const LOCAL_FILE = z.object({
  transfer_method: z.literal('local_file'),
  name: z.string(),
  sha256: z.string(),
  size: z.number(),
})

export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Text of other people, isolated so that its direction marks do not affect the text around it. */
export function isolated(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** The beginning of a text. */
export function clipped(text: string, chars: number): Html {
  return isolated(text.length > chars ? `${cut(text, chars)}…` : text)
}

/** A long text: its beginning, and the rest on a click. */
export function folded(text: string): Html {
  if (text.length <= SHOWN_CHARS) return isolated(text)
  const rest = text.length > FOLDED_CHARS ? `${cut(text, FOLDED_CHARS)}…` : text
  return html`<details class="fold">
    <summary>${isolated(`${cut(text, SHOWN_CHARS)}…`)}</summary>
    <div>${isolated(rest)}</div>
  </details>`
}

/** `name  value` for each, folded, for a list of rows. */
export function fields(entries: [string, unknown][]): Html {
  return named(entries.map(([name, value]) => [name, folded(textOf(value))]))
}

/** All values in full, objects and lists on several lines. */
export function wholeFields(entries: [string, unknown][], at?: FileAddress): Html {
  return named(
    entries.map(([name, value]) => [name, (at && filesOf(value, at)) ?? isolated(textOf(value, 1))]),
  )
}

function named(entries: [string, Html][]): Html {
  return html`<div class="fields">
    ${entries.map(([name, value]) => html`<div><b>${isolated(name)}</b> ${value}</div>`)}
  </div>`
}

/** Never cuts a surrogate pair in two. */
function cut(text: string, chars: number): string {
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(chars - 1))
  return text.slice(0, isHalf ? chars - 1 : chars)
}

/** Characters that change the direction of the text around them, or are invisible. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cc}/gu

/** Other people’s text on one line, to be quoted in a sentence of ours. */
export function plainText(text: string): string {
  return text.replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim()
}

/** A workflow whose name and descriptions are made safe by `plainText`. */
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
