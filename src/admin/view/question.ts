import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from './html.ts'

export interface Question {
  title: string
  /** what it will do, and to how many */
  text: string
  /** URL and fields of the form */
  action: string
  hidden?: Record<string, string>
  yes: string
  isDanger: boolean
  /** the page shown afterwards, whatever the answer */
  back: string
  /** asked over that page, so the result shows in place. False if the act removes that page */
  isOverPage: boolean
}

/**
 * Asked before something that cannot be undone: in a dialog, or as a page of its own. If something is lost by it, the
 * focus starts on the safe answer.
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
 * Makes a form update, in place, the page region that it returns to: scroll position, filters and open menus stay.
 * Without script the form redirects to the same page.
 */
export function inPlace(action: string, back: string): Html {
  const region = back.startsWith('/batch/') ? '#live' : '#tasks'
  return html`hx-post="${action}" hx-target="${region}" hx-select="${region}" hx-swap="outerMorph"`
}

/** For a link that opens a part of another page in the dialog; without script it opens that page. */
export function inDialog(path: string): Html {
  return html`href="${path}" hx-get="${path}" hx-target="#dialog" hx-select="#question"`
}
