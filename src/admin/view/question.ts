import type { Texts } from '../../messages/texts/texts.ts'
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
  /** the page that is shown afterwards, done or not */
  back: string
  /** asked over that page: what is done is shown in place. Not where the page itself is gone then. */
  isOverPage: boolean
}

/**
 * Asked before what cannot simply be undone: in a dialog, or as a page of its own. Where something is lost, the keys
 * begin at the answer that loses nothing.
 */
export function question(asked: Question, { page }: Texts): Html {
  const { title, text, action, hidden = {}, yes, isDanger, back, isOverPage } = asked
  const sent = Object.entries({ ...hidden, back })
  return html`<article id="question">
    <h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    <form action="${action}" method="post" ${isOverPage ? inPlace(action, back) : ''} class="acts">
      ${sent.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <button class="${isDanger ? 'danger' : ''}">${yes}</button>
      <a href="${back}" role="button" class="outline" data-close ${isDanger ? 'autofocus' : ''}
        >${page.confirm.no}</a
      >
    </form>
  </article>`
}

/**
 * Makes a form show, in place, the region of the page that it leads back to: scroll, filters and what is open stay.
 * Without script the same form leads to the same page.
 */
export function inPlace(action: string, back: string): Html {
  const region = back.startsWith('/batch/') ? '#live' : '#tasks'
  return html`hx-post="${action}" hx-target="${region}" hx-select="${region}" hx-swap="outerMorph"`
}

/** Of a link that asks for a piece of another page into the dialog; a page of its own without script. */
export function inDialog(path: string): Html {
  return html`href="${path}" hx-get="${path}" hx-target="#dialog" hx-select="#question"`
}
