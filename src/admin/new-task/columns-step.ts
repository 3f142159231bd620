import type { Variable } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import {
  columnField,
  columnOptions,
  columnValue,
  constantField,
  constantFilesField,
} from '../../wizard/columns.ts'
import { canonical, choicesOf, mostFiles, noneText, takesUploads } from '../../wizard/constant-form.ts'
import type { Inspection } from '../../wizard/draft.ts'
import { isProposed } from '../../wizard/steps/columns.ts'
import { fileLine } from '../../wizard/steps/title-and-file.ts'
import { clip } from '../../messages/rich-text.ts'
import { fieldFault } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { buttonsOf, linesOf, isolate } from '../view/prompt.ts'
import { allowedBy } from '../../workbook/check/file-kinds.ts'
import { draftForm, type StepView } from './step-view.ts'

const LABEL_CHARS = 60
const EXAMPLE_CHARS = 40

/** A select for each input, all in one form. */
export function columnsStep({ context, prompt, typed }: StepView): Html {
  const { draft, workflow, texts } = context
  const { columns } = texts.newTask
  const { inspection } = draft.state
  if (!inspection) throw new Error('the columns are shown without an inspection')
  const variables = workflow?.variables ?? []
  const done = draftClick(draft, 'mapping')
  return html`<section class="card said">
    ${linesOf([fileLine(context)])}
    <p>${columns.help}</p>
    ${draftForm(
      context,
      html`<div class="mapping">${variables.map(input)}</div>
        <div class="acts foot">
          <button name="form" value="${done}">${texts.wizard.buttons.done}</button>
          ${buttonsOf({ buttons: prompt.buttons, except: ['next', 'constant'] })}
        </div>`,
      { mayHaveFiles: variables.some(takesUploads) },
    )}
  </section>`

  function input(variable: Variable): Html {
    const field = columnField(variable.name)
    const error = typed.errors[field]
    const chosen =
      typed.values[field] ?? columnValue({ ...inspection?.mapping, ...draft.state.edited }[variable.name])
    return html`<div class="field">
      <label for="${field}"
        >${isolate(clip(variable.label, LABEL_CHARS))}
        <small
          >${variable.required ? columns.required : columns.optional}${
            isProposed(draft.state, variable.name) ? texts.wizard.proposed : ''
          }</small
        ></label
      >
      <select
        id="${field}"
        name="${field}"
        ${error === undefined ? '' : html`aria-invalid="true" aria-describedby="${field}-fault"`}
      >
        ${inspection && options(inspection, chosen)}
      </select>
      ${fieldFault(field, error)} ${valueInput(variable)}
      ${takesUploads(variable) ? filesInput(variable) : ''}
    </div>`
  }

  /** For inputs that no column feeds: a field of the input’s kind. */
  function valueInput(variable: Variable): Html {
    const { name, label, type } = variable
    const field = constantField(name)
    const error = typed.errors[field]
    const value =
      typed.values[field] ?? draft.state.editedConstants?.[name] ?? draft.state.constants?.[name] ?? ''
    const attributes = html`id="${field}" name="${field}" aria-label="${clip(label, LABEL_CHARS)}:
    ${columns.constant}"
    ${error === undefined ? '' : html`aria-invalid="true" aria-describedby="${field}-fault"`}`
    return html`${control()} ${fieldFault(field, error)}`

    function control(): Html {
      const choices = choicesOf(variable, texts)
      if (choices) {
        const chosen = canonical(variable, value)
        return html`<select ${attributes}>
          <option value="">${noneText(variable, texts)}</option>
          ${choices.map(
            ({ text, label: shown }) =>
              html`<option value="${text}" ${text === chosen ? html`selected` : ''}>
                ${clip(shown, LABEL_CHARS)}
              </option>`,
          )}
        </select>`
      }
      if (type === 'paragraph' || type === 'json_object')
        return html`<textarea ${attributes} rows="2" placeholder="${columns.constant}">${value}</textarea>`
      return html`<input
        ${attributes}
        type="text"
        ${type === 'number' ? html`inputmode="decimal"` : ''}
        value="${value}"
        placeholder="${columns.constant}"
        autocomplete="off"
      />`
    }
  }

  /** For an input that takes files: they are uploaded beside its value, or in place of it. */
  function filesInput(variable: Variable): Html {
    const { upload, uploadHint } = texts.wizard.forms.constant
    const { marks } = texts.page
    const field = constantFilesField(variable.name)
    const isOne = mostFiles(variable) === 1
    return html`<div class="upload">
      <label for="${field}">${upload(isOne)}</label>
      <input
        id="${field}"
        name="${field}"
        type="file"
        ${isOne ? '' : html`multiple`}
        aria-label="${clip(variable.label, LABEL_CHARS)}${marks.colon}${upload(isOne)}"
        aria-describedby="${field}-hint"
      />
      <small id="${field}-hint">${uploadHint(isOne, allowedBy(variable).join(marks.list))}</small>
    </div>`
  }

  function options(inspection: Inspection, chosen: string): Html[] {
    return columnOptions(inspection, texts).map(({ value, label, description }) => {
      const example = description ? ` – ${clip(description, EXAMPLE_CHARS)}` : ''
      return html`<option value="${value}" ${value === chosen ? html`selected` : ''}>
        ${clip(label, LABEL_CHARS)}${example}
      </option>`
    })
  }
}
