import { inputText } from '../../app/new-inputs.ts'
import type { FormerAnswer } from '../../db/rows/former-answers.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import { reviewedOutputs, textToEdit } from '../../engine/review.ts'
import type { Inputs } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { canonical, noneText } from '../../wizard/constant-form.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { richFields } from '../view/rich-value.ts'
import { clockTime } from '../view/time.ts'
import { folded, isolated } from '../view/value.ts'
import { rowForm } from './row-form.ts'
import { mayRunAgain } from './sheet-view.ts'
import { taskPath, type TaskQuery } from './task-query.ts'

/** The name of a field: what follows is the input’s. */
export const INPUT_FIELD = 'input:'

/** What somebody has typed that the row could not run with, and why. */
export interface TypedInputs {
  texts: Record<string, string>
  error: string
}

export interface EditInputsFacts {
  task: ListedTask
  row: ListedRow
  /** the sheet that it is opened from */
  query: TaskQuery
  /** what the workflow takes now */
  variables: Variable[]
  /** newest first */
  former: FormerAnswer[]
  /** inputs that could not be taken */
  typedInputs?: TypedInputs | undefined
}

/** What of a row is not as in its file, and a form to run it again with other inputs. */
export function editInputs(facts: EditInputsFacts, { texts, canAct }: Visitor): Html {
  const { task, row, query, variables, typedInputs } = facts
  const said = texts.review.inputs
  const mayEdit = canAct && mayRunAgain(row) && variables.length > 0
  if (!mayEdit && !row.editedInputs && !typedInputs) return html``
  const action = taskPath(task.id, query, {}, `/rows/${row.row}/inputs`)
  const fault = typedInputs
    ? html`<div class="fault" role="alert"><p>${isolated(typedInputs.error)}</p></div>`
    : ''
  return html`<section class="inputs" aria-labelledby="inputs-title">
    <h3 id="inputs-title">${said.title}</h3>
    ${mayEdit ? '' : fault} ${row.editedInputs ? changedInputs(row.editedInputs, texts) : ''}
    ${
      mayEdit
        ? html`<details class="edit" ${typedInputs ? html`open` : ''}>
              <summary role="button" class="outline">${said.edit}</summary>
              ${rowForm(
                action,
                row,
                html`${variables.map((variable, i) => inputField(i, variable, row, typedInputs, texts))}
                  ${fault}
                  <p class="faint">${said.isPaid}</p>
                  <button>${said.run}</button>`,
              )}
            </details>
            ${row.editedInputs ? rowForm(action, row, html`<input type="hidden" name="as-in-file" value="yes" /><button class="outline" title="${said.isPaid}">${said.asInFile}</button>`) : ''}`
        : ''
    }
  </section>`
}

/** What the row gave before it was run again, and what it was sent then if that was something else. */
export function formerAnswers({ former, row }: Pick<EditInputsFacts, 'former' | 'row'>, texts: Texts): Html {
  const said = texts.review.inputs
  const note = row.fromBefore && row.outputs !== null ? html`<p class="told">${said.fromBefore}</p>` : ''
  if (former.length === 0) return html`${note}`
  return html`${note}
    <details class="former">
      <summary>${said.former(former.length)}</summary>
      ${former.map(
        ({ inputs, outputs, edits, by, answeredAt, againAt }) =>
          html`<section>
            <p class="faint">${clockTime(answeredAt ?? againAt)} · ${isolated(said.againBy(by))}</p>
            ${sentThen(inputs, row.inputs, texts)}
            ${richFields(Object.entries(reviewedOutputs(outputs, edits) ?? {}), texts)}
          </section>`,
      )}
    </details>`
}

function sentThen(then: Inputs, now: Inputs, { review }: Texts): Html {
  const others = [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .map((name): [string, string] => [name, inputText(then, name)])
    .filter(([name, text]) => text !== inputText(now, name))
  return html`<div class="fields">
    ${others.map(
      ([name, text]) =>
        html`<div class="whole">
          <b>${isolated(name)}</b> <span class="faint">${review.inputs.sentThen}</span>
          ${folded(text || review.nothing)}
        </div>`,
    )}
  </div>`
}

function changedInputs(edited: NonNullable<ListedRow['editedInputs']>, { review }: Texts): Html {
  const said = review.inputs
  return html`<div class="fields">
    ${Object.entries(edited).map(
      ([input, { from, by }]) =>
        html`<div class="whole">
          <b>${isolated(input)}</b>
          <span class="faint">${isolated(said.changedBy(by))} · ${said.inFile}</span>
          ${folded(textToEdit(from) || review.nothing)}
        </div>`,
    )}
  </div>`
}

/** A field of the input’s kind: a choice, a number, yes or no, a text. */
function inputField(
  index: number,
  variable: Variable,
  row: ListedRow,
  typed: TypedInputs | undefined,
  texts: Texts,
): Html {
  const id = `input-${index}`
  const now = inputText(row.inputs, variable.name)
  const text = typed?.texts[variable.name] ?? now
  return html`<div class="field">
    <label for="${id}">${isolated(variable.label)}${variable.required ? ' *' : ''}</label>
    ${control({ id, name: INPUT_FIELD + variable.name, variable, text }, texts)}
  </div>`
}

interface Control {
  id: string
  name: string
  variable: Variable
  text: string
}

function control({ id, name, variable, text }: Control, texts: Texts): Html {
  const choices = choicesOf(variable, texts)
  if (choices) {
    const chosen = canonical(variable, text)
    const isOffered = chosen === '' || choices.some((one) => one.value === chosen)
    return html`<select id="${id}" name="${name}">
      ${variable.required && chosen !== '' ? '' : html`<option value="">${noneText(variable, texts)}</option>`}
      ${isOffered ? '' : html`<option value="${chosen}" selected>${chosen}</option>`}
      ${choices.map(({ value, label }) => html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${label}</option>`)}
    </select>`
  }
  if (variable.type === 'number')
    return html`<input id="${id}" name="${name}" inputmode="decimal" autocomplete="off" value="${text}" />`
  const lines = text.split('\n').reduce((sum, line) => sum + Math.ceil((line.length + 1) / 80), 0)
  const rows = Math.min(12, Math.max(variable.type === 'text-input' ? 1 : 2, lines))
  // A browser leaves out a line break right after the tag.
  const inside = `\n${text}`
  return html`<textarea id="${id}" name="${name}" rows="${rows}">${inside}</textarea>`
}

function choicesOf(
  { type, options = [] }: Variable,
  { workflowsPage: { yes, no } }: Texts,
): { value: string; label: string }[] | undefined {
  if (type === 'checkbox')
    return [
      { value: 'true', label: yes },
      { value: 'false', label: no },
    ]
  return type === 'select' && options.length > 0
    ? options.map((option) => ({ value: option, label: option }))
    : undefined
}
