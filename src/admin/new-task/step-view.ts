import { draftClick } from '../../messages/click-ids.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { StepContext } from '../../wizard/step-context.ts'
import { stepOf } from '../../wizard/steps/steps.ts'
import type { ReadingSelect } from '../../wizard/steps/reading.ts'
import type { Typed } from '../view/form.ts'
import { html, type Html, type Renderable } from '../view/html.ts'
import { buttonsOf, type Buttons, verbOf } from '../view/prompt.ts'
import { dropField, type SentLimits } from './drop-field.ts'

/** What a step’s view needs: its context, its prompt, and what was typed into its form. */
export interface StepView {
  context: StepContext
  /** of what may be sent */
  limits: SentLimits
  prompt: Prompt
  typed: Typed
  /** how many files came along with the sheet */
  files: number
  /** nobody sent a sheet: each of the files is a row */
  listsFiles: boolean
  /** what is searched for among the workflows */
  search: string
}

export function draftPath(id: string): string {
  return `/batch/new/${encodeURIComponent(id)}`
}

/** The address of the step that a draft is at: each has one, so that the browser’s Back goes one step back. */
export function stepPath(
  id: string,
  context: StepContext | undefined,
  asked: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ ...(context && { step: stepOf(context) }), ...asked })
  return query.size === 0 ? draftPath(id) : `${draftPath(id)}?${query.toString()}`
}

/** A form of the draft without htmx: the next step opens as a new page, at its top. */
export function draftForm(
  { draft }: StepContext,
  body: Renderable,
  { className = '', mayHaveFiles = false }: { className?: string; mayHaveFiles?: boolean } = {},
): Html {
  return html`<form
    method="post"
    action="${draftPath(draft.id)}"
    class="${className}"
    ${mayHaveFiles ? html`enctype="multipart/form-data"` : ''}
    autocomplete="off"
    novalidate
  >
    ${body}
  </form>`
}

/** The step’s buttons, fixed at the bottom of the window. */
export function actsBar(view: Pick<StepView, 'context' | 'prompt'>, except: Buttons['except'] = []): Html {
  return draftForm(view.context, buttonsOf({ buttons: view.prompt.buttons, except }), {
    className: 'acts foot',
  })
}

export interface ChoiceOptions {
  verb: 'workbook' | 'against' | 'sheet' | 'equal' | ReadingSelect['verb']
  label: string
  options: { value: string; label: string; description?: string }[]
  selected: string | undefined
}

/** A select that acts at once; scroll position and focus stay. */
export function choiceForm(
  { draft, texts }: StepContext,
  { verb, label, options, selected }: ChoiceOptions,
): Html {
  const path = draftPath(draft.id)
  const none = selected === undefined || !options.some(({ value }) => value === selected)
  return html`<form
    class="choice"
    method="post"
    action="${path}"
    autocomplete="off"
    hx-post="${path}"
    hx-target="#main"
    hx-select="#main"
    hx-swap="outerMorph"
  >
    <input type="hidden" name="click" value="${draftClick(draft, verb)}" />
    <label class="inline" for="choose-${verb}"
      >${label}
      <select id="choose-${verb}" name="value" data-submits required>
        ${none ? html`<option value="" selected disabled>–</option>` : ''}
        ${options.map(
          ({ value, label, description }) =>
            html`<option value="${value}" ${value === selected ? html`selected` : ''}>
              ${label}${description === undefined ? '' : ` · ${description}`}
            </option>`,
        )}
      </select></label
    >
    <noscript><button class="outline">${texts.newTask.choose}</button></noscript>
  </form>`
}

/** Where further files can be uploaded beside the sheet. */
export function moreFiles({ context, limits }: StepView, label: string): Html {
  const { draft, texts } = context
  return html`<form
    class="other-file"
    method="post"
    action="${draftPath(draft.id)}"
    enctype="multipart/form-data"
  >
    <input type="hidden" name="form" value="${draftClick(draft, 'files')}" />
    ${dropField({ label, texts, limits, isSmall: true })}
  </form>`
}

/** Where another file can be uploaded. */
export function otherFile({ context, prompt, limits }: StepView, label: string): Html {
  const id = prompt.buttons.find((button) => verbOf(button.id) === 'file')?.id
  if (id === undefined) return html``
  return html`<form
    class="other-file"
    method="post"
    action="${draftPath(context.draft.id)}"
    enctype="multipart/form-data"
  >
    <input type="hidden" name="form" value="${id}" />
    ${dropField({ label, texts: context.texts, limits, isSmall: true })}
  </form>`
}
