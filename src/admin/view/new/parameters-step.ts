import { exactForm } from '../../../wizard/forms.ts'
import { rowsLine } from '../../../wizard/steps/confirm.ts'
import { fieldsOf } from '../form.ts'
import { html, type Html } from '../html.ts'
import { buttonsOf, linesOf } from '../prompt.ts'
import { draftForm, type StepView } from './step-view.ts'

/** The exact values at once, where a chat has selects and a dialog. Next keeps them and goes on. */
export function parametersStep({ sight, prompt, typed }: StepView): Html {
  const form = exactForm(sight)
  return html`<section class="card said">
    ${linesOf([rowsLine(sight)])}
    ${draftForm(
      sight,
      html`<input type="hidden" name="form" value="${form.id}" />
        <div class="parameters">${fieldsOf(form, typed, sight.words)}</div>
        <div class="acts foot">${buttonsOf({ buttons: prompt.buttons, except: ['exact'] })}</div>`,
    )}
  </section>`
}
