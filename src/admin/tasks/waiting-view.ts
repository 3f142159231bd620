import type { WaitingForm } from '../../app/waiting-rows.ts'
import type { StoredForm } from '../../db/rows/forms.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { RunFormField } from '../../engine/form.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { livePart } from '../view/live-part.ts'
import { markdown } from '../view/markdown.ts'
import { inDialog } from '../view/question.ts'
import { clockTime } from '../view/time.ts'
import { isolated, wholeFields } from '../view/value.ts'

export interface WaitingFacts {
  task: ListedTask
  /** the oldest of them */
  forms: WaitingForm[]
  /** how many there are */
  total: number
}

const LIVE_SECONDS = 3
const REST_SECONDS = 5
/** The names of a form’s fields may be anything; so may its buttons. */
export const FIELD_PREFIX = 'field-'
const FIELD_CHARS = 20_000

/** What a task’s rows wait for, with the ways to answer. Reloads itself; empty if nothing waits. */
export function waitingPart(facts: WaitingFacts, visitor: Visitor): Html {
  const { task } = facts
  return livePart({
    id: 'waiting',
    url: `/batch/${task.id}/waiting`,
    everySeconds: task.finishedAt === null ? LIVE_SECONDS : REST_SECONDS,
    body: facts.total === 0 ? html`` : section(facts, visitor),
  })
}

function section({ task, forms, total }: WaitingFacts, visitor: Visitor): Html {
  const said = visitor.texts.questions.page
  const more = total - forms.length
  return html`<section class="card" aria-labelledby="waiting-title">
    <h2 id="waiting-title">${said.title(total)}</h2>
    <ol class="questions">
      ${forms.map(
        (form) =>
          html`<li id="question-${form.id}">
            <div class="head">
              <h3>
                <a ${inDialog(`/batch/${task.id}/rows/${form.row}`)}
                  >${visitor.texts.page.task.rowTitle(form.row)}</a
                >
              </h3>
              ${until(form, visitor)}
            </div>
            ${questionForm(form, `/batch/${task.id}`, visitor)}
          </li>`,
      )}
    </ol>
    ${more > 0 ? html`<p class="faint">${said.more(more)}</p>` : ''}
  </section>`
}

/** What a row asks, and the form to answer it. Viewers only read it. */
export function questionForm(form: WaitingForm, back: string, visitor: Visitor): Html {
  const { texts, canAct } = visitor
  const said = texts.questions
  const action = `/batch/${form.taskId}/forms/${form.id}`
  const asked = html`${form.nodeTitle === '' ? '' : html`<p class="faint">${isolated(form.nodeTitle)}</p>`}${markdown(form.text)}`
  if (form.isAnswering)
    return html`${asked}
      <p class="faint">${said.answering(form.row)}</p>`
  if (form.isOnlyInDify)
    return html`${asked}
      <p class="faint">${said.onlyInDify}</p>`
  if (!canAct) return asked
  return html`${asked}
    <form
      action="${action}"
      method="post"
      class="answer"
      hx-post="${action}"
      hx-target="#waiting"
      hx-select="#waiting"
      hx-swap="outerMorph"
    >
      <input type="hidden" name="back" value="${back}" />
      ${form.fields.map((field, i) => fieldOf(form.id, field, i))}
      ${
        form.alike > 1
          ? html`<label class="check"
              ><input type="checkbox" name="all" value="yes" /> ${said.page.alike(form.alike)}</label
            >`
          : ''
      }
      <div class="acts">
        ${form.actions.map(
          ({ id, title, style }) =>
            html`<button name="action" value="${id}" class="${style === 'primary' ? '' : 'outline'}">
              ${isolated(title.trim() || '…')}
            </button>`,
        )}
      </div>
    </form>`
}

function fieldOf(formId: string, { name, type, initial, options }: RunFormField, index: number): Html {
  const id = `${FIELD_PREFIX}${index}-${formId}`
  const field = `${FIELD_PREFIX}${index}`
  const label = html`<label for="${id}">${isolated(name)}</label>`
  // Dify takes one of them only, so one that nobody chose must not look chosen.
  if (type === 'select' && options.length > 0)
    return html`<div class="field">
      ${label}<select id="${id}" name="${field}" required>
        ${options.includes(initial) ? '' : html`<option value="" selected></option>`}
        ${options.map((option) => html`<option value="${option}" ${option === initial ? html`selected` : ''}>${option}</option>`)}
      </select>
    </div>`
  // A browser leaves out line breaks in a field of one line, and a line break right after the tag.
  if (type === 'paragraph' || initial.includes('\n')) {
    const inside = `\n${initial}`
    return html`<div class="field">
      ${label}<textarea id="${id}" name="${field}" rows="3" maxlength="${FIELD_CHARS}">${inside}</textarea>
    </div>`
  }
  return html`<div class="field">
    ${label}<input
      id="${id}"
      name="${field}"
      type="text"
      value="${initial}"
      maxlength="${FIELD_CHARS}"
      autocomplete="off"
    />
  </div>`
}

function until({ expiresAt }: WaitingForm, { texts }: Visitor): Html {
  if (expiresAt === null) return html``
  const iso = new Date(expiresAt).toISOString()
  const shown = html`<time datetime="${iso}" title="${iso}" data-clock="minutes"
    >${iso.slice(0, 16).replace('T', ' ')} UTC</time
  >`
  return html`<span class="faint">${texts.questions.until(shown)}</span>`
}

/** Who has answered what for a row, oldest first. */
export function answersOf(forms: StoredForm[], { texts }: Visitor): Html {
  const answered = forms.filter(({ state }) => state !== 'open')
  if (answered.length === 0) return html``
  const said = texts.questions.page
  return html`<section>
    <h3>${said.answers}</h3>
    <ul class="log">
      ${answered.map(({ nodeTitle, state, answer, actions, fields }) => {
        const title = actions.find(({ id }) => id === answer?.action)?.title ?? answer?.action ?? ''
        const inputs = fields.flatMap(({ name }): [string, unknown][] => {
          const value = answer?.inputs[name]
          return value === undefined || value === '' ? [] : [[name, value]]
        })
        return html`<li>
          ${answer === null ? '' : clockTime(answer.at)}
          <span>
            ${isolated(nodeTitle)}:
            ${answer === null ? said.states[state] : isolated(said.answer(title, answer.by))}${inputs.length > 0 ? wholeFields(inputs) : ''}
          </span>
        </li>`
      })}
    </ul>
  </section>`
}
