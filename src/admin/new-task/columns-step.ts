import type { Variable } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { columnField, columnOptions, columnValue } from '../../wizard/columns.ts'
import type { Look } from '../../wizard/draft.ts'
import { headingRowForm } from '../../wizard/forms.ts'
import { fileLine } from '../../wizard/steps/shared.ts'
import { clip } from '../../messages/rich-text.ts'
import { fieldFault, fieldsOf } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { buttonsOf, linesOf, theirs } from '../view/prompt.ts'
import { draftForm, type StepView } from './step-view.ts'

const LABEL_CHARS = 60
const EXAMPLE_CHARS = 40

/** A select for each input, sent off together. */
export function columnsStep({ sight, prompt, typed }: StepView): Html {
  const { draft, workflow, words } = sight
  const { columns } = words.newTask
  const { look } = draft.state
  if (!look) throw new Error('the columns are shown without a look at the file')
  const variables = workflow?.variables ?? []
  const done = draftClick(draft, 'mapping')
  return html`<section class="card said">
      ${linesOf([fileLine(sight)])}
      <p>${columns.help}</p>
      ${draftForm(
        sight,
        html`<div class="mapping">${variables.map(input)}</div>
          <div class="acts foot">
            <button name="form" value="${done}">${words.wizard.buttons.done}</button>
            ${buttonsOf({ buttons: prompt.buttons, except: ['next', 'heading'] })}
          </div>`,
      )}
    </section>
    ${headingRow()}`

  function input(variable: Variable): Html {
    const field = columnField(variable.name)
    const error = typed.errors[field]
    const chosen =
      typed.values[field] ?? columnValue({ ...look?.mapping, ...draft.state.edited }[variable.name])
    return html`<div class="field">
      <label for="${field}"
        >${theirs(clip(variable.label, LABEL_CHARS))}
        <small>${variable.required ? columns.required : columns.optional}</small></label
      >
      <select
        id="${field}"
        name="${field}"
        ${error === undefined ? '' : html`aria-invalid="true" aria-describedby="${field}-fault"`}
      >
        ${look && options(look, chosen)}
      </select>
      ${fieldFault(field, error)}
    </div>`
  }

  function options(look: Look, chosen: string): Html[] {
    return columnOptions(look, words).map(({ value, label, description }) => {
      const example = description ? ` – ${clip(description, EXAMPLE_CHARS)}` : ''
      return html`<option value="${value}" ${value === chosen ? html`selected` : ''}>
        ${clip(label, LABEL_CHARS)}${example}
      </option>`
    })
  }

  function headingRow(): Html {
    const form = headingRowForm(sight)
    const isWrong = typed.errors['row'] !== undefined
    return html`<details class="card heading-row" ${isWrong ? html`open` : ''}>
      <summary>${columns.headings(look?.headingRow ?? 1)} ${columns.otherRow}</summary>
      ${draftForm(
        sight,
        html`<input type="hidden" name="form" value="${form.id}" /> ${fieldsOf(form, typed, words)}<button
            class="outline"
          >
            ${form.submit}
          </button>`,
      )}
    </details>`
  }
}
