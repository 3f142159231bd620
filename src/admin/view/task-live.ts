import type { TaskPageFacts } from '../live/task-page-facts.ts'
import type { Visitor } from '../visitor.ts'
import { stackedBar } from './bar.ts'
import { type Html, html, joined } from './html.ts'
import { piece } from './piece.ts'
import { taskState } from './state.ts'
import { taskActs } from './task-acts.ts'
import { taskCharts } from './task-charts.ts'
import { taskErrors } from './task-errors.ts'
import { numbersOf } from './task-line.ts'
import { clock, time } from './time.ts'
import { isolated } from './value.ts'

const LIVE_SECONDS = 2
/** It does not run: somebody may yet take it up again. */
const REST_SECONDS = 5

/** How far a task is, what went wrong, and how it went: asks for itself again. */
export function taskLive(facts: TaskPageFacts, visitor: Visitor): Html {
  const { task } = facts
  const goesOn = task.status === 'running' || task.status === 'pending'
  return piece({
    id: 'live',
    url: `/batch/${task.id}/live`,
    everySeconds: goesOn ? LIVE_SECONDS : REST_SECONDS,
    body: html`${hero(facts, visitor)}${taskErrors(facts, visitor)}${taskCharts(facts, visitor)}`,
  })
}

function hero(facts: TaskPageFacts, { words, canAct }: Visitor): Html {
  const { task, now, spent } = facts
  const { page, tasks, numbers } = words
  const isTried = task.status === 'paused' && task.pauseAfter !== null
  const money = [
    ...(spent.tokens > 0 ? [html`${tasks.tokens(spent.tokens)}`] : []),
    ...spent.prices.map(({ price, currency }) => html`${tasks.price(price, currency)}`),
  ]
  return html`<section class="card hero">
    <div class="head">
      <p aria-live="polite">${taskState(task.status, words)} ${whenOf(facts, words)}</p>
      ${taskActs(task, { back: `/batch/${task.id}`, words, canAct, isWhole: true })}
    </div>
    ${stackedBar(task.counts, words)}
    <p class="numbers">
      <span>${joined(numbersOf(task, { ...facts, words }), ' · ')}</span>
      <span class="faint">${joined(money, ' · ')}</span>
    </p>
    ${
      task.error === null
        ? ''
        : html`<div class="fault">
            <p><b>${page.task.stoppedBecause}:</b> ${isolated(task.error)}</p>
          </div>`
    }
    ${isTried ? html`<div class="told"><p>${page.task.tried}</p></div>` : ''}
  </section>`

  function whenOf(
    { task: { startedAt, finishedAt, createdAt } }: TaskPageFacts,
    { page: said }: typeof words,
  ): Html {
    if (finishedAt !== null && startedAt !== null)
      return html`<span class="faint"
        >${time(finishedAt, now, words)} · ${said.task.took} ${numbers.duration(finishedAt - startedAt)}</span
      >`
    if (startedAt === null) return html`<span class="faint">${time(createdAt, now, words)}</span>`
    return html`<span class="faint">${said.list.started(clock(startedAt, now, words))}</span>`
  }
}
