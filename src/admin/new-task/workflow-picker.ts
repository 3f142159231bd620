import type { RankedWorkflow } from '../../app/workflow-search.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { clip } from '../../messages/rich-text.ts'
import type { StepContext } from '../../wizard/step-context.ts'
import { workflowsFound } from '../../wizard/workflow-options.ts'
import { html, type Html } from '../view/html.ts'
import { isolate } from '../view/prompt.ts'
import { foundText, SEARCHED_FROM, searchField } from '../view/search-field.ts'
import { draftPath } from './step-view.ts'

const SHOWN = 12
const DESCRIPTION_CHARS = 160

/**
 * A list of workflows to choose one from, with a search that filters it as one types. Without script, both are plain
 * forms.
 * @param typed what was searched for
 */
export function workflowPicker(context: StepContext, typed: string): Html {
  const { draft, workflows, texts } = context
  const { pick } = texts.wizard
  const path = draftPath(draft.id)
  const found = workflowsFound(context, typed)
  const shown = withChosen(found, context)
  return html`<div class="picker" data-picker>
    ${
      workflows.length < SEARCHED_FROM
        ? ''
        : searchField(
            { path, target: '#found', typed, label: pick.searchLabel, hint: pick.searchHint },
            texts,
          )
    }
    <form
      id="found"
      method="post"
      action="${path}"
      aria-label="${texts.wizard.selects.workflow}"
      autocomplete="off"
      hx-post="${path}"
      hx-target="#main"
      hx-select="#main"
      hx-swap="outerMorph"
    >
      <input type="hidden" name="click" value="${draftClick(draft, 'workflow')}" />
      <input type="hidden" name="q" value="${typed}" />
      ${typed === '' ? grouped(shown, context) : choices(shown, context)}
      <p class="faint" role="status">${statusOf()}</p>
    </form>
  </div>`

  function statusOf(): string {
    const more = found.length - SHOWN
    if (typed === '') return more > 0 ? pick.more(more) : ''
    return foundText(found.length, typed, texts)
  }
}

/** The chosen one is always there. */
function withChosen(found: RankedWorkflow[], { workflow }: StepContext): RankedWorkflow[] {
  const shown = found.slice(0, SHOWN)
  const chosen = found.find((one) => one.workflow.id === workflow?.id)
  return chosen && !shown.includes(chosen) ? [...shown, chosen] : shown
}

function grouped(shown: RankedWorkflow[], context: StepContext): Html {
  const { groups } = context.texts.wizard.pick
  const byGroup = [...Map.groupBy(shown, ({ group }) => group)]
  if (byGroup.length === 1) return choices(shown, context)
  return html`${byGroup.map(
    ([group, ones]) =>
      html`<h2 id="group-${group}">${groups[group]}</h2>
        ${choices(ones, context, html`aria-labelledby="group-${group}"`)}`,
  )}`
}

function choices(shown: RankedWorkflow[], { workflow: chosen }: StepContext, named: Html = html``): Html {
  if (shown.length === 0) return html``
  return html`<ul class="choices" ${named}>
    ${shown.map(
      ({ workflow: { id, description }, label }) =>
        html`<li>
          <button
            id="choose-${id}"
            name="value"
            value="${id}"
            aria-pressed="${String(id === chosen?.id)}"
            data-choice
          >
            <b>${isolate(label)}</b>${
              description.trim() === ''
                ? ''
                : html` <span>${isolate(clip(description.trim(), DESCRIPTION_CHARS))}</span>`
            }
          </button>
        </li>`,
    )}
  </ul>`
}
