import { labelOf, labelsOf } from '../../app/workflow-labels.ts'
import type { Workflow } from '../../engine/workflow.ts'
import type { Limits } from '../../workbook/limits.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { isolate } from '../view/prompt.ts'
import { dropField } from './drop-field.ts'

const MB = 2 ** 20

export interface DropArea {
  /** those that the visitor may run, by name */
  workflows: Workflow[]
  limits: Limits
  /** the one of them to preselect */
  chosen?: string | undefined
}

/** The start of the wizard: drop a file here to start a task. If that is not possible yet, says what is missing. */
export function dropArea(visitor: Visitor, { workflows, limits, chosen }: DropArea): Html {
  const { texts, canAct } = visitor
  const { entry } = texts.newTask
  if (!canAct) return html`<p class="told">${entry.viewer}</p>`
  if (workflows.length === 0 && !visitor.canManage)
    return html`<p class="told">${texts.wizard.private.noneForYou}</p>`
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
      limits,
    })}
  </form>`
}

function workflowField(workflows: Workflow[], { texts }: Visitor, chosen: string | undefined): Html {
  const { entry } = texts.newTask
  const [only, ...others] = workflows
  const labels = labelsOf(workflows, texts)
  if (only && others.length === 0) return html`<p class="faint">${entry.only(only.name)}</p>`
  return html`<label class="inline"
    >${entry.workflow}
    <select name="workflow" autocomplete="off">
      <option value="">${entry.fitting}</option>
      ${workflows.map(
        (workflow) =>
          html`<option value="${workflow.id}" ${workflow.id === chosen ? html`selected` : ''}>
            ${labelOf(workflow, labels)}
          </option>`,
      )}
    </select></label
  >`
}

const FEW = 6

/** A template to download for each workflow. */
export function templateList(workflows: Workflow[], { texts }: Visitor): Html {
  const { entry } = texts.newTask
  if (workflows.length === 0) return html``
  const labels = labelsOf(workflows, texts)
  return html`<details class="templates" ${workflows.length <= FEW ? html`open` : ''}>
    <summary>${entry.templates}</summary>
    <p class="faint">${entry.templatesHint}</p>
    <ul>
      ${workflows.map(
        (workflow) =>
          html`<li>
            <a href="/batch/template/${encodeURIComponent(workflow.id)}" download
              >${isolate(labelOf(workflow, labels))}</a
            >
            <span class="faint">${isolate(workflow.description)}</span>
          </li>`,
      )}
    </ul>
  </details>`
}
