import type { Variable } from '../../engine/workflow.ts'
import { draftClick } from '../../messages/click-ids.ts'
import {
  columnField,
  columnOptions,
  columnValue,
  constantField,
  constantFilesField,
} from '../../wizard/columns.ts'
import { takesUploads } from '../../wizard/constant-form.ts'
import type { Inspection } from '../../wizard/draft.ts'
import { isProposed } from '../../wizard/steps/columns.ts'
import { fileLine } from '../../wizard/steps/title-and-file.ts'
import { clip } from '../../messages/rich-text.ts'
import { fieldFault } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { buttonsOf, linesOf, isolate } from '../view/prompt.ts'
import { filesControl, inputControl, LABEL_CHARS } from './input-control.ts'
import { draftForm, type StepView } from './step-view.ts'

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
    const { name, label } = variable
    const field = constantField(name)
    const error = typed.errors[field]
    const value =
      typed.values[field] ?? draft.state.editedConstants?.[name] ?? draft.state.constants?.[name] ?? ''
    const control = inputControl(
      variable,
      {
        field,
        id: field,
        value,
        ariaLabel: `${clip(label, LABEL_CHARS)}: ${columns.constant}`,
        placeholder: columns.constant,
        describedBy: error === undefined ? undefined : `${field}-fault`,
        isWrong: error !== undefined,
      },
      texts,
    )
    return html`${control} ${fieldFault(field, error)}`
  }

  /** For an input that takes files: they are uploaded beside its value, or in place of it. */
  function filesInput(variable: Variable): Html {
    const field = constantFilesField(variable.name)
    return filesControl(variable, { field, id: field }, texts)
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
