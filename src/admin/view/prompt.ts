import { type DraftVerb, parseClick } from '../../messages/click-ids.ts'
import type { Button, Line, Prompt, Span } from '../../messages/prompt.ts'
import { html, type Html } from './html.ts'

/**
 * Characters that change the direction of the text after them. In a sentence of ours they come from a quoted cell.
 */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

export function linesOf(lines: Line[]): Html[] {
  return lines.filter((line) => line.length > 0).map((line) => html`<p>${lineOf(line)}</p>`)
}

export function lineOf(line: Line): Html {
  return html`${line.map(spanOf)}`
}

/** Text from a person’s file, isolated so that its direction does not affect the text around it. */
export function isolate(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

function spanOf(span: Span): Html {
  if (typeof span === 'string') return html`${span.replaceAll(BIDI, '')}`
  if ('bold' in span) return html`<strong>${isolate(span.bold)}</strong>`
  if ('code' in span) return html`<span class="theirs">${isolate(span.code)}</span>`
  if ('person' in span) return html`${isolate(span.person.name)}`
  if ('time' in span)
    return html`<time datetime="${new Date(span.time).toISOString()}" data-clock="minutes"
      >${span.text}</time
    >`
  return isWeb(span.url) ? html`<a href="${span.url}" rel="noopener">${span.link}</a>` : html`${span.link}`
}

/** A notice above the content that it is about. */
export function noticeBox({ title, lines }: Prompt): Html {
  return html`<div class="told" role="status">
    ${title === '' ? '' : html`<p><strong>${isolate(title)}</strong></p>`}${linesOf(lines)}
  </div>`
}

export interface Buttons {
  buttons: Button[]
  /** buttons that the page shows in a way of its own */
  except?: DraftVerb[]
}

/** Submit buttons for the enclosing form; those that leave the step stand apart. */
export function buttonsOf({ buttons, except = [] }: Buttons): Html {
  const shown = buttons.filter((button) => !except.some((verb) => verb === verbOf(button.id)))
  const isLeaving = ({ id }: Button) => LEAVING.has(verbOf(id) ?? '')
  return html`${shown.filter((button) => !isLeaving(button)).map(buttonOf)}<span class="apart"
      >${shown.filter(isLeaving).map(buttonOf)}</span
    >`
}

const LEAVING = new Set(['back', 'cancel'])

export function buttonOf({ id, url, label, style }: Button): Html {
  if (url !== undefined)
    return isWeb(url) ? html`<a role="button" class="outline" href="${url}">${label}</a>` : html``
  const verb = verbOf(id)
  const css = style === 'danger' ? 'danger' : style === 'primary' ? '' : buttonClass(verb)
  return html`<button
    class="${css}"
    name="click"
    value="${id}"
    ${LEAVING.has(verb ?? '') ? html`formnovalidate` : ''}
  >
    ${label}
  </button>`
}

function buttonClass(verb: string | undefined): string {
  return LEAVING.has(verb ?? '') ? 'quiet' : 'outline'
}

export function verbOf(id: string | undefined): DraftVerb | undefined {
  const click = id === undefined ? undefined : parseClick(id)
  return click?.of === 'draft' ? click.verb : undefined
}

function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url)
}
