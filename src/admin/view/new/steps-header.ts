import type { StepName } from '../../../wizard/draft.ts'
import type { Words } from '../../../words/words.ts'
import { html, type Html } from '../html.ts'

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
