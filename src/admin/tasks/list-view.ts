import { labelOf, labelsOf } from '../../app/workflow-labels.ts'
import type { Progress } from '../../app/progress.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { stateOf, TASKS_A_PAGE, tasksPath, type TasksQuery } from './list-query.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { livePart } from '../view/live-part.ts'
import { TASK_SIGNS } from '../view/state.ts'
import { taskLine } from './task-line.ts'

export interface TaskListFacts {
  query: TasksQuery
  tasks: { task: ListedTask; progress: Progress; workedMs: number }[]
  /** tasks that match the filter */
  total: number
  /** of every state, whatever the filter */
  counts: Record<TaskStatus, number>
  workflows: Workflow[]
  now: number
}

/** In order of importance to the reader. */
const CHIPS: TaskStatus[] = ['running', 'pending', 'paused', 'completed', 'failed', 'cancelled']
const LIVE_SECONDS = 2
/** Reload interval while nothing runs: somebody may start a task. */
const REST_SECONDS = 10

export function isFiltered({ state, workflow, q }: TasksQuery): boolean {
  return Boolean(state ?? workflow ?? q)
}

/** State chips and tasks. Reloads itself. */
export function taskList(facts: TaskListFacts, visitor: Visitor): Html {
  const { query, tasks, counts, now } = facts
  const { texts, canAct } = visitor
  const back = tasksPath(query, { page: query.page })
  const goesOn = counts.running + counts.pending > 0
  const labels = labelsOf(facts.workflows, texts)
  const lines = tasks.map(({ task, progress, workedMs }) =>
    taskLine(task, {
      progress,
      workedMs,
      now,
      texts,
      canAct,
      back,
      workflow: labels.get(task.workflowId),
    }),
  )
  const body = html`${chips(facts, visitor)}${
    lines.length > 0
      ? html`<ul class="tasks">
          ${lines}
        </ul>`
      : noMatch(visitor)
  }${pages(facts, visitor)}`
  return livePart({ id: 'tasks', url: back, everySeconds: goesOn ? LIVE_SECONDS : REST_SECONDS, body })
}

/** Search and workflow filter. Not part of the live list, so that a reload does not undo a choice. */
export function filterForm({ query, workflows }: TaskListFacts, { texts }: Visitor): Html {
  const { list } = texts.page
  const labels = labelsOf(workflows, texts)
  const options = workflows.map(
    (workflow) =>
      html`<option value="${workflow.id}" ${workflow.id === query.workflow ? html`selected` : ''}>
        ${labelOf(workflow, labels)}
      </option>`,
  )
  return html`<form action="/batch" method="get">
    ${query.state ? html`<input type="hidden" name="state" value="${query.state}" />` : ''}
    ${query.q ? html`<input type="hidden" name="q" value="${query.q}" />` : ''}
    <label for="workflow">${list.workflow}</label>
    <select id="workflow" name="workflow" data-submits>
      <option value="">${list.everyWorkflow}</option>
      ${options}
    </select>
    <noscript><button class="outline">${list.filter}</button></noscript>
    ${isFiltered(query) ? html`<a href="/batch">${list.clear}</a>` : ''}
  </form>`
}

function chips({ query, counts }: TaskListFacts, { texts }: Visitor): Html {
  const { page, numbers } = texts
  const current = stateOf(query)
  const all = CHIPS.reduce((sum, status) => sum + counts[status], 0)
  const chip = (status: TaskStatus | undefined, word: string, count: number) =>
    html`<li>
      <a
        href="${tasksPath(query, { state: status })}"
        class="${count === 0 ? 'none' : ''}"
        ${status === current ? html`aria-current="true"` : ''}
      >
        ${status === undefined ? '' : html`<span class="state-${status}" aria-hidden="true">${TASK_SIGNS[status]}</span>`}
        ${word} <b>${numbers.count(count)}</b>
      </a>
    </li>`
  return html`<nav aria-label="${page.list.states}">
    <ul class="chips">
      ${chip(undefined, page.list.all, all)}${CHIPS.map((status) => chip(status, page.states[status], counts[status]))}
    </ul>
  </nav>`
}

function noMatch({ texts }: Visitor): Html {
  const { list } = texts.page
  return html`<div class="empty">
    <h2>${list.noMatch}</h2>
    <p>${list.noMatchHint} <a href="/batch">${list.clear}</a></p>
  </div>`
}

function pages({ query, total }: TaskListFacts, { texts }: Visitor): Html {
  const { list } = texts.page
  const last = Math.max(1, Math.ceil(total / TASKS_A_PAGE))
  const page = Math.min(query.page ?? 1, last)
  if (last === 1) return html``
  return html`<nav class="pages" aria-label="${list.pages}">
    ${page > 1 ? html`<a href="${tasksPath(query, { page: page - 1 })}" rel="prev">← ${list.newer}</a>` : ''}
    <span>${list.page(page, last)}</span>
    ${page < last ? html`<a href="${tasksPath(query, { page: page + 1 })}" rel="next">${list.older} →</a>` : ''}
  </nav>`
}
