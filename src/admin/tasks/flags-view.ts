import type { Flagged } from '../../app/flags.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Flag } from '../../engine/flag.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { askLink } from './acts-view.ts'
import { taskPath } from './task-query.ts'

const ROWS_NAMED = 8

/** `⚑ copy: empty`, or without a flag the word for all of them. */
export function flagMark({ page, tasks }: Texts, flag?: Flag): Html {
  return html`<span class="flag"
    ><span aria-hidden="true">⚑</span> ${
      flag
        ? `${flag.output}${page.marks.colon}${tasks.flags[flag.code](flag.count ?? 0)}`
        : page.task.toLookAt
    }</span
  >`
}

/** Each reason to look at rows once, with its rows; and all of them to run again. */
export function taskFlags(task: ListedTask, { rows, groups }: Flagged, visitor: Visitor): Html {
  const { texts, canAct } = visitor
  const { page, numbers, tasks } = texts
  if (rows.length === 0) return html``
  return html`<section class="card" aria-labelledby="flags-title">
    <div class="head">
      <h2 id="flags-title">${tasks.toLookAt(rows.length)}</h2>
      <div class="acts">
        <a href="${taskPath(task.id, { rows: 'flagged' })}#rows" role="button" class="outline"
          >${page.task.showRows}</a
        >
        ${canAct ? askLink(`/batch/${task.id}/again`, { label: tasks.buttons.again(rows.length), back: `/batch/${task.id}` }) : ''}
      </div>
    </div>
    <ul class="errors">
      ${groups.map(
        (group) =>
          html`<li>
            <div>
              <p><b>${numbers.count(group.rows.length)} ×</b> ${tasks.flags[group.code](group.count ?? 0)}</p>
              <small>${page.task.rowsNamed(group.rows.slice(0, ROWS_NAMED), group.rows.length)}</small>
            </div>
          </li>`,
      )}
    </ul>
  </section>`
}
