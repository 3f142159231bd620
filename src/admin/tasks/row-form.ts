import type { ListedRow } from '../../db/rows/row-list.ts'
import { versionOf } from '../../engine/review.ts'
import { type Html, html } from '../view/html.ts'

/**
 * A form about a row that shows the row again where it is: in the dialog, or on its own page. It carries the row as it was
 * seen, so that nobody acts on what has changed since.
 */
export function rowForm(action: string, row: ListedRow, inside: Html): Html {
  return html`<form
    action="${action}"
    method="post"
    hx-post="${action}"
    hx-target="#question"
    hx-select="#question"
    hx-swap="outerMorph"
  >
    <input type="hidden" name="version" value="${versionOf(row)}" />${inside}
  </form>`
}
