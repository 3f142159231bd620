import type { TaskPageFacts } from '../live/task-page-facts.ts'
import { groupKey, taskPath } from '../pages/task-query.ts'
import type { Visitor } from '../visitor.ts'
import { type Html, html } from './html.ts'
import { askLink } from './task-acts.ts'
import { folded } from './value.ts'

const ROWS_NAMED = 8

/** Each error once, with its rows, and what to do about them. */
export function taskErrors({ task, errors }: TaskPageFacts, { words, canAct }: Visitor): Html {
  const { page, numbers } = words
  if (errors.length === 0) return html``
  const others = task.counts.failed - errors.reduce((sum, { count }) => sum + count, 0)
  return html`<section class="card" aria-labelledby="errors-title">
    <h2 id="errors-title">${page.task.errors}</h2>
    <ul class="errors">
      ${errors.map(({ message, count, rows }) => {
        const key = groupKey(message)
        const path = `${taskPath(task.id, { rows: 'failed', error: key })}#rows`
        return html`<li>
          <div>
            <p><b>${numbers.count(count)} ×</b> ${folded(message)}</p>
            <small
              >${page.task.rowsNamed(rows.slice(0, ROWS_NAMED), count)} ·
              <a href="${path}">${page.task.showRows}</a></small
            >
          </div>
          ${canAct ? html`<div class="acts">${askLink(`/batch/${task.id}/retry?error=${key}`, { label: page.acts.retryThese(count), back: `/batch/${task.id}` })}</div>` : ''}
        </li>`
      })}
    </ul>
    ${others > 0 ? html`<p class="faint">${words.tasks.moreFailures(others)}</p>` : ''}
  </section>`
}
