import { html, type Html } from '../html.ts'
import { linesOf, verbOf } from '../prompt.ts'
import { actsBar, type StepView } from './step-view.ts'

export function confirmStep(view: StepView): Html {
  const { prompt, sight } = view
  const canTry = prompt.buttons.some(({ id }) => verbOf(id) === 'try')
  return html`<section class="card said confirm">${linesOf(prompt.lines)}</section>
    ${actsBar(view)} ${canTry ? html`<p class="faint">${sight.words.newTask.confirm.tryHint}</p>` : ''}`
}
