import type { Workflow } from '../../engine/workflow.ts'
import type { Limits } from '../../workbook/limits.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { theirs } from '../view/prompt.ts'
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
  const { words, canAct } = visitor
  const { door } = words.newTask
  if (!canAct) return html`<p class="told">${door.viewer}</p>`
  if (workflows.length === 0)
    return html`<div class="empty">
      <p>${door.noWorkflow}</p>
      <p><a href="/workflows" role="button">${door.addWorkflow}</a></p>
    </div>`
  const { maxFileBytes, maxRows, maxColumns } = limits
  return html`<form class="door" action="/batch/new" method="post" enctype="multipart/form-data">
    <input type="hidden" name="source" value="${crypto.randomUUID()}" autocomplete="off" />
    ${workflowField(workflows, visitor, chosen)}
    ${dropField({
      label: door.drop,
      hint: door.or,
      accepts: door.accepts(maxFileBytes / MB, maxRows, maxColumns),
      words,
    })}
  </form>`
}

function workflowField(workflows: Workflow[], { words }: Visitor, chosen: string | undefined): Html {
  const { door } = words.newTask
  const [only, ...others] = workflows
  if (only && others.length === 0) return html`<p class="faint">${door.only(only.name)}</p>`
  return html`<label class="inline"
    >${door.workflow}
    <select name="workflow" autocomplete="off">
      <option value="">${door.fitting}</option>
      ${workflows.map(
        ({ id, name }) => html`<option value="${id}" ${id === chosen ? html`selected` : ''}>${name}</option>`,
      )}
    </select></label
  >`
}

const FEW = 6

/** A workbook to fill in for each workflow. */
export function templateList(workflows: Workflow[], { words }: Visitor): Html {
  const { door } = words.newTask
  if (workflows.length === 0) return html``
  return html`<details class="templates" ${workflows.length <= FEW ? html`open` : ''}>
    <summary>${door.templates}</summary>
    <p class="faint">${door.templatesHint}</p>
    <ul>
      ${workflows.map(
        ({ id, name, description }) =>
          html`<li>
            <a href="/batch/template/${encodeURIComponent(id)}" download>${theirs(name)}</a>
            <span class="faint">${theirs(description)}</span>
          </li>`,
      )}
    </ul>
  </details>`
}
