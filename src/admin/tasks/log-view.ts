import { z } from 'zod'
import { textToEdit } from '../../engine/review.ts'
import type { LogEntry } from '../../db/tasks/logs.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { taskPath, type TaskQuery } from './task-query.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { livePart } from '../view/live-part.ts'
import { clockTime } from '../view/time.ts'
import { folded, isolated } from '../view/value.ts'

export interface TaskLogFacts {
  task: ListedTask
  query: TaskQuery
  entries: LogEntry[]
  hasOlder: boolean
}

const LIVE_SECONDS = 5
const REST_SECONDS = 10

/** What happened, newest first. */
export function taskLog({ task, query, entries, hasOlder }: TaskLogFacts, { texts }: Visitor): Html {
  const { page } = texts
  const at = query.log ?? 1
  const goesOn = (task.status === 'running' || task.status === 'pending') && at === 1
  const to = (wanted: number, word: string) =>
    html`<a href="${taskPath(task.id, query, { log: wanted })}#log">${word}</a>`
  return livePart({
    id: 'log',
    url: taskPath(task.id, { log: query.log }, {}, '/log'),
    everySeconds: goesOn ? LIVE_SECONDS : REST_SECONDS,
    body: html`<section aria-labelledby="log-title">
      <h2 id="log-title">${page.task.log}</h2>
      ${
        entries.length === 0
          ? html`<p class="faint">${page.task.noLog}</p>`
          : html`<ul class="log">
              ${entries.map((entry) => line(entry, texts))}
            </ul>`
      }
      ${at > 1 || hasOlder ? html`<nav class="pages" aria-label="${page.task.log}">${at > 1 ? to(at - 1, `← ${page.list.newer}`) : ''}${hasOlder ? to(at + 1, `${page.task.olderLog} →`) : ''}</nav>` : ''}
    </section>`,
  })
}

/** `14:02:07  Row 31 · attempt 2 · Failed after 3 s: The model refused the input.` */
export function line(entry: LogEntry, texts: Texts): Html {
  const { at, level } = entry
  const message = texts.say(entry.message)
  return html`<li>
    ${clockTime(at)}
    <span class="level-${level}"
      >${whatOf(entry, texts)}${message === '' ? '' : html`${texts.page.marks.colon}${folded(message)}`}${editIn(entry, texts)}</span
    >
  </li>`
}

/** The details of an edit (app/reviews.ts). */
const EDIT = z.object({ output: z.string(), text: z.string() })

/** The details of other inputs (db/tasks/run-again.ts). */
const INPUT = z.object({ input: z.string(), to: z.unknown() })

function editIn({ event, details }: LogEntry, { page: { marks } }: Texts): Html | '' {
  const input = event === 'row.inputs' ? INPUT.safeParse(details) : undefined
  if (input?.data)
    return html` · ${isolated(input.data.input)}${marks.colon}${folded(textToEdit(input.data.to))}`
  const edit = event === 'row.edited' ? EDIT.safeParse(details) : undefined
  return edit?.data ? html` · ${isolated(edit.data.output)}${marks.colon}${folded(edit.data.text)}` : ''
}

/** The details of a row’s log entry (db/store.ts); other entries show only their word. */
const ATTEMPT = z.object({
  status: z.enum(['succeeded', 'failed', 'pending']),
  attempt: z.number(),
  ms: z.number(),
})

function whatOf({ event, executionId, details }: LogEntry, { page, numbers }: Texts): string {
  const row = executionId?.split('.').at(-1)
  const attempt = ATTEMPT.safeParse(details)
  const rowWord = row === undefined ? [] : [page.task.rowTitle(Number(row))]
  if (event !== 'row.attempt' || !attempt.success)
    return [...rowWord, page.events[event] ?? event].join(' · ')
  const { status, attempt: nth, ms } = attempt.data
  const state = status === 'pending' ? page.task.triesAgain : page.rowStates[status]
  return [...rowWord, page.task.attempt(nth), `${state}${page.marks.list}${numbers.duration(ms)}`].join(' · ')
}
