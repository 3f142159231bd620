import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { askLink } from '../tasks/acts-view.ts'
import { type Note, noteText, workflowCard, type WorkflowFacts } from './card.ts'

export interface WorkflowListFacts {
  workflows: WorkflowFacts[]
  /** what just became of one of them, or of something that is not in the list any more */
  note: (Note & { of?: string | undefined }) | undefined
  now: number
}

/** Every Dify app that may be run; what to do where there is none. */
export function workflowList({ workflows, note, now }: WorkflowListFacts, visitor: Visitor): Html {
  const { texts, canAct } = visitor
  const { workflowsPage: said } = texts
  const isListed = workflows.some(({ workflow }) => workflow.id === note?.of)
  return html`<div class="head">
      <h1>${said.title}</h1>
      ${canAct && workflows.length > 0 ? addLink(visitor) : ''}
    </div>
    ${note && !isListed ? noteText(note) : ''}
    ${
      workflows.length === 0
        ? empty(visitor)
        : html`<ul class="workflows">
            ${workflows.map((facts) =>
              workflowCard(facts, { note: note?.of === facts.workflow.id ? note : undefined, now }, visitor),
            )}
          </ul>`
    }`
}

function addLink({ texts }: Visitor): Html {
  return askLink('/workflows/add', { label: `+ ${texts.workflowsPage.add}`, css: '' })
}

function empty(visitor: Visitor): Html {
  const { empty: said } = visitor.texts.workflowsPage
  return html`<div class="empty teaches">
    <h2>${said.title}</h2>
    <p>${said.intro}</p>
    <ol>
      ${said.steps.map((step) => html`<li>${step}</li>`)}
    </ol>
    ${
      visitor.canAct
        ? html`<p>${addLink(visitor)}</p>
            <form action="/workflows/samples" method="post">
              <p>${said.or} <button class="outline">${said.samples}</button></p>
              <small>${said.samplesHint}</small>
            </form>`
        : html`<p class="faint">${said.ask}</p>`
    }
  </div>`
}
