import { dateOf, TASK_PARTS } from '../../db/tasks/task-parts.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { usedUpText } from '../../app/usage.ts'
import type { TaskPageFacts } from './facts.ts'
import type { Visitor } from '../http/visitor.ts'
import { stackedBar, barChart, lineChart } from '../view/charts.ts'
import { type Html, html, joined, type Renderable } from '../view/html.ts'
import { livePart } from '../view/live-part.ts'
import { lineOf } from '../view/prompt.ts'
import { taskState } from '../view/state.ts'
import { dotted } from '../../messages/rich-text.ts'
import { constantPair } from '../../wizard/all-rows.ts'
import { taskFlags } from './flags-view.ts'
import { taskComparison } from './comparison-view.ts'
import { taskTrial } from './trial-view.ts'
import { linkList } from '../links/link-view.ts'
import { taskNotifications } from './notifications-view.ts'
import { filesNote } from './files-view.ts'
import { taskActs, askLink } from './acts-view.ts'
import { numbersOf, ownerOf } from './task-line.ts'
import { clock, time, clockTime } from '../view/time.ts'
import { isolated, folded } from '../view/value.ts'
import { groupKey, taskPath } from './task-query.ts'

const LIVE_SECONDS = 2
/** Reload interval while it does not run: somebody may resume it. */
const REST_SECONDS = 5

/** A task’s progress, errors and charts. Reloads itself. */
export function taskLive(facts: TaskPageFacts, visitor: Visitor): Html {
  const { task } = facts
  const goesOn = task.status === 'running' || task.status === 'pending'
  return livePart({
    id: 'live',
    url: `/batch/${task.id}/live`,
    everySeconds: goesOn ? LIVE_SECONDS : REST_SECONDS,
    body: html`${hero(facts, visitor)}${taskComparison(task.id, facts.compared, visitor)}${taskTrial(facts, visitor)}${taskErrors(facts, visitor)}${taskFlags(task, facts.flagged, visitor)}${taskNotifications(facts, visitor)}${taskCharts(facts, visitor)}`,
  })
}

function hero(facts: TaskPageFacts, visitor: Visitor): Html {
  const { texts, canAct } = visitor
  const { task, progress, now, spent } = facts
  const { page, tasks, numbers, say } = texts
  const money = [
    ...(spent.tokens > 0 ? [html`${tasks.tokens(spent.tokens)}`] : []),
    ...spent.prices.map((sum) => html`${tasks.spent(sum)}`),
    ...(spent.unpriced > 0 ? [html`${tasks.unpriced(spent.unpriced)}`] : []),
    ...(spent.unknownCalls > 0 ? [html`${tasks.unknownCalls(spent.unknownCalls)}`] : []),
  ]
  return html`<section class="card hero">
    <div class="head">
      <p aria-live="polite">${taskState(task.status, texts)} ${whenOf(facts, texts)}</p>
      ${taskActs(task, { back: `/batch/${task.id}`, texts, canAct, isWhole: true, hasFiles: facts.files.fetched > 0 })}
    </div>
    ${stackedBar(progress, texts)}
    <p class="numbers">
      <span>${joined(numbersOf(task, progress, texts), ' · ')}</span>
      <span class="faint">${joined(money, ' · ')}</span>
    </p>
    ${
      task.error === null
        ? ''
        : html`<div class="fault">
            <p><b>${page.task.stoppedBecause}${page.marks.colon}</b>${isolated(say(task.error))}</p>
          </div>`
    }
    ${facts.limitUse ? html`<div class="told"><p>${tasks.atLimit(facts.limitUse)}</p></div>` : ''}
    ${facts.usedUp ? html`<div class="told"><p>${usedUpText(facts.usedUp, texts)}</p></div>` : ''}
    ${
      TASK_PARTS.every((part) => task.deleted[part] === undefined)
        ? ''
        : html`<div class="told">
            <p>${joined(deletedOf(task, page.task.deleted), ' ')}</p>
          </div>`
    }
    ${filesNote(task.id, facts.files, visitor)}
    ${facts.waits.length > 0 ? html`<div class="told"><p>${page.task.waits(task.owner)}</p></div>` : ''}
    ${
      spent.unknownCalls > 0 && canBeResumed(task)
        ? html`<div class="told"><p>${tasks.maybePaid(spent.unknownCalls)}</p></div>`
        : ''
    }
  </section>`

  function whenOf(
    { task: { startedAt, finishedAt, createdAt }, workedMs }: TaskPageFacts,
    { page: said }: typeof texts,
  ): Html {
    if (finishedAt !== null && startedAt !== null)
      return html`<span class="faint"
        >${time(finishedAt, now, texts)} · ${said.task.took} ${numbers.duration(workedMs)}</span
      >`
    if (startedAt === null) return html`<span class="faint">${time(createdAt, now, texts)}</span>`
    return html`<span class="faint">${said.list.started(clock(startedAt, now, texts))}</span>`
  }
}

function deletedOf({ deleted }: TaskPageFacts['task'], said: Texts['page']['task']['deleted']): Html[] {
  return TASK_PARTS.flatMap((part) => {
    const at = deleted[part]
    return at === undefined ? [] : [html`${said[part](dateOf(at))}`]
  })
}

function canBeResumed({ status, counts }: TaskPageFacts['task']): boolean {
  return status !== 'pending' && status !== 'running' && counts.left + counts.cancelled > 0
}

/** What a task was started with. This does not change while it runs. */
export function taskSide({ task, links, now }: TaskPageFacts, visitor: Visitor): Html {
  const { texts } = visitor
  const { page, wizard } = texts
  const said = page.task
  const parameters = [
    wizard.atOnce(task.concurrency),
    wizard.retries(task.retries),
    wizard.aRow(task.timeoutSeconds * 1000),
  ].join(' · ')
  const constants = (task.constants ?? []).map(({ label, text, isDefault }) =>
    constantPair(label, { text, by: isDefault ? 'default' : 'given' }, texts),
  )
  const facts: [string, Renderable][] = [
    [
      said.workflow,
      html`<a href="/workflows/${encodeURIComponent(task.workflowId)}">${isolated(task.workflowName)}</a>`,
    ],
    [said.file, html`${isolated(task.fileName)} · ${isolated(said.sheet(task.sheet))}`],
    [said.owner, ownerOf(task, texts)],
    [said.created, clock(task.createdAt, now, texts)],
    ...(task.startedAt === null
      ? []
      : [[said.startedAt, clock(task.startedAt, now, texts)] as [string, Html]]),
    ...(task.finishedAt === null
      ? []
      : [[said.finishedAt, clock(task.finishedAt, now, texts)] as [string, Html]]),
    [said.parameters, parameters],
    ...(constants.length === 0
      ? []
      : [[said.sentToAll, lineOf(dotted(...constants))] as [string, Renderable]]),
    [said.id, html`<code>${task.id}</code>`],
  ]
  return html`<aside>
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">${said.facts}</h2>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </section>
    ${linkList(task.id, links, visitor)}
  </aside>`
}

const ROWS_NAMED = 8

/** Each error once, with its rows and what to do about them. */
export function taskErrors({ task, errors }: TaskPageFacts, { texts, canAct }: Visitor): Html {
  const { page, numbers } = texts
  if (errors.length === 0) return html``
  const others = task.counts.failed - errors.reduce((sum, { count }) => sum + count, 0)
  return html`<section class="card" aria-labelledby="errors-title">
    <h2 id="errors-title">${page.task.errors}</h2>
    <ul class="errors">
      ${errors.map(({ message, said, count, rows }) => {
        const key = groupKey(message)
        const path = `${taskPath(task.id, { rows: 'failed', error: key })}#rows`
        return html`<li>
          <div>
            <p><b>${numbers.count(count)} ×</b> ${folded(texts.say(said))}</p>
            <small
              >${page.task.rowsNamed(rows.slice(0, ROWS_NAMED), count)} ·
              <a href="${path}">${page.task.showRows}</a></small
            >
          </div>
          ${canAct ? html`<div class="acts">${askLink(`/batch/${task.id}/retry?error=${key}`, { label: page.acts.retryThese(count), back: `/batch/${task.id}` })}</div>` : ''}
        </li>`
      })}
    </ul>
    ${others > 0 ? html`<p class="faint">${texts.tasks.moreFailures(others)}</p>` : ''}
  </section>`
}

/** Rows per minute over time, and how long rows take. */
export function taskCharts({ course, spread: found }: TaskPageFacts, { texts }: Visitor): Html {
  // Rows that all took the same make one bar, which says nothing.
  const spread = found && found.buckets.length > 1 ? found : undefined
  if (!course && !spread) return html``
  const { page, numbers } = texts
  const seconds = (value: number) => numbers.duration(value * 1000)
  return html`<section class="card charts" aria-label="${page.task.charts}">
    ${
      course
        ? html`<div>
            <h2>${page.task.perMinute}</h2>
            ${lineChart(course.settled, { css: 'chart', label: page.task.perMinuteLabel(course.perMinute(Math.max(...course.settled))) })}
            <div class="chart-ends">
              <span>${clockTime(course.fromAt)}</span
              ><span>${page.list.ratePerMinute(course.perMinute(Math.max(...course.settled)))} ↑</span
              ><span>${clockTime(course.toAt)}</span>
            </div>
          </div>`
        : ''
    }
    ${
      spread
        ? html`<div>
            <h2>${page.task.durations}</h2>
            ${barChart(
              spread.buckets.map(({ count }) => count),
              page.task.durationsLabel(seconds(spread.p50Seconds), seconds(spread.p95Seconds)),
            )}
            <div class="chart-ends">
              <span>${seconds(spread.buckets[0]?.fromSeconds ?? 0)}</span
              ><span>${page.task.median(seconds(spread.p50Seconds), seconds(spread.p95Seconds))}</span
              ><span>${seconds(spread.buckets.at(-1)?.toSeconds ?? 0)}</span>
            </div>
          </div>`
        : ''
    }
  </section>`
}
