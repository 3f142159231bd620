import type { LogEntry } from '../../db/logs.ts'
import type { ListedTask } from '../../db/task-list.ts'
import type { Words } from '../../words/words.ts'
import { taskPath, type TaskQuery } from '../pages/task-query.ts'
import type { Visitor } from '../visitor.ts'
import { type Html, html } from './html.ts'
import { piece } from './piece.ts'
import { clockTime } from './time.ts'
import { folded } from './value.ts'

export interface TaskLogFacts {
  task: ListedTask
  query: TaskQuery
  entries: LogEntry[]
  hasOlder: boolean
}

const LIVE_SECONDS = 5

/** What happened, newest first. */
export function taskLog({ task, query, entries, hasOlder }: TaskLogFacts, { words }: Visitor): Html {
  const { page } = words
  const at = query.log ?? 1
  const goesOn = (task.status === 'running' || task.status === 'pending') && at === 1
  const to = (wanted: number, word: string) =>
    html`<a href="${taskPath(task.id, query, { log: wanted })}#log">${word}</a>`
  return piece({
    id: 'log',
    url: taskPath(task.id, { log: query.log }, {}, '/log'),
    everySeconds: goesOn ? LIVE_SECONDS : undefined,
    body: html`<section aria-labelledby="log-title">
      <h2 id="log-title">${page.task.log}</h2>
      ${
        entries.length === 0
          ? html`<p class="faint">${page.task.noLog}</p>`
          : html`<ul class="log">
              ${entries.map((entry) => line(entry, words))}
            </ul>`
      }
      ${at > 1 || hasOlder ? html`<nav class="pages" aria-label="${page.task.log}">${at > 1 ? to(at - 1, `← ${page.list.newer}`) : ''}${hasOlder ? to(at + 1, `${page.task.olderLog} →`) : ''}</nav>` : ''}
    </section>`,
  })
}

/** `14:02:07  Attempt · row 31: The model refused the input.` */
export function line({ at, level, event, message, executionId }: LogEntry, { page }: Words): Html {
  const row = executionId?.split('.').at(-1)
  const what = page.events[event] ?? event
  return html`<li>
    ${clockTime(at)}
    <span class="level-${level}"
      >${what}${row === undefined ? '' : html` · ${page.task.ofRow(Number(row))}`}${
        message === '' ? '' : html`: ${folded(message)}`
      }</span
    >
  </li>`
}
