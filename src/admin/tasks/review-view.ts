import { machineValue, textsToEdit } from '../../app/reviews.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Edits } from '../../engine/edits.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { inDialog } from '../view/question.ts'
import { taskPath, type TaskQuery } from './task-query.ts'
import { folded, isolated, textOf } from '../view/value.ts'
import { flagMark } from './flags-view.ts'
import { rowForm } from './row-form.ts'

/** The name of a field: what follows is the output's. */
export const OUTPUT_FIELD = 'output:'

/** What somebody has typed that is no value of its output, and why. */
export interface TypedEdit {
  texts: Record<string, string>
  error: string
}

export interface ReviewFacts {
  task: ListedTask
  row: ListedRow
  /** the sheet that it is opened from */
  query: TaskQuery
  next: number | undefined
  typed: TypedEdit | undefined
}

/** Beside a row's state: what is to look at, or what somebody has said of it. */
export function reviewMarks({ flags = [], edits, kept }: ListedRow, texts: Texts): Html[] {
  const said = texts.review.page
  if (edits) return [html`<small>✎ ${isolated(said.person(peopleIn(edits)))}</small>`]
  if (kept) return [html`<small>✓ ${isolated(said.kept(kept.by))}</small>`]
  return flags.map((flag) => html`<small>${flagMark(texts, flag)}</small>`)
}

/** In a row: what a person has said of its answer, beside the machine's, and the ways to say it. */
export function reviewPart({ task, row, query, next, typed }: ReviewFacts, { texts, canAct }: Visitor): Html {
  const said = texts.review.page
  const isOpen = row.status === 'succeeded'
  const { edits, kept } = row
  if (!edits && !kept && !(isOpen && canAct)) return nextLink(task, next, texts)
  const to = (act: 'keep' | 'reset' | 'edit') => taskPath(task.id, query, {}, `/rows/${row.row}/${act}`)
  return html`<section class="review" aria-labelledby="review-title">
    <h3 id="review-title">${said.title}</h3>
    ${kept ? html`<p>✓ ${isolated(said.kept(kept.by))}</p>` : ''}
    ${edits ? editedValues(row, edits, texts) : ''}
    ${
      isOpen && canAct
        ? html`<div class="acts">
              ${kept ? '' : rowForm(to('keep'), row, html`<button class="outline">${said.keep}</button>`)}
              ${edits || kept ? rowForm(to('reset'), row, html`<button class="outline" title="${said.resetHint}">${said.reset}</button>`) : ''}
            </div>
            ${editForm(to('edit'), row, typed, texts)}`
        : ''
    }
    ${nextLink(task, next, texts)}
  </section>`
}

/** The person’s value and the machine’s under each other. */
function editedValues(row: ListedRow, edits: Edits, { review }: Texts): Html {
  const said = review.page
  return html`<div class="fields">
    ${Object.entries(edits).map(
      ([output, { value, by }]) =>
        html`<div class="whole">
            <b>${isolated(output)}</b> <span class="faint">${isolated(said.person(by))}</span>
            ${folded(textOf(value, 1))}
          </div>
          <div class="whole">
            <span class="faint">${said.machine}</span>
            ${folded(textOf(machineValue(row, output), 1) || review.nothing)}
          </div>`,
    )}
  </div>`
}

/** Open at once where something typed could not be saved. */
function editForm(action: string, row: ListedRow, typed: TypedEdit | undefined, texts: Texts): Html {
  const said = texts.review.page
  const shown = textsToEdit(row)
  if (shown.length === 0) return html``
  const fields = shown.map(({ output, text }, i) => editField(i, output, typed?.texts[output] ?? text))
  return html`<details class="edit" ${typed ? html`open` : ''}>
    <summary role="button" class="outline">${said.edit}</summary>
    ${typed ? html`<div class="fault" role="alert"><p>${typed.error}</p></div>` : ''}
    ${rowForm(action, row, html`${fields}<button>${said.save}</button>`)}
  </details>`
}

function editField(index: number, output: string, text: string): Html {
  const id = `edit-${index}`
  const name = OUTPUT_FIELD + output
  const rows = rowsFor(text)
  // A browser leaves out a line break right after the tag.
  const inside = `\n${text}`
  return html`<div class="field">
    <label for="${id}">${isolated(output)}</label>
    <textarea id="${id}" name="${name}" rows="${rows}">${inside}</textarea>
  </div>`
}

function nextLink({ id }: ListedTask, next: number | undefined, { page, review }: Texts): Html {
  if (next === undefined) return html``
  return html`<p>
    <a ${inDialog(`/batch/${id}/rows/${next}`)}
      >${page.task.toLookAt}${page.marks.colon}${page.task.rowTitle(next)} ${review.buttons.next}</a
    >
  </p>`
}

function peopleIn(edits: Edits): string {
  return [...new Set(Object.values(edits).map(({ by }) => by))].join(', ')
}

const ROWS = { least: 2, most: 12 }

function rowsFor(text: string): number {
  const lines = text.split('\n').reduce((sum, line) => sum + Math.ceil((line.length + 1) / 80), 0)
  return Math.min(ROWS.most, Math.max(ROWS.least, lines))
}
