import type { TaskView } from '../../db/tasks.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Words } from '../../words/words.ts'
import { type Html, html } from './html.ts'
import { inDialog, inPlace } from './in-place.ts'

/** What a person may do with a task. */
const TASK_ACTS = ['pause', 'resume', 'stop', 'retry', 'delete'] as const
export type TaskAct = (typeof TASK_ACTS)[number]

/** In each state, in the order they are shown in; a new state does not compile until it is said. */
const ACTS: Record<TaskStatus, TaskAct[]> = {
  pending: ['pause', 'stop'],
  running: ['pause', 'stop'],
  paused: ['resume', 'stop', 'retry', 'delete'],
  completed: ['retry', 'delete'],
  failed: ['resume', 'retry', 'stop', 'delete'],
  cancelled: ['resume', 'retry', 'delete'],
}

/** The acts that make sense now, the state and the counts considered. */
function actsFor({ status, counts }: Pick<TaskView, 'status' | 'counts'>): TaskAct[] {
  const acts = ACTS[status].filter((act) => act !== 'retry' || counts.failed > 0)
  return status === 'completed' && counts.cancelled > 0 ? ['resume', ...acts] : acts
}

export interface ActsOptions {
  /** where a form leads back to */
  back: string
  words: Words
  canAct: boolean
  /** on the task’s own page there is room for every way */
  isWhole?: boolean
}

/** Buttons for a task: what is done at once is a form, what is asked first a link to the question. */
export function taskActs(task: TaskView, { back, words, canAct, isWhole = false }: ActsOptions): Html {
  const acts = canAct ? actsFor(task) : []
  return html`<div class="acts">
    ${acts.map((act) => button(act, task, back, words))}${download(task, words, isWhole)}
  </div>`
}

/** A form that acts at once. */
export function actForm(
  action: string,
  { label, back, css = 'outline' }: { label: string; back: string; css?: string },
): Html {
  return html`<form action="${action}" method="post" ${inPlace(action, back)}>
    <input type="hidden" name="back" value="${back}" /><button class="${css}">${label}</button>
  </form>`
}

/** A link to a question: a page of its own, or a dialog where there is script. */
export function askLink(
  path: string,
  { label, back, css = 'outline' }: { label: string; back?: string; css?: string },
): Html {
  const between = path.includes('?') ? '&' : '?'
  const asked = back === undefined ? path : `${path}${between}${new URLSearchParams({ back }).toString()}`
  return html`<a ${inDialog(asked)} role="button" class="${css}">${label}</a>`
}

function button(act: TaskAct, task: TaskView, back: string, words: Words): Html {
  const { acts } = words.page
  const path = `/batch/${task.id}/${act}`
  const isTried = task.status === 'paused' && task.pauseAfter !== null
  switch (act) {
    case 'pause':
      return actForm(path, { label: acts.pause, back })
    case 'resume':
      return actForm(path, { label: isTried ? acts.start : acts.resume, back })
    case 'stop':
      return askLink(path, { label: acts.stop, back, css: 'outline danger' })
    case 'retry':
      return askLink(path, { label: acts.retryFailed(task.counts.failed), back })
    case 'delete':
      return askLink(path, { label: acts.delete, back, css: 'outline danger' })
  }
}

function download(task: TaskView, { page }: Words, isWhole: boolean): Html {
  if (task.counts.total === task.counts.left) return html``
  const label = task.counts.left > 0 ? page.acts.downloadSoFar : page.acts.download
  const link = (query: string, word: string) =>
    html`<a href="/batch/${task.id}/download${query}" role="button" class="outline" download>${word}</a>`
  return html`${link('', label)}${isWhole ? link('?format=csv', page.acts.downloadCsv) : ''}`
}
