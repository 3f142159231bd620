import type { StepName, Draft } from '../../wizard/draft.ts'
import type { DraftVerb } from '../../messages/click-ids.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import type { StepContext } from '../../wizard/step-context.ts'
import { promptOf, stepOf } from '../../wizard/steps/steps.ts'
import { fieldsOf, NOTHING_TYPED, type Typed } from '../view/form.ts'
import { html, type Html } from '../view/html.ts'
import { isolate, noticeBox, linesOf, buttonsOf, verbOf } from '../view/prompt.ts'
import { checkStep } from './check-step.ts'
import type { SentLimits } from './drop-field.ts'
import { columnsStep } from './columns-step.ts'
import { draftPath, type StepView, actsBar, choiceForm, otherFile, draftForm } from './step-view.ts'
import { workflowPicker } from './workflow-picker.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { exactForm, sampleForm } from '../../wizard/forms.ts'
import { againstSelects } from '../../wizard/steps/against.ts'
import { equalLines, rowsLine } from '../../wizard/steps/confirm.ts'
import { notifyLines } from '../../wizard/notify-form.ts'
import { choicesLines, equalSelect } from '../../wizard/steps/parameters.ts'
import { endedText } from '../../wizard/standard-answers.ts'

const STEPS: Record<StepName, (view: StepView) => Html> = {
  workbook: workbookStep,
  workflow: workflowStep,
  check: checkStep,
  reading: checkStep, // whose panel is open then
  columns: columnsStep,
  parameters: parametersStep,
  confirm: confirmStep,
}

/** The result of a request, shown with the step. */
export interface StepResult {
  notice?: Prompt
  /** a form to show in place of the step */
  form?: Form
  typed?: Typed
  /** the draft’s owner, if that is not the visitor */
  owner?: string | undefined
  /** files that came along with the sheet, and whether each of them is a row */
  came?: Pick<StepView, 'files' | 'listsFiles'>
  /** what is searched for among the workflows */
  search?: string
}

/** A draft’s step. `title` is the page’s title. */
export function draftView(
  context: StepContext,
  limits: SentLimits,
  {
    notice,
    form,
    typed = NOTHING_TYPED,
    owner,
    came = { files: 0, listsFiles: false },
    search = '',
  }: StepResult,
): { title: string; main: Html } {
  const prompt = promptOf(context)
  const step = stepOf(context)
  const body = form
    ? formView({ context, limits }, form, typed)
    : STEPS[step]({ context, limits, prompt, typed, search, ...came })
  return {
    title: prompt.title,
    main: html`<div class="new">
      ${stepsHeader(step, context.texts)} ${notice ? noticeBox(notice) : ''}
      <h1>${prompt.title}</h1>
      ${owner === undefined ? '' : html`<p class="faint">${isolate(context.texts.newTask.startedBy(owner))}</p>`}${body}
    </div>`,
  }
}

/** A form of the wizard for which no step has a view of its own. */
function formView(
  { context: { draft, texts }, limits }: Pick<StepView, 'context' | 'limits'>,
  form: Form,
  typed: Typed,
): Html {
  return html`<section class="card said">
    <h2>${form.title}</h2>
    <form method="post" action="${draftPath(draft.id)}" enctype="multipart/form-data" novalidate>
      <input type="hidden" name="form" value="${form.id}" />
      ${fieldsOf(form, typed, { texts, limits })}
      <div class="acts">
        <button>${form.submit}</button
        ><a role="button" class="quiet" href="${draftPath(draft.id)}">${texts.wizard.buttons.back}</a>
      </div>
    </form>
  </section>`
}

const SHOWN = ['workflow', 'check', 'parameters', 'confirm'] as const
type ShownStep = (typeof SHOWN)[number]

const PART_OF: Record<StepName, ShownStep> = {
  workbook: 'workflow',
  workflow: 'workflow',
  check: 'check',
  reading: 'check',
  columns: 'check',
  parameters: 'parameters',
  confirm: 'confirm',
}

/** The four steps, with the present one marked. Choosing columns and how the file is read are part of the check. */
export function stepsHeader(step: StepName, { newTask: { steps } }: Texts): Html {
  const at = SHOWN.indexOf(PART_OF[step])
  return html`<ol class="steps" aria-label="${steps.label}">
    ${SHOWN.map((name, i) => item(name, i))}
  </ol>`

  function item(name: ShownStep, i: number): Html {
    const isDone = i < at
    return html`<li class="${isDone ? 'done' : ''}" ${i === at ? html`aria-current="step"` : ''}>
      <span class="sign" aria-hidden="true">${isDone ? '✓' : i + 1}</span>
      <span>${steps.names[name]}</span>${isDone ? html`<span class="hidden-text">, ${steps.done}</span>` : ''}
    </li>`
  }
}

/** Only in chats are several workbooks asked about; this is for an admin who opens such a draft. */
function workbookStep(view: StepView): Html {
  const [select] = view.prompt.selects
  return html`<section class="card said">
      ${linesOf(view.prompt.lines)}
      ${select ? choiceForm(view.context, { ...select, verb: 'workbook', selected: undefined }) : ''}
    </section>
    ${actsBar(view, [])}`
}

export function workflowStep(view: StepView): Html {
  const { context, prompt } = view
  const { workflows, workflow, texts } = context
  const { entry, dropOther } = texts.newTask
  const missing = context.draft.owner.roles.includes('runner')
    ? html`<p>${texts.wizard.private.noneForYou}</p>`
    : html`<p>${entry.noWorkflow} <a href="/workflows">${entry.addWorkflow}</a></p>`
  return html`<section class="card said">
      ${linesOf(prompt.lines.slice(0, 1))}
      ${
        workflows.length === 0
          ? missing
          : workflows.length === 1 && workflow
            ? '' // there is nothing to choose, and what it is stands below
            : workflowPicker(context, view.search)
      }
      ${linesOf(prompt.lines.slice(1))}
      ${againstSelects(context).map(({ label, options, selected }) =>
        choiceForm(context, { verb: 'against', label, options, selected }),
      )}
    </section>
    ${actsBar(view, ['file', 'search'])} ${otherFile(view, dropOther)}`
}

/** Number fields in place of a chat’s selects and dialog. “Next” saves them and opens the next step. */
export function parametersStep({ context, limits, prompt, typed }: StepView): Html {
  const form = exactForm(context)
  return html`<section class="card said">
    ${linesOf([rowsLine(context), ...choicesLines(context), ...equalLines(context), ...notifyLines(context)])}
    ${equalChoice(context)}
    ${draftForm(
      context,
      html`<input type="hidden" name="form" value="${form.id}" />
        <div class="parameters">${fieldsOf(form, typed, { texts: context.texts, limits })}</div>
        <div class="acts foot">${buttonsOf({ buttons: prompt.buttons, except: ['exact', 'equal'] })}</div>`,
    )}
  </section>`
}

/** Whether rows that send the same are called once; nothing where there are none. */
function equalChoice(context: StepContext): Html {
  const select = equalSelect(context)
  if (!select) return html``
  const { label, options, selected } = select
  return choiceForm(context, { verb: 'equal', label, options, selected })
}

export function confirmStep(view: StepView): Html {
  const { prompt, context } = view
  const has = (verb: DraftVerb) => prompt.buttons.some(({ id }) => verbOf(id) === verb)
  const canTry = has('try')
  return html`<section class="card said confirm">${linesOf(prompt.lines)}</section>
    ${has('sample') ? sampleCard(view) : ''} ${actsBar(view, ['sample'])}
    ${canTry ? html`<p class="faint">${context.texts.newTask.confirm.tryHint}</p>` : ''}`
}

/** Any number of rows to try, in place of a chat’s dialog. */
function sampleCard({ context, limits, typed }: StepView): Html {
  const form = sampleForm(context)
  return html`<section class="card said">
    ${draftForm(
      context,
      html`<input type="hidden" name="form" value="${form.id}" />
        <div class="parameters">${fieldsOf(form, typed, { texts: context.texts, limits })}</div>
        <div class="acts"><button class="outline">${form.submit}</button></div>`,
    )}
  </section>`
}

/** A draft that is over or whose file is still being read, with a link onward. */
export function endedView(draft: Draft, texts: Texts): Html {
  const { newTask, wizard } = texts
  const isReading = draft.status === 'reading'
  return html`<article class="empty">
    <h1>${isolate(draft.fileName)}</h1>
    <p>${isReading ? wizard.reading : endedText({ ...draft, locale: texts.locale })}</p>
    <p>${way()}</p>
  </article>`

  function way(): Html {
    if (isReading) return html`<a href="${draftPath(draft.id)}" role="button">${newTask.refresh}</a>`
    if (draft.taskId !== null)
      return html`<a href="/batch/${encodeURIComponent(draft.taskId)}" role="button">${newTask.openTask}</a>`
    return html`<a href="/batch/new" role="button">${newTask.startAgain}</a>`
  }
}
