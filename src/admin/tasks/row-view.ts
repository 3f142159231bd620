import type { LogEntry } from '../../db/tasks/logs.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { rowState } from '../view/state.ts'
import { actForm } from './acts-view.ts'
import { line } from './log-view.ts'
import { isolated, wholeFields } from '../view/value.ts'

export interface RowFacts {
  task: ListedTask
  row: ListedRow
  /** newest first */
  attempts: LogEntry[]
}

/** One row, whole: in a dialog over its task, or as a page of its own. */
export function rowArticle({ task, row, attempts }: RowFacts, { texts, canAct }: Visitor): Html {
  const { page, numbers, tasks } = texts
  const said = page.task
  const sent = row.cells.map((cell, i): [string, unknown] => [task.headings[i] ?? '', cell])
  const took = [
    ...(row.seconds === null ? [] : [numbers.duration(row.seconds * 1000)]),
    ...(row.tokens === null ? [] : [tasks.tokens(row.tokens)]),
    ...(row.price === null || row.currency === null ? [] : [tasks.price(row.price, row.currency)]),
  ].join(' · ')
  const part = (title: string, shown: Html | string) =>
    html`<section>
      <h3>${title}</h3>
      <div class="whole">${shown}</div>
    </section>`
  return html`<article id="question" class="row">
    <div class="head">
      <h2 id="dialog-title">${said.rowTitle(row.row)} ${rowState(row.status, texts)}</h2>
      <span class="faint">${took}</span>
    </div>
    ${row.error === null ? '' : html`<div class="fault"><p>${isolated(row.error)}</p></div>`}
    ${row.warning === null ? '' : part(said.warning, isolated(row.warning))}
    ${row.outputs === null ? '' : part(said.outputs, wholeFields(Object.entries(row.outputs)))}
    ${part(said.inputs, wholeFields(Object.entries(row.inputs)))} ${part(said.cells, wholeFields(sent))}
    ${row.workflowRunId === null ? '' : part(said.runId, html`<code>${row.workflowRunId}</code>`)}
    <section>
      <h3>${said.attemptsOf(row.row)}</h3>
      <ul class="log">
        ${attempts.map((entry) => line(entry, texts))}
      </ul>
    </section>
    <div class="acts">
      ${
        canAct && row.status === 'failed'
          ? actForm(`/batch/${task.id}/rows/${row.row}/retry`, {
              label: page.acts.retryRow,
              back: `/batch/${task.id}`,
              css: '',
            })
          : ''
      }
      <a href="/batch/${task.id}" role="button" class="outline" data-close>${page.keys.close}</a>
    </div>
  </article>`
}
