import type { StepName, Draft } from '../../wizard/draft.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { Sight } from '../../wizard/step-context.ts'
import { promptOf, stepOf } from '../../wizard/steps/steps.ts'
import { fieldsOf, NOTHING_TYPED, type Typed } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { theirs, toldBox, linesOf, buttonsOf, verbOf } from '../view/prompt.ts'
import { checkStep } from './check-step.ts'
import { columnsStep } from './columns-step.ts'
import { draftPath, type StepView, actsBar, choiceForm, otherFile, draftForm } from './step-view.ts'
import type { Words } from '../../messages/texts/texts.ts'
import { exactForm } from '../../wizard/forms.ts'
import { rowsLine } from '../../wizard/steps/confirm.ts'
import { endedText } from '../../wizard/standard-answers.ts'

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

const SHOWN = ['workflow', 'check', 'parameters', 'confirm'] as const
type Shown = (typeof SHOWN)[number]

/** The four steps and where one is. The columns are a part of the check. */
export function stepsHeader(step: StepName, { newTask: { steps } }: Words): Html {
  const at = SHOWN.indexOf(step === 'columns' ? 'check' : step)
  return html`<ol class="steps" aria-label="${steps.label}">
    ${SHOWN.map((name, i) => item(name, i))}
  </ol>`

  function item(name: Shown, i: number): Html {
    const isDone = i < at
    return html`<li class="${isDone ? 'done' : ''}" ${i === at ? html`aria-current="step"` : ''}>
      <span class="sign" aria-hidden="true">${isDone ? '✓' : i + 1}</span>
      <span>${steps.names[name]}</span>${isDone ? html`<span class="hidden-text">, ${steps.done}</span>` : ''}
    </li>`
  }
}

export function workflowStep(view: StepView): Html {
  const { sight, prompt } = view
  const { workflows, workflow, words } = sight
  const { door, dropOther } = words.newTask
  const options = workflows.map(({ id, name }) => ({ value: id, label: name }))
  const choice = {
    verb: 'workflow',
    label: words.wizard.selects.workflow,
    options,
    selected: workflow?.id,
  } as const
  return html`<section class="card said">
      ${linesOf(prompt.lines.slice(0, 1))}
      ${
        workflows.length === 0
          ? html`<p>${door.noWorkflow} <a href="/workflows">${door.addWorkflow}</a></p>`
          : choiceForm(sight, choice)
      }
      ${linesOf(prompt.lines.slice(1))}
    </section>
    ${actsBar(view, ['file'])} ${otherFile(view, dropOther)}`
}

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

export function confirmStep(view: StepView): Html {
  const { prompt, sight } = view
  const canTry = prompt.buttons.some(({ id }) => verbOf(id) === 'try')
  return html`<section class="card said confirm">${linesOf(prompt.lines)}</section>
    ${actsBar(view)} ${canTry ? html`<p class="faint">${sight.words.newTask.confirm.tryHint}</p>` : ''}`
}

/** A draft that is over, or whose file is still being read, and where to go from here. */
export function endedView(draft: Draft, words: Words): Html {
  const { newTask, wizard } = words
  const isReading = draft.status === 'reading'
  return html`<article class="empty">
    <h1>${theirs(draft.fileName)}</h1>
    <p>${isReading ? wizard.reading : endedText({ ...draft, locale: words.locale })}</p>
    <p>${way()}</p>
  </article>`

  function way(): Html {
    if (isReading) return html`<a href="${draftPath(draft.id)}" role="button">${newTask.lookAgain}</a>`
    if (draft.taskId !== null)
      return html`<a href="/batch/${encodeURIComponent(draft.taskId)}" role="button">${newTask.openTask}</a>`
    return html`<a href="/batch/new" role="button">${newTask.anew}</a>`
  }
}
