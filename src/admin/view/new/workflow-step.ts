import { html, type Html } from '../html.ts'
import { linesOf } from '../prompt.ts'
import { actsBar, choiceForm, otherFile, type StepView } from './step-view.ts'

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
