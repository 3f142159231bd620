import { constantField, constantFilesField } from '../../wizard/columns.ts'
import { takesUploads } from '../../wizard/constant-form.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { clip } from '../../messages/rich-text.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { filesControl, inputControl, LABEL_CHARS } from '../new-task/input-control.ts'
import { fieldFault } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { isolated } from '../view/value.ts'

/** What was typed into the form for one row, and what is wrong with it, by input. */
export interface TestTyped {
  /** identifies the form: sent twice, it makes one task */
  form: string
  values: Record<string, string>
  errors: ReadonlyMap<string, string>
  /** what is wrong, but not with one of the inputs */
  fault?: string | undefined
}

export function newTestForm(): TestTyped {
  return { form: crypto.randomUUID(), values: {}, errors: new Map() }
}

export const FORM_FIELD = 'form'

/** A field for each input of the workflow, of its kind. */
export function testForm(workflow: Workflow, typed: TestTyped, texts: Texts): Html {
  const { test: said } = texts.workflowPage
  const { id, variables } = workflow
  const firstWrong = variables.findIndex(({ name }) => typed.errors.has(name))
  return html`<p class="faint">${said.hint}</p>
    ${typed.fault === undefined ? '' : html`<p class="fault" role="alert">${typed.fault}</p>`}
    <form
      action="/workflows/${encodeURIComponent(id)}/test"
      method="post"
      class="test-row"
      ${variables.some(takesUploads) ? html`enctype="multipart/form-data"` : ''}
      novalidate
    >
      <input type="hidden" name="${FORM_FIELD}" value="${typed.form}" />
      ${variables.map((variable, i) => {
        const { name, label, required, description } = variable
        const error = typed.errors.get(name)
        const fieldId = `input-${i}`
        const about = [
          description ? `${fieldId}-about` : '',
          error === undefined ? '' : `${fieldId}-fault`,
        ].filter(Boolean)
        const control = inputControl(
          variable,
          {
            field: constantField(name),
            id: fieldId,
            value: typed.values[name] ?? '',
            describedBy: about.length === 0 ? undefined : about.join(' '),
            isWrong: error !== undefined,
            isFocused: i === firstWrong,
            rows: 3,
            none: said.none,
          },
          texts,
        )
        return html`<div class="field">
          <label for="${fieldId}"
            >${isolated(clip(label, LABEL_CHARS))}
            <small>${required ? said.required : said.optional}</small></label
          >
          ${control}
          ${description ? html`<small id="${fieldId}-about" class="faint">${isolated(clip(description, 200))}</small>` : ''}
          ${fieldFault(fieldId, error)}
          ${takesUploads(variable) ? filesControl(variable, { field: constantFilesField(name), id: `files-${i}`, hint: said.files }, texts) : ''}
        </div>`
      })}
      <div class="acts"><button>${said.run}</button></div>
    </form>`
}
