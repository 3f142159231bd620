import { otherOf } from '../../db/tasks/comparisons.ts'
import { LETTERS } from '../../app/comparison-text.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { type Progress, slowedLine } from '../../app/progress.ts'
import { stackedBar, lineChart } from '../view/charts.ts'
import { type Html, html, joined } from '../view/html.ts'
import { lineOf } from '../view/prompt.ts'
import { taskState } from '../view/state.ts'
import { taskActs } from './acts-view.ts'
import { clock, time } from '../view/time.ts'
import { isolated } from '../view/value.ts'

export interface LineOptions {
  progress: Progress
  /** of a task that has ended: how long it worked */
  workedMs: number
  now: number
  texts: Texts
  canAct: boolean
  back: string
  /** what to call its workflow among all */
  workflow: string | undefined
}

/** One task of the list. */
export function taskLine(task: ListedTask, options: LineOptions): Html {
  const { texts, back, canAct, progress } = options
  return html`<li class="task" id="task-${task.id}">
    <div class="what">
      <a class="name" href="/batch/${task.id}" data-item>${isolated(task.name)}</a>
      <span class="meta">${isolated(options.workflow ?? task.workflowName)}</span>
      <span class="meta">${ownerOf(task, texts)}</span>
      ${comparedOf(task, texts)}
      <span class="meta">${whenOf(task, options)}</span>
    </div>
    ${taskActs(task, { back, texts, canAct })}
    <div class="progress">
      ${stackedBar(progress, texts)}
      <span>${taskState(task.status, texts)} · ${joined(numbersOf(task, progress, texts), ' · ')}</span>
    </div>
    ${task.error === null ? '' : html`<p class="halted">${isolated(texts.say(task.error))}</p>`}
  </li>`
}

/** `A of a comparison with k7f2` */
function comparedOf({ id, compared }: ListedTask, { comparison }: Texts): Html {
  if (!compared) return html``
  const other = otherOf(compared, id)
  const letter = LETTERS[id === compared.a ? 'a' : 'b']
  return html`<span class="meta"><a href="/batch/${other}">${comparison.isSideOf(letter, other)}</a></span>`
}

/** `Mei · Slack ↗` */
export function ownerOf({ owner, platform, link }: ListedTask, { page }: Texts): Html {
  const place = platform === null ? undefined : PLATFORMS[platform]
  if (place === undefined) return isolated(owner)
  if (link === null || !link.startsWith('https://')) return html`${isolated(owner)} · ${place}`
  return html`${isolated(owner)} ·
    <a href="${link}" rel="noreferrer" title="${page.list.openThread(place)}">${place} ↗</a>`
}

/** A chart of fewer minutes says nothing. */
const LEAST_MINUTES = 3

const PLATFORMS: Record<string, string> = { slack: 'Slack', discord: 'Discord' }

/** `131/236 · 3 failed · 14 rows wait for an answer · 18/min ▁▃▅ · about 6 min left` */
export function numbersOf({ leftOut }: ListedTask, progress: Progress, texts: Texts): Html[] {
  const { total, settled, failed, waiting, cancelled, perMinute, leftMs, minutes, slowedBy } = progress
  const { page, tasks } = texts
  return [
    html`<strong>${page.list.settledOf(settled, total)}</strong>`,
    ...(failed > 0 ? [html`<span class="state-failed">${tasks.failed(failed)}</span>`] : []),
    ...(waiting > 0 ? [html`<b>${tasks.waitForAnswer(waiting)}</b>`] : []),
    ...(cancelled > 0 ? [html`${tasks.cancelled(cancelled)}`] : []),
    ...(leftOut > 0 ? [html`${page.list.leftOut(leftOut)}`] : []),
    ...(perMinute === undefined
      ? []
      : [
          html`${page.list.ratePerMinute(perMinute)}
          ${minutes.length < LEAST_MINUTES ? '' : lineChart(minutes, { css: 'spark', label: page.list.sparkline })}`,
        ]),
    ...(leftMs === undefined ? [] : [html`${tasks.timeLeft(leftMs)}`]),
    ...(slowedBy ? [html`<span class="state-paused">${lineOf(slowedLine(slowedBy, texts))}</span>`] : []),
  ]
}

function whenOf(task: ListedTask, { workedMs, now, texts }: LineOptions): Html {
  if (task.finishedAt !== null) {
    return html`${time(task.finishedAt, now, texts)} · ${texts.numbers.duration(workedMs)}`
  }
  return task.startedAt === null
    ? html`${time(task.createdAt, now, texts)}`
    : html`${texts.page.list.started(clock(task.startedAt, now, texts))}`
}
