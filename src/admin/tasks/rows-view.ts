import type { RowColumn } from '../../engine/row-column.ts'
import type { LeftOutRow } from '../../engine/task.ts'
import { leftOutText } from '../../wizard/faults.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { Flagged } from '../../app/flags.ts'
import type { ExecutionStatus } from '../../engine/states.ts'
import type { Sentence } from '../../engine/sentence.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import { columnKey, columnSearched, rowsShown, ROWS_A_PAGE, taskPath, type TaskQuery } from './task-query.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { livePart } from '../view/live-part.ts'
import { flagMark } from './flags-view.ts'
import { columnsOf, mayRunAgain, rowSheet } from './sheet-view.ts'
import { rowState } from '../view/state.ts'
import { fields, folded, plainText } from '../view/value.ts'

export interface TaskRowsFacts {
  task: ListedTask
  query: TaskQuery
  rows: ListedRow[]
  /** shown in place of rows when the filter asks for left-out ones */
  leftOut: LeftOutRow[]
  total: number
  counts: Record<ExecutionStatus, number>
  /** what there is to look at, and what came of it */
  flagged: Flagged
  /** the error of the group that the filter asks for */
  error: Sentence | undefined
  now: number
}

const LIVE_SECONDS = 5
const REST_SECONDS = 10
const CHIPS: ExecutionStatus[] = ['running', 'pending', 'waiting', 'succeeded', 'failed', 'cancelled']

/** The rows, with their inputs, outputs and errors side by side. */
export function taskRows(facts: TaskRowsFacts, visitor: Visitor): Html {
  const { task, query } = facts
  const { texts } = visitor
  const goesOn = task.status === 'running' || task.status === 'pending' || facts.counts.running > 0
  const isLeftOut = rowsShown(query) === 'left-out'
  const none = isLeftOut ? facts.leftOut.length === 0 : facts.rows.length === 0
  const table = none
    ? html`<p class="faint">${texts.page.task.noRows}</p>`
    : isLeftOut
      ? leftOutTable(facts, visitor)
      : rowSheet(facts, visitor)
  return livePart({
    id: 'rows',
    url: taskPath(task.id, query, { log: undefined }, '/rows'),
    everySeconds: goesOn ? LIVE_SECONDS : REST_SECONDS,
    body: html`<section aria-labelledby="rows-title">
      <div class="head">
        <h2 id="rows-title">${texts.page.task.rows}</h2>
        ${chosenBar(facts, visitor)}
      </div>
      ${chips(facts, visitor)}${onlyErrors(facts, visitor)}
      <div class="scroll sheet-scroll" tabindex="0" role="region" aria-labelledby="rows-title">${table}</div>
      ${pages(facts, visitor)}
    </section>`,
  })
}

/** Runs the chosen rows again. Without script its button is always there, and asks for a choice if there is none. */
function chosenBar({ task, rows }: TaskRowsFacts, { texts, canAct }: Visitor): Html {
  if (!canAct || !rows.some(mayRunAgain)) return html``
  const said = texts.page.task
  const path = `/batch/${task.id}/rows/again`
  return html`<form
    id="chosen"
    class="acts chosen"
    action="${path}"
    method="get"
    hx-get="${path}"
    hx-target="#dialog"
    hx-select="#question"
    data-chosen
  >
    <span data-chosen-count data-words="${said.chosen}" aria-live="polite"></span>
    <button class="outline">${said.runChosen}</button>
    <button type="button" class="quiet" data-choose-none>${said.chooseNone}</button>
  </form>`
}

function leftOutTable({ task, leftOut }: TaskRowsFacts, { texts }: Visitor): Html {
  const said = texts.page.task
  return html`<p class="faint">${said.leftOutHint}</p>
    <table>
      <thead>
        <tr>
          <th class="number" scope="col">${said.row}</th>
          <th scope="col">${said.cells}</th>
          <th scope="col">${said.error}</th>
        </tr>
      </thead>
      <tbody>
        ${leftOut.map(
          ({ row, cells, ...why }) =>
            html`<tr>
              <td class="number">${row}</td>
              <td class="text">${fields(cells.map((cell, i) => [task.headings[i] ?? '', cell]))}</td>
              <td class="text">${folded(leftOutText(why, texts))}</td>
            </tr>`,
        )}
      </tbody>
    </table>`
}

function chips({ task, query, counts, flagged, rows }: TaskRowsFacts, { texts }: Visitor): Html {
  const { page, numbers } = texts
  const shown = rowsShown(query)
  const toLookAt = flagged.rows.length
  const reviewed = flagged.edited + flagged.kept
  const chip = (value: string | undefined, word: string | Html, count: number) => {
    const path = `${taskPath(task.id, query, { rows: value, error: undefined, page: undefined })}#rows`
    const isCurrent = value === shown
    return html`<li>
      <a href="${path}" ${isCurrent ? html`aria-current="true"` : ''}
        >${word} <b>${numbers.count(count)}</b></a
      >
    </li>`
  }
  const seen = CHIPS.filter((status) => counts[status] > 0 || status === shown)
  return html`<div class="filters">
    <nav aria-label="${page.task.rows}">
      <ul class="chips">
        ${chip(undefined, page.task.allRows, task.counts.total)}${
          toLookAt > 0 || shown === 'flagged' ? chip('flagged', flagMark(texts), toLookAt) : ''
        }${
          reviewed > 0 || shown === 'reviewed' ? chip('reviewed', texts.review.page.reviewed, reviewed) : ''
        }${seen.map((status) => chip(status, rowState(status, texts), counts[status]))}${
          task.leftOut > 0 ? chip('left-out', rowState('left out', texts), task.leftOut) : ''
        }
      </ul>
    </nav>
    <form action="/batch/${task.id}#rows" method="get" role="search">
      <input
        type="search"
        name="find"
        value="${query.find ?? ''}"
        aria-label="${page.search}${page.marks.colon}${page.task.rows}"
        placeholder="${page.search}"
      />
      <select name="in" aria-label="${page.task.searchIn}">
        <option value="">${page.task.allColumns}</option>
        ${columnsToSearch({ rows, query }).map((column) => html`<option value="${columnKey(column)}" ${columnKey(column) === query.in ? html`selected` : ''}>${plainText(column.name)}</option>`)}
      </select>
      ${kept({ rows: shown, error: query.error, sort: query.sort })}
    </form>
    <details class="menu columns-menu" data-columns hidden>
      <summary role="button" class="outline">${page.task.columns}</summary>
      <div></div>
    </details>
  </div>`
}

/** What else the sheet is filtered and sorted by stays so when it is searched. */
function kept(query: Pick<TaskQuery, 'rows' | 'error' | 'sort'>): Html[] {
  return Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}" />`],
  )
}

/** Those of the rows that are shown, and the one that is searched now. */
function columnsToSearch({ rows, query }: Pick<TaskRowsFacts, 'rows' | 'query'>): RowColumn[] {
  const shown = columnsOf(rows)
  const searched = columnSearched(query)
  const isShown = searched && shown.some((column) => columnKey(column) === columnKey(searched))
  return searched && !isShown ? [...shown, searched] : shown
}

function onlyErrors({ task, error, query }: TaskRowsFacts, { texts }: Visitor): Html {
  if (error === undefined) return html``
  const { onlyErrors: only, showAll } = texts.page.task
  return html`<p class="told">
    ${only(texts.say(error))}
    <a href="${taskPath(task.id, query, { error: undefined, page: undefined })}#rows">${showAll}</a>
  </p>`
}

function pages({ task, query, total }: TaskRowsFacts, { texts }: Visitor): Html {
  const { list } = texts.page
  const last = Math.max(1, Math.ceil(total / ROWS_A_PAGE))
  if (last === 1) return html``
  const page = Math.min(query.page ?? 1, last)
  const to = (wanted: number, word: string, rel: string) =>
    html`<a href="${taskPath(task.id, query, { page: wanted })}#rows" rel="${rel}">${word}</a>`
  return html`<nav class="pages" aria-label="${list.pages}">
    ${page > 1 ? to(page - 1, '←', 'prev') : ''}<span>${list.page(page, last)}</span>${page < last ? to(page + 1, '→', 'next') : ''}
  </nav>`
}
