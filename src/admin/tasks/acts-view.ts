import type { TaskView } from '../../db/tasks/tasks.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { type Html, html } from '../view/html.ts'
import { inDialog, inPlace } from '../view/question.ts'

/** What a person may do with a task. */
const TASK_ACTS = ['pause', 'resume', 'raise', 'stop', 'retry', 'delete'] as const
export type TaskActName = (typeof TASK_ACTS)[number]

/** For each state, the most useful first. */
const ACTS: Record<TaskStatus, TaskActName[]> = {
  pending: ['pause', 'stop'],
  running: ['pause', 'stop'],
  paused: ['resume', 'stop', 'retry', 'delete'],
  completed: ['retry', 'delete'],
  failed: ['resume', 'retry', 'stop', 'delete'],
  cancelled: ['resume', 'retry', 'delete'],
}

/** What a list hides behind “⋯”: what is needed daily has a button of its own. */
const RARER: Record<TaskStatus, readonly (TaskActName | 'download')[]> = {
  pending: ['download'],
  running: ['download'],
  paused: ['stop', 'retry', 'delete', 'download'],
  completed: ['delete'],
  failed: ['stop', 'retry', 'delete'],
  cancelled: ['retry', 'delete'],
}

/** The acts that make sense for this state and these counts. */
function actsFor({
  status,
  counts,
  atLimit,
  deleted,
}: Pick<TaskView, 'status' | 'counts' | 'atLimit' | 'deleted'>): TaskActName[] {
  // Its rows cannot run any more: see db/tasks/task-parts.ts.
  if (Object.keys(deleted).length > 0) return ['delete']
  const acts = ACTS[status]
    .filter((act) => act !== 'retry' || counts.failed > 0)
    .map((act) => (act === 'resume' && atLimit ? 'raise' : act))
  return status === 'completed' && counts.cancelled > 0 ? ['resume', ...acts] : acts
}

export interface ActsOptions {
  /** where a form returns to */
  back: string
  texts: Texts
  canAct: boolean
  /** the task’s own page has room for all acts, so only dangerous ones go into the menu */
  isWhole?: boolean
  /** files among the outputs were fetched */
  hasFiles?: boolean
}

/** Buttons for a task: a form for what happens at once, a link for what needs a question first. */
export function taskActs(
  task: TaskView,
  { back, texts, canAct, isWhole = false, hasFiles = false }: ActsOptions,
): Html {
  const acts = canAct ? actsFor(task) : []
  const rarer = isWhole ? (['delete'] as const) : RARER[task.status]
  const isRare = (act: TaskActName | 'download') => canAct && rarer.some((one) => one === act)
  const hasResults = task.deleted.outputs === undefined && task.counts.total > task.counts.left
  const isDone = task.status === 'completed'
  const menu = [
    ...(hasResults && isRare('download') ? [download(task, texts, 'quiet')] : []),
    ...(hasResults && isWhole ? [downloadCsv(task, texts, 'quiet')] : []),
    ...acts.filter(isRare).map((act) => button(act, task, { back, texts, isInMenu: true })),
  ]
  return html`<div class="acts">
    ${acts.filter((act) => !isRare(act)).map((act) => button(act, task, { back, texts, isWhole }))}
    ${hasResults && !isRare('download') ? download(task, texts, isWhole && isDone ? '' : 'outline') : ''}
    ${hasFiles ? filesZip(task, texts, 'outline') : ''}
    ${menu.length === 0 ? '' : moreMenu(task, texts, menu)}
  </div>`
}

/** `id` lets a live reload find the open menu. */
function moreMenu(task: TaskView, { page }: Texts, items: Html[]): Html {
  const label = `${page.list.more}${page.marks.colon}${task.name}`
  return html`<details class="menu" id="more-${task.id}">
    <summary class="dots" aria-label="${label}" title="${page.list.more}">⋯</summary>
    <div>${items}</div>
  </details>`
}

export interface ActButton {
  label: string
  css?: string
  /** htmx matches buttons by it on a reload, so that the button under a pointer never turns into another one */
  id?: string
}

/** A form that acts at once. */
export function actForm(
  action: string,
  {
    label,
    back,
    css = 'outline',
    id,
    hidden = {},
  }: ActButton & { back: string; hidden?: Record<string, string> },
): Html {
  return html`<form
    action="${action}"
    method="post"
    ${id === undefined ? '' : html`id="${id}"`}
    ${inPlace(action, back)}
  >
    <input
      type="hidden"
      name="back"
      value="${back}"
    />${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}<button
      class="${css}"
    >
      ${label}
    </button>
  </form>`
}

/** A link to a question: a dialog with script, a page of its own without. */
export function askLink(
  path: string,
  { label, back, css = 'outline', id }: ActButton & { back?: string },
): Html {
  const between = path.includes('?') ? '&' : '?'
  const asked = back === undefined ? path : `${path}${between}${new URLSearchParams({ back }).toString()}`
  return html`<a ${inDialog(asked)} role="button" class="${css}" ${id === undefined ? '' : html`id="${id}"`}
    >${label}</a
  >`
}

interface ButtonOptions extends Pick<ActsOptions, 'back' | 'texts' | 'isWhole'> {
  isInMenu?: boolean
}

function button(
  act: TaskActName,
  task: TaskView,
  { back, texts, isWhole = false, isInMenu = false }: ButtonOptions,
): Html {
  const { acts } = texts.page
  const path = `/batch/${task.id}/${act}`
  const isTried = task.status === 'paused' && task.pauseAfter !== null
  const css = isInMenu ? 'quiet' : 'outline'
  const first = isWhole ? '' : css
  const id = `${act}-${task.id}`
  switch (act) {
    case 'pause':
      return actForm(path, { label: acts.pause, back, css, id })
    case 'resume':
      return actForm(path, {
        label: isTried ? texts.trial.goOn(task.counts.left) : acts.resume,
        back,
        css: first,
        id,
      })
    case 'raise':
      return task.limitStep
        ? actForm(path, { label: texts.tasks.buttons.raise(task.limitStep), back, css: first, id })
        : html``
    case 'stop':
      return askLink(path, { label: acts.stop, back, css: `${css} danger`, id })
    case 'retry':
      return askLink(path, { label: acts.retryFailed(task.counts.failed), back, css, id })
    case 'delete':
      return askLink(path, { label: acts.delete, back, css: `${css} danger`, id })
  }
}

function download(task: TaskView, texts: Texts, css: string): Html {
  const { acts } = texts.page
  const label = task.status === 'running' || task.status === 'pending' ? acts.downloadSoFar : acts.download
  const title = downloadHint(task, texts)
  return downloadLink(`/batch/${task.id}/download`, { label, css, title, id: `download-${task.id}` })
}

function downloadCsv(task: TaskView, { page }: Texts, css: string): Html {
  return downloadLink(`/batch/${task.id}/download?format=csv`, {
    label: page.acts.downloadCsv,
    css,
    title: page.acts.downloadHint.csv,
    id: `csv-${task.id}`,
  })
}

function filesZip(task: TaskView, { page }: Texts, css: string): Html {
  return downloadLink(`/batch/${task.id}/files.zip`, {
    label: page.acts.filesZip,
    css,
    title: page.acts.downloadHint.files,
    id: `files-${task.id}`,
  })
}

/** What the download will be, going by the file’s name: its content is looked at when the result is written. */
function downloadHint({ fileName, headingRow }: TaskView, { page, tasks }: Texts): string {
  const { own, fresh } = page.acts.downloadHint
  if (!/\.xls[xm]$/i.test(fileName)) return fresh(tasks.whyNew.kind)
  return headingRow === null ? fresh(tasks.whyNew['old-task']) : own
}

function downloadLink(
  path: string,
  { label, css, id, title }: Required<ActButton> & { title: string },
): Html {
  return html`<a href="${path}" role="button" class="${css}" id="${id}" title="${title}" download
    >${label}</a
  >`
}
