import { draftClick } from '../../messages/click-ids.ts'
import type { Inspection } from '../../wizard/draft.ts'
import { extentForm } from '../../wizard/forms.ts'
import { keyForm } from '../../wizard/row-key.ts'
import {
  encodingLines,
  groupsLines,
  isChanged,
  readingLine,
  readingSelects,
} from '../../wizard/steps/reading.ts'
import { fieldsOf } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { lineOf, linesOf } from '../view/prompt.ts'
import { choiceForm, draftForm, type StepView } from './step-view.ts'

/** How the file was read, and all that can be changed about it; folded unless something needs a look. */
export function readingPanel({ context, typed, limits }: StepView, inspection: Inspection): Html {
  const { draft, texts } = context
  const { buttons } = texts.wizard
  const form = extentForm(context)
  const key = keyForm(context)
  const isWrong = [...form.fields, ...key.fields].some(({ id }) => typed.errors[id] !== undefined)
  const isUnsure = inspection.encoding?.sure === false
  const isAsked = inspection.faults.some(({ code }) => code === 'rows-above' || code === 'two-heading-rows')
  const isOpen =
    isWrong || isUnsure || draft.state.step === 'reading' || isChanged(draft.state.reading) || isAsked
  return html`<details class="card how-read" id="reading" ${isOpen ? html`open` : ''}>
    <summary><b>${texts.newTask.check.reading}</b> ${lineOf(readingLine(context, inspection))}</summary>
    ${linesOf(groupsLines(context, inspection))}
    <div class="encodings">${linesOf(encodingLines(context, inspection))}</div>
    <div class="choices">
      ${readingSelects(context, inspection).map(({ selected, ...select }) =>
        choiceForm(context, { ...select, selected }),
      )}
    </div>
    ${draftForm(
      context,
      html`<input type="hidden" name="form" value="${form.id}" />
        <div class="extent">${fieldsOf(form, typed, { texts, limits })}</div>
        <div class="acts"><button class="outline">${form.submit}</button></div>`,
    )}
    ${draftForm(
      context,
      html`<input type="hidden" name="form" value="${key.id}" />
        <div class="extent">${fieldsOf(key, typed, { texts, limits })}</div>
        <div class="acts"><button class="outline">${key.submit}</button></div>`,
    )}
    ${
      isChanged(draft.state.reading)
        ? draftForm(
            context,
            html`<button class="quiet" name="click" value="${draftClick(draft, 'asFound')}">
              ${buttons.asFound}
            </button>`,
          )
        : ''
    }
  </details>`
}
