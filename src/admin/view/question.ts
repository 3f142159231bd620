import type { Words } from '../../words/words.ts'
import { type Html, html } from './html.ts'

export interface Question {
  title: string
  /** what it will do, to how many */
  text: string
  /** where the answer is sent, and what goes with it */
  action: string
  hidden?: Record<string, string>
  yes: string
  isDanger: boolean
  /** the page that is shown if it is not done */
  back: string
}

/** Asked before what cannot simply be undone: in a dialog, or as a page of its own. */
export function question(
  { title, text, action, hidden = {}, yes, isDanger, back }: Question,
  { page }: Words,
): Html {
  return html`<article id="question">
    <h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    <form
      action="${action}"
      method="post"
      hx-post="${action}"
      hx-target="#main"
      hx-select="#main"
      hx-swap="outerMorph"
      class="acts"
    >
      ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <button class="${isDanger ? 'danger' : ''}">${yes}</button>
      <a href="${back}" role="button" class="outline" data-close>${page.confirm.no}</a>
    </form>
  </article>`
}
