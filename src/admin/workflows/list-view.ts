import { labelOf, type WorkflowLabels } from '../../app/workflow-labels.ts'
import { foundText, SEARCHED_FROM, searchField } from '../view/search-field.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { askLink } from '../tasks/acts-view.ts'
import { type Note, noteText, workflowCard, type WorkflowFacts } from './card.ts'

export interface WorkflowListFacts {
  /** those that were searched for */
  workflows: WorkflowFacts[]
  /** how many there are, whatever was searched for */
  count: number
  labels: WorkflowLabels
  search: string
  /** the result of the last act, on a workflow in the list or one that is not there any more */
  note: (Note & { of?: string | undefined }) | undefined
  now: number
}

/** All workflows; if there are none, how to add one. */
export function workflowList(
  { workflows, count, labels, search, note, now }: WorkflowListFacts,
  visitor: Visitor,
): Html {
  const { texts, canManage } = visitor
  const { workflowsPage: said } = texts
  const isListed = workflows.some(({ workflow }) => workflow.id === note?.of)
  return html`<div class="head">
      <h1>${said.title}</h1>
      ${canManage && count > 0 ? html`<div class="acts">${addLink(visitor)}${importLink(visitor)}</div>` : ''}
    </div>
    ${note && !isListed ? noteText(note, texts) : ''}
    ${
      count === 0
        ? empty(visitor)
        : html`${count < SEARCHED_FROM ? '' : searchField({ path: '/workflows', target: '#found', typed: search, ...searchTexts(visitor) }, texts)}
            <div id="found">
              ${search === '' ? '' : html`<p class="faint" role="status">${foundText(workflows.length, search, texts)}</p>`}
              <ul class="workflows">
                ${workflows.map((facts) =>
                  workflowCard(
                    facts,
                    {
                      note: note?.of === facts.workflow.id ? note : undefined,
                      now,
                      label: labelOf(facts.workflow, labels),
                    },
                    visitor,
                  ),
                )}
              </ul>
            </div>`
    }`
}

function searchTexts({ texts }: Visitor) {
  const { searchLabel: label, searchHint: hint } = texts.wizard.pick
  return { label, hint }
}

function addLink({ texts }: Visitor): Html {
  return askLink('/workflows/add', { label: `+ ${texts.workflowsPage.add}`, css: '' })
}

function importLink({ texts }: Visitor): Html {
  return askLink('/workflows/import', { label: texts.workflowImport.link })
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
      visitor.canManage
        ? html`<p>${addLink(visitor)} ${importLink(visitor)}</p>
            <form action="/workflows/samples" method="post">
              <p>${said.or} <button class="outline">${said.samples}</button></p>
              <small>${said.samplesHint}</small>
            </form>`
        : html`<p class="faint">${said.ask}</p>`
    }
  </div>`
}
