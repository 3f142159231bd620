import { Elysia } from 'elysia'
import { countTasksByStatus, listTaskPage } from '../../db/tasks/task-list.ts'
import { listWorkflows } from '../../db/workflows/workflows.ts'
import { listWorkedMs } from '../../db/stats/worked.ts'
import { listProgress } from '../../app/progress.ts'
import { progressSources } from './facts.ts'
import type { AdminContext } from '../options.ts'
import { html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { dropArea } from '../new-task/drop-area.ts'
import { livePartResponse } from '../view/live-part.ts'
import { filterForm, isFiltered, taskList, type TaskListFacts } from './list-view.ts'
import { requesterOf, type Visitor, withVisitor } from '../http/visitor.ts'
import { onlyOwn } from '../sign-in/identity.ts'
import { filterOf, TASKS_A_PAGE, TASKS_QUERY, type TasksQuery, tasksPath } from './list-query.ts'

/** How long viewers of the same list share one answer. */
const LIST_FRESH_MS = 1_000

/** The list of tasks. */
export function taskListPages(context: AdminContext) {
  const { db, cache, clock, assets, limits, wizard } = context
  return new Elysia()
    .use(withVisitor())
    .get('/', () => seeOther('/batch'))
    .get(
      '/batch',
      async ({ visitor, query, request }) => {
        const facts = await factsOf(query, visitor)
        if (visitor.isLivePart) return livePartResponse(request, taskList(facts, visitor))
        return htmlResponse(view(facts, visitor))
      },
      { query: TASKS_QUERY },
    )

  async function factsOf(query: TasksQuery, visitor: Visitor): Promise<TaskListFacts> {
    const own = onlyOwn(visitor.identity)
    const path = tasksPath(query, { page: query.page })
    const asked = await cache.get(`list:${own ?? ''}:${path}`, LIST_FRESH_MS, () => ask(query, own))
    const workflows = await (own === undefined ? listWorkflows(db) : wizard.offered.all(requesterOf(visitor)))
    return { ...asked, workflows, query, now: clock.now() }
  }

  /** @param own whose tasks; undefined: everybody’s */
  async function ask(query: TasksQuery, own: string | undefined) {
    const filter = { ...filterOf(query), ...(own !== undefined && { ownerKey: own }) }
    const { statuses: _statuses, ...whateverState } = filter
    const counts = await countTasksByStatus(db, whateverState)
    const offset = ((query.page ?? 1) - 1) * TASKS_A_PAGE
    const { tasks, total } = await listTaskPage(db, filter, { limit: TASKS_A_PAGE, offset })
    const ended = tasks.filter(({ finishedAt }) => finishedAt !== null)
    const worked = await listWorkedMs(db, ended, clock.now())
    const shown = (await listProgress(tasks, progressSources(context))).map((one) => ({
      ...one,
      workedMs: worked.get(one.task.id) ?? 0,
    }))
    return { counts, tasks: shown, total }
  }

  function view(facts: TaskListFacts, visitor: Visitor) {
    const { page: said } = visitor.texts
    const none = facts.total === 0 && !isFiltered(facts.query)
    const newTask = html`<a href="/batch/new" role="button" data-new>+ ${said.newTask}</a>`
    return page(assets, visitor, {
      title: said.list.title,
      tab: 'tasks',
      main: html`<div class="head">
          <h1>${said.list.title}</h1>
          ${none ? '' : html`<div class="right">${filterForm(facts, visitor)}${liveButton(visitor)}${visitor.canAct ? newTask : ''}</div>`}
        </div>
        ${
          none
            ? html`<div class="empty">
                <h2>${said.list.none}</h2>
                <p>${said.list.noneHint}</p>
                ${dropArea(visitor, { workflows: facts.workflows.filter(({ enabled }) => enabled), limits })}
              </div>`
            : taskList(facts, visitor)
        }`,
    })
  }
}

/** Shown by the page’s script, as without script nothing is live. */
export function liveButton({ texts }: Visitor) {
  const { page } = texts
  return html`<button
    class="quiet"
    type="button"
    data-live-button
    data-on="● ${page.updated}"
    data-off="‖ ${page.pausedLive}"
    data-lost="○ ${page.notConnected}"
    title="${page.keys.live} (r)"
    aria-pressed="true"
    hidden
  ></button>`
}
