import type { Workflow } from '../../engine/workflow.ts'
import type { Limits } from '../../workbook/limits.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { isolate } from '../view/prompt.ts'
import { dropField } from './drop-field.ts'

const MB = 2 ** 20

export interface DropArea {
  /** that the visitor may run, by name */
  workflows: Workflow[]
  limits: Limits
  /** of these, the one that is preselected */
  chosen?: string | undefined
}

/** The wizard’s door: a file dropped here begins a task. Says what is missing where nothing can be begun. */
export function dropArea(visitor: Visitor, { workflows, limits, chosen }: DropArea): Html {
  const { texts, canAct } = visitor
  const { entry } = texts.newTask
  if (!canAct) return html`<p class="told">${entry.viewer}</p>`
  if (workflows.length === 0)
    return html`<div class="empty">
      <p>${entry.noWorkflow}</p>
      <p><a href="/workflows" role="button">${entry.addWorkflow}</a></p>
    </div>`
  const { maxFileBytes, maxRows, maxColumns } = limits
  return html`<form class="door" action="/batch/new" method="post" enctype="multipart/form-data">
    <input type="hidden" name="source" value="${crypto.randomUUID()}" autocomplete="off" />
    ${workflowField(workflows, visitor, chosen)}
    ${dropField({
      label: entry.drop,
      hint: entry.or,
      accepts: entry.accepts(maxFileBytes / MB, maxRows, maxColumns),
      texts,
    })}
  </form>`
}

function workflowField(workflows: Workflow[], { texts }: Visitor, chosen: string | undefined): Html {
  const { entry } = texts.newTask
  const [only, ...others] = workflows
  if (only && others.length === 0) return html`<p class="faint">${entry.only(only.name)}</p>`
  return html`<label class="inline"
    >${entry.workflow}
    <select name="workflow" autocomplete="off">
      <option value="">${entry.fitting}</option>
      ${workflows.map(
        ({ id, name }) => html`<option value="${id}" ${id === chosen ? html`selected` : ''}>${name}</option>`,
      )}
    </select></label
  >`
}

const FEW = 6

/** A workbook to fill in for each workflow. */
export function templateList(workflows: Workflow[], { texts }: Visitor): Html {
  const { entry } = texts.newTask
  if (workflows.length === 0) return html``
  return html`<details class="templates" ${workflows.length <= FEW ? html`open` : ''}>
    <summary>${entry.templates}</summary>
    <p class="faint">${entry.templatesHint}</p>
    <ul>
      ${workflows.map(
        ({ id, name, description }) =>
          html`<li>
            <a href="/batch/template/${encodeURIComponent(id)}" download>${isolate(name)}</a>
            <span class="faint">${isolate(description)}</span>
          </li>`,
      )}
    </ul>
  </details>`
}
