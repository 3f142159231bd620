import { parseNano } from '../../engine/money.ts'
import { rowPrice } from '../../messages/row-price.ts'
import type { WaitingForm } from '../../app/waiting-rows.ts'
import type { StoredForm } from '../../db/rows/forms.ts'
import type { LogEntry } from '../../db/tasks/logs.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { RunView } from '../../db/runs/run-facts.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { rowState } from '../view/state.ts'
import { clockTime } from '../view/time.ts'
import { namedOutputs } from '../../app/result-files.ts'
import { answersOf, questionForm } from './waiting-view.ts'
import { actForm } from './acts-view.ts'
import { editInputs, type EditInputsFacts, formerAnswers } from './edit-inputs-view.ts'
import { versionOf } from '../../engine/review.ts'
import { mayRunAgain } from './sheet-view.ts'
import { reviewPart, type TypedEdit } from './review-view.ts'
import { flagMark } from './flags-view.ts'
import { rowFiles, type ShownFile } from './files-view.ts'
import { line } from './log-view.ts'
import { fileAddress, taskPath } from './task-query.ts'
import { inDialog } from '../view/question.ts'
import { richFields, richValue } from '../view/rich-value.ts'
import { isolated, wholeFields } from '../view/value.ts'

export interface RowFacts extends EditInputsFacts {
  /** the rows beside it there */
  before: number | undefined
  after: number | undefined
  /** newest first */
  attempts: LogEntry[]
  /** every call that was made for it, oldest first */
  runs: RunView[]
  /** among its outputs */
  files: ShownFile[]
  /** what it waits for */
  waiting: WaitingForm[]
  /** every form that it has waited for, oldest first */
  answers: StoredForm[]
  /** the next row of the task that somebody should look at */
  next?: number | undefined
  /** of the app's log in Dify; undefined: nobody has said where it is */
  logUrl?: string | undefined
  /** an edit that could not be saved */
  typed?: TypedEdit | undefined
}

/** One row in full: in a dialog over its task, or as a page of its own. */
export function rowArticle(facts: RowFacts, visitor: Visitor): Html {
  const { task, row, query, before, after, attempts, runs, files, waiting, answers, next, typed, logUrl } =
    facts
  const { texts, canAct } = visitor
  const { page, numbers, tasks } = texts
  const said = page.task
  const sent = row.cells.map((cell, i): [string, unknown] => [task.headings[i] ?? '', cell])
  const price = rowPrice(row, texts)
  const took = [
    ...(row.seconds === null ? [] : [numbers.duration(row.seconds * 1000)]),
    ...(row.tokens === null ? [] : [tasks.tokens(row.tokens)]),
    ...(price === undefined ? [] : [price]),
  ].join(' · ')
  const part = (title: string, shown: Html | string) =>
    html`<section>
      <h3>${title}</h3>
      <div class="whole">${shown}</div>
    </section>`
  return html`<article id="question" class="row" data-row="${row.row}" data-unsaved="${said.unsaved}">
    <div class="head">
      <h2 id="dialog-title">${said.rowTitle(row.row)} ${rowState(row.status, texts)}</h2>
      <nav class="steps" aria-label="${said.row}">
        ${stepTo(before === undefined ? undefined : taskPath(task.id, query, {}, `/rows/${before}`), { rel: 'prev', label: said.previousRow, sign: '←' })}${stepTo(after === undefined ? undefined : taskPath(task.id, query, {}, `/rows/${after}`), { rel: 'next', label: said.nextRow, sign: '→' })}
      </nav>
    </div>
    <p class="faint">${took}</p>
    ${row.status === 'pending' || row.status === 'running' ? reload(taskPath(task.id, query, {}, `/rows/${row.row}`)) : ''}
    ${row.error === null || row.status === 'waiting' ? '' : html`<div class="fault"><p>${isolated(texts.say(row.error))}</p></div>`}
    ${waiting.map((form) => html`<section>${questionForm(form, `/batch/${task.id}`, visitor)}</section>`)}
    ${answersOf(answers, visitor)} ${(row.flags ?? []).map((flag) => html`<p>${flagMark(texts, flag)}</p>`)}
    ${row.warning === null ? '' : part(said.warning, isolated(texts.say(row.warning)))}
    <div class="beside">
      ${part(said.inputs, richFields(Object.entries(row.inputs), texts, fileAddress(task.id)))}
      ${row.outputs === null ? '' : part(said.outputs, richFields(Object.entries(namedOutputs(row.outputs, files)), texts))}
    </div>
    ${formerAnswers(facts, texts)} ${reviewPart({ task, row, query, next, typed }, visitor)}
    ${editInputs(facts, visitor)} ${files.length === 0 ? '' : rowFiles(task.id, row.row, files, visitor)}
    ${part(said.cells, wholeFields(sent))}
    ${row.workflowRunId === null ? '' : part(said.runId, html`${richValue(row.workflowRunId, texts)}${logLink(logUrl, said.difyLog)}`)}
    ${sourceOf(row, said) === undefined ? '' : part(said.notCalled, sourceOf(row, said) ?? '')}
    ${runs.length === 0 ? '' : callsOf(facts, texts)}
    <section>
      <h3>${said.attemptsOf(row.row)}</h3>
      <ul class="log">
        ${attempts.map((entry) => line(entry, texts))}
      </ul>
    </section>
    <div class="acts">
      ${
        canAct && row.status === 'failed'
          ? actForm(`/batch/${task.id}/rows/${row.row}/retry`, {
              label: page.acts.retryRow,
              back: `/batch/${task.id}`,
              css: '',
              hidden: { version: versionOf(row) },
            })
          : ''
      }
      ${
        canAct && mayRunAgain(row) && row.status !== 'failed'
          ? actForm(`/batch/${task.id}/rows/${row.row}/again`, {
              label: page.acts.againRow,
              back: `/batch/${task.id}`,
              css: row.flags === undefined ? 'outline' : '',
              hidden: { version: versionOf(row) },
            })
          : ''
      }
      <a href="${taskPath(task.id, query)}" role="button" class="outline" data-close>${page.keys.close}</a>
    </div>
  </article>`
}

const LIVE_SECONDS = 3

/** Shows the row again and again until it is settled. Nothing can be typed meanwhile, so nothing typed is lost. */
function reload(path: string): Html {
  return html`<div
    data-live
    hx-get="${path}"
    hx-trigger="every ${LIVE_SECONDS}s"
    hx-target="#question"
    hx-select="#question"
    hx-swap="outerMorph"
    hx-sync="this:drop"
  ></div>`
}

/** A link to the row beside it, in the same panel; the arrow keys follow it. */
function stepTo(
  path: string | undefined,
  { rel, label, sign }: { rel: 'prev' | 'next'; label: string; sign: string },
): Html {
  if (path === undefined) return html``
  return html`<a
    ${inDialog(path)}
    role="button"
    class="outline"
    rel="${rel}"
    aria-label="${label}"
    title="${label}"
    >${sign}</a
  >`
}

/** Whose answer it has, of a row that was not called. */
function sourceOf({ from, asRow }: ListedRow, said: Texts['page']['task']): string | undefined {
  if (from) return said.fromTask(from.taskId, from.row)
  return asRow === undefined ? undefined : said.asRow(asRow)
}

/** Every call for a row: when, what became of it and how that was learnt, what it took, and Dify’s own ids. */
function callsOf({ runs, former }: Pick<RowFacts, 'runs' | 'former'>, texts: Texts): Html {
  const { page } = texts
  const successes = runs.filter(({ status }) => status === 'succeeded').length
  // One for its answer, and one for each that it had before somebody let it run again.
  const expected = 1 + former.length
  return html`<section>
    <h3>${page.task.calls}</h3>
    ${successes > expected ? html`<div class="told"><p>${page.task.twoSucceeded}</p></div>` : ''}
    <ul class="log">
      ${runs.map((run) => html`<li>${clockTime(run.sentAt)} <span>${callLine(run, texts)} ${idOf(run)} ${stepsOf(run, texts)}</span></li>`)}
    </ul>
  </section>`
}

/** `call 2: succeeded, by asking Dify · 12 s in Dify’s queue · ran 3 s · 812 tokens · $0.002` */
function callLine(run: RunView, { page, tasks }: Texts): string {
  const { attempt, status, learnt, startedAt, acceptedAt, endedAt, stopReason, usage } = run
  const said = page.task
  const how = learnt === null ? '' : said.learnt[learnt]
  const queuedMs = acceptedAt === null ? 0 : (startedAt ?? endedAt ?? acceptedAt) - acceptedAt
  return [
    `${said.call(attempt)}${page.marks.colon}${[said.callStates[status], how].filter(Boolean).join(page.marks.list)}`,
    ...(stopReason === null ? [] : [said.stopReasons[stopReason]]),
    ...(queuedMs < QUEUE_SHOWN_MS ? [] : [said.queuedFor(queuedMs)]),
    ...(startedAt === null || endedAt === null ? [] : [said.ranFor(Math.max(0, endedAt - startedAt))]),
    ...(usage.tokens === undefined ? [] : [tasks.tokens(usage.tokens)]),
    ...(usage.price === undefined || usage.currency === undefined
      ? []
      : [tasks.price(usage.price, usage.currency)]),
  ].join(' · ')
}

/** What Dify did in it: `Writer (llm) · 2.1 s · 812 tokens · $0.002` */
function stepsOf({ usage: { steps = [], currency } }: RunView, texts: Texts): Html {
  if (steps.length === 0) return html``
  const { page, numbers, tasks } = texts
  return html`<details class="fold">
    <summary>${page.task.steps(steps.length)}</summary>
    <ol>
      ${steps.map(({ title, type, seconds, tokens, price, error }) => {
        const took = [
          numbers.duration(seconds * 1000),
          ...(tokens === undefined ? [] : [tasks.tokens(tokens)]),
          ...(price === undefined || currency === undefined
            ? []
            : [tasks.price(parseNano(price) ?? 0n, currency)]),
        ]
        return html`<li>
          ${isolated(title)} <span class="faint"><code>${type}</code> · ${took.join(' · ')}</span>
          ${error === undefined ? '' : html`<span class="state-failed">${isolated(`“${error}”`)}</span>`}
        </li>`
      })}
    </ol>
  </details>`
}

/** Dify's pages have no address for one run: its id, beside the link, finds it in that log. */
function logLink(url: string | undefined, label: string): Html {
  if (url === undefined) return html``
  return html`<p><a href="${url}" target="_blank" rel="noopener noreferrer">${label} ↗</a></p>`
}

/** Every accepted call waits a moment for a worker. */
const QUEUE_SHOWN_MS = 1_000

function idOf({ workflowRunId, messageId }: RunView): Html {
  const id = workflowRunId ?? messageId
  return id === undefined ? html`` : html`<code>${id}</code>`
}
