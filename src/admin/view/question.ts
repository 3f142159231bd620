import type { Words } from '../../words/words.ts'
import { type Html, html } from './html.ts'
import { inPlace } from './in-place.ts'

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
export function question(asked: Question, { page }: Words): Html {
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
