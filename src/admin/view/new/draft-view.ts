import type { StepName } from '../../../wizard/draft.ts'
import type { Form, Prompt } from '../../../wizard/prompt.ts'
import type { Sight } from '../../../wizard/step.ts'
import { promptOf, stepOf } from '../../../wizard/steps/steps.ts'
import { fieldsOf, NOTHING_TYPED, type Typed } from '../form.ts'
import { html, type Html } from '../html.ts'
import { theirs, toldBox } from '../prompt.ts'
import { checkStep } from './check-step.ts'
import { columnsStep } from './columns-step.ts'
import { confirmStep } from './confirm-step.ts'
import { parametersStep } from './parameters-step.ts'
import { draftPath, type StepView } from './step-view.ts'
import { stepsHeader } from './steps-header.ts'
import { workflowStep } from './workflow-step.ts'

const STEPS: Record<StepName, (view: StepView) => Html> = {
  workflow: workflowStep,
  check: checkStep,
  columns: columnsStep,
  parameters: parametersStep,
  confirm: confirmStep,
}

/** What a request came to, to be shown with the step. */
export interface Outcome {
  told?: Prompt
  /** a form to answer, in the step’s place */
  form?: Form
  typed?: Typed
  /** whose draft it is, where it is not the visitor’s */
  owner?: string | undefined
}

/** A draft’s step. `title` is the page’s. */
export function draftView(
  sight: Sight,
  { told, form, typed = NOTHING_TYPED, owner }: Outcome,
): { title: string; main: Html } {
  const prompt = promptOf(sight)
  const step = stepOf(sight)
  const body = form ? formView(sight, form, typed) : STEPS[step]({ sight, prompt, typed })
  return {
    title: prompt.title,
    main: html`<div class="new">
      ${stepsHeader(step, sight.words)} ${told ? toldBox(told) : ''}
      <h1>${prompt.title}</h1>
      ${owner === undefined ? '' : html`<p class="faint">${theirs(sight.words.newTask.begunBy(owner))}</p>`}${body}
    </div>`,
  }
}

/** Any form of the wizard, for one that no step shows in a way of its own. */
function formView({ draft, words }: Sight, form: Form, typed: Typed): Html {
  return html`<section class="card said">
    <h2>${form.title}</h2>
    <form method="post" action="${draftPath(draft.id)}" enctype="multipart/form-data" novalidate>
      <input type="hidden" name="form" value="${form.id}" />
      ${fieldsOf(form, typed, words)}
      <div class="acts">
        <button>${form.submit}</button
        ><a role="button" class="quiet" href="${draftPath(draft.id)}">${words.wizard.buttons.back}</a>
      </div>
    </form>
  </section>`
}
