import { LINK_FOLDER } from '../../app/result-links.ts'
import type { ResultLink } from '../../db/tasks/result-links.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Visitor } from '../http/visitor.ts'
import { actForm } from '../tasks/acts-view.ts'
import { type Html, html } from '../view/html.ts'
import { clockUntil } from '../view/time.ts'
import { isolated } from '../view/value.ts'

export interface LinkFacts {
  link: ResultLink
  task: ListedTask
  token: string
  hasFiles: boolean
}

/** What a link shows: whose result it is, until when, and the buttons that bring it. */
export function linkView({ link, task, token, hasFiles }: LinkFacts, { texts }: Visitor): Html {
  const said = texts.largeFiles.page
  const at = `${LINK_FOLDER}${token}`
  return html`<article class="empty">
    <h1>${isolated(task.name)}</h1>
    <p>${isolated(said.of(task.fileName))}</p>
    <p>${isolated(said.forWhom(link.personName))}${clockUntil(link.endsAt)}</p>
    <p>
      <a href="${at}/result" role="button" rel="nofollow" download>${said.result}</a>
      <a href="${at}/result?format=csv" role="button" class="outline" rel="nofollow" download>${said.csv}</a>
      ${hasFiles ? html`<a href="${at}/files.zip" role="button" class="outline" rel="nofollow" download>${said.files}</a>` : ''}
    </p>
    <p class="faint">${said.rights}</p>
    <form action="${at}/end" method="post"><button class="quiet">${said.end}</button></form>
  </article>`
}

export function endedView({ texts }: Visitor): Html {
  const said = texts.largeFiles.page
  return html`<article class="empty">
    <h1>${said.endedTitle}</h1>
    <p>${said.ended}</p>
  </article>`
}

export function waitView(seconds: number, { texts }: Visitor): Html {
  return html`<article class="empty"><p>${texts.largeFiles.page.wait(seconds)}</p></article>`
}

/** On the task’s page: who may get its result with a link. */
export function linkList(taskId: string, links: ResultLink[], { texts, canAct }: Visitor): Html {
  if (links.length === 0) return html``
  const said = texts.largeFiles.list
  return html`<section class="card" aria-labelledby="links-title">
    <h2 id="links-title">${said.title}</h2>
    <ul class="files">
      ${links.map(
        ({ id, personName, endsAt }) =>
          html`<li>
            ${isolated(said.item(personName))}${clockUntil(endsAt)}
            ${canAct ? actForm(`/batch/${taskId}/links/${id}/end`, { label: said.end, back: `/batch/${taskId}`, css: 'outline danger' }) : ''}
          </li>`,
      )}
    </ul>
  </section>`
}
