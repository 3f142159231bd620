import type { Draft } from '../../../wizard/draft.ts'
import { endedText } from '../../../wizard/says.ts'
import type { Words } from '../../../words/words.ts'
import { html, type Html } from '../html.ts'
import { theirs } from '../prompt.ts'
import { draftPath } from './step-view.ts'

/** A draft that is over, or whose file is still being read, and where to go from here. */
export function endedView(draft: Draft, words: Words): Html {
  const { newTask, wizard } = words
  const isReading = draft.status === 'reading'
  return html`<article class="empty">
    <h1>${theirs(draft.fileName)}</h1>
    <p>${isReading ? wizard.reading : endedText({ ...draft, locale: words.locale })}</p>
    <p>${way()}</p>
  </article>`

  function way(): Html {
    if (isReading) return html`<a href="${draftPath(draft.id)}" role="button">${newTask.lookAgain}</a>`
    if (draft.taskId !== null)
      return html`<a href="/batch/${encodeURIComponent(draft.taskId)}" role="button">${newTask.openTask}</a>`
    return html`<a href="/batch/new" role="button">${newTask.anew}</a>`
  }
}
