import { logUrlOf } from '../../app/console-url.ts'
import { bareAddress } from '../../app/bare-address.ts'
import { slowedLine } from '../../app/progress.ts'
import type { Sentence } from '../../engine/sentence.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { ownerOf } from '../tasks/task-line.ts'
import { type Html, html, joined, type Renderable } from '../view/html.ts'
import { lineOf } from '../view/prompt.ts'
import { taskState } from '../view/state.ts'
import { clock, time } from '../view/time.ts'
import { clipped, isolated, plainText } from '../view/value.ts'
import { accessText, inputsTable, type Note, noteText, RECORD_DAYS, workflowActs } from './card.ts'
import { FROM_PAGE } from './notices.ts'
import type { WorkflowPageFacts } from './page-facts.ts'
import { testForm, type TestTyped } from './test-form.ts'

/** Everything about one workflow, and a form to test it. */
export function workflowPage(
  facts: WorkflowPageFacts,
  { note, typed }: { note: Note | undefined; typed: TestTyped },
  visitor: Visitor,
): Html {
  const { texts, seesAll, canManage } = visitor
  const { workflowsPage: said, workflowPage: own } = texts
  const { workflow, label } = facts
  const { description, mode, enabled } = workflow
  return html`${seesAll ? html`<p class="crumb"><a href="/workflows">‹ ${own.all}</a></p>` : ''}
    <div class="head">
      <div class="what">
        <h1>${isolated(label)}</h1>
        <span class="meta">${said.kinds[mode]}</span>
        ${enabled ? html`<span class="state state-completed"><span aria-hidden="true">●</span> ${said.on}</span>` : html`<span class="state state-cancelled" title="${said.offHint}"><span aria-hidden="true">○</span> ${said.off}</span>`}
      </div>
      ${seesAll ? html`<div class="right">${workflowActs(workflow, { canManage, from: FROM_PAGE }, texts)}</div>` : ''}
    </div>
    ${note ? noteText(note, texts) : ''} ${description === '' ? '' : html`<p>${isolated(description)}</p>`}
    ${changesCard(facts, texts)}
    <div class="one-workflow">
      <div>${testCard(facts, typed, texts)} ${tasksCard(facts, visitor)} ${inputsCard(facts, texts)}</div>
      <aside>${recordCard(facts, texts)} ${healthCard(facts, texts)} ${limitsCard(facts, visitor)}</aside>
    </div>`
}

const CHANGES_SHOWN = 50

function changesCard({ changes, check, now }: WorkflowPageFacts, texts: Texts): Html {
  if (changes.length === 0) return html``
  const { changes: said } = texts.workflowPage
  const more = changes.length - CHANGES_SHOWN
  return html`<section class="card changed" id="changes" aria-labelledby="changes-title">
    <h2 id="changes-title"><span class="state-paused" aria-hidden="true">!</span> ${said.title}</h2>
    <ul>
      ${changes.slice(0, CHANGES_SHOWN).map((change) => html`<li>${isolated(plainText(texts.say(change)))}</li>`)}
      ${more > 0 ? html`<li>${texts.workflowsPage.moreChanges(more)}</li>` : ''}
    </ul>
    <p class="faint">${said.hint} ${check?.checkedAt ? said.asked(time(check.checkedAt, now, texts)) : ''}</p>
  </section>`
}

function testCard({ workflow, canTest }: WorkflowPageFacts, typed: TestTyped, texts: Texts): Html {
  const { test } = texts.workflowPage
  return html`<section class="card" id="test" aria-labelledby="test-title">
    <h2 id="test-title">${test.title}</h2>
    ${canTest ? testForm(workflow, typed, texts) : html`<p class="faint">${workflow.enabled ? test.notForYou : test.off}</p>`}
  </section>`
}

function inputsCard({ workflow: { variables } }: WorkflowPageFacts, texts: Texts): Html {
  return html`<section class="card inputs" aria-labelledby="inputs-title">
    <h2 id="inputs-title">${texts.workflowPage.inputs}</h2>
    ${variables.length === 0 ? html`<p>${texts.workflowsPage.inputs(0)}</p>` : html`<div class="scroll" role="region" aria-labelledby="inputs-title" tabindex="0">${inputsTable(variables, texts)}</div>`}
  </section>`
}

function tasksCard(
  { workflow, tasks, taskCount, now }: WorkflowPageFacts,
  { texts, seesAll }: Visitor,
): Html {
  const { tasks: said } = texts.workflowPage
  const { columns } = said
  return html`<section class="card" aria-labelledby="tasks-title">
    <h2 id="tasks-title">${seesAll ? said.title : said.own}</h2>
    ${
      tasks.length === 0
        ? html`<p class="faint">${said.none}</p>`
        : html`<div class="scroll" role="region" aria-labelledby="tasks-title" tabindex="0">
              <table class="last-tasks">
                <thead>
                  <tr>
                    ${[columns.task, columns.state, columns.rows, columns.started, columns.by].map((heading) => html`<th scope="col">${heading}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${tasks.map(
                    (task) =>
                      html`<tr>
                        <th scope="row"><a href="/batch/${task.id}">${clipped(task.name, NAME_CHARS)}</a></th>
                        <td>${taskState(task.status, texts)}</td>
                        <td>
                          ${texts.page.list.settledOf(task.counts.succeeded + task.counts.failed, task.counts.total)}${
                            task.counts.failed > 0
                              ? html` ·
                                  <span class="state-failed">${texts.tasks.failed(task.counts.failed)}</span>`
                              : ''
                          }
                        </td>
                        <td>${time(task.startedAt ?? task.createdAt, now, texts)}</td>
                        <td>${ownerOf(task, texts)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
            ${taskCount > tasks.length ? html`<p><a href="/batch?workflow=${encodeURIComponent(workflow.id)}">${said.all(taskCount)}</a></p>` : ''}`
    }
  </section>`
}

const NAME_CHARS = 60

function recordCard({ record, now, taskCount }: WorkflowPageFacts, texts: Texts): Html {
  const { record: said } = texts.workflowPage
  const { succeeded = 0, failed = 0, cost, lastAt } = record ?? {}
  const ended = succeeded + failed
  const price = cost?.price && texts.tasks.price(cost.price.nano, cost.price.currency)
  return factsCard('record', said.title, [
    [
      said.success,
      ended === 0
        ? said.noneEnded(RECORD_DAYS)
        : said.percent(Math.floor((100 * succeeded) / ended), ended, RECORD_DAYS),
    ],
    [said.aRow, cost ? said.takes(texts.numbers.duration(cost.seconds * 1000), price) : said.noCost],
    [said.lastStarted, lastAt === undefined ? said.never : time(lastAt, now, texts)],
    [said.tasks, texts.numbers.count(taskCount)],
  ])
}

function healthCard(facts: WorkflowPageFacts, texts: Texts): Html {
  const { health: said } = texts.workflowPage
  const { workflow, check, lastRows, now } = facts
  const isSandbox = workflow.baseUrl.startsWith('sandbox:')
  const server = isSandbox ? texts.workflowsPage.facts.sandbox : isolated(bareAddress(workflow.baseUrl))
  return factsCard('health', said.title, [
    [said.asked, askedText(facts, texts)],
    [
      said.lastRow,
      lastRows.ended
        ? html`${time(lastRows.ended.at, now, texts)} ·
          ${lastRows.ended.succeeded ? mark('completed', '✔', said.succeeded) : mark('failed', '✖', said.failed)}`
        : said.none,
    ],
    [said.speed, speedText(facts, texts)],
    [said.error, errorText(facts, texts)],
    [
      said.version,
      check?.version
        ? html`<code>${clipped(check.version, ID_CHARS)}</code>
            ${check.versionAt === null ? '' : html`· ${said.versionSeen(time(check.versionAt, now, texts))}`}`
        : said.versionUnknown,
    ],
    [
      said.server,
      html`${server}${workflow.serverVersion === undefined ? '' : html` · Dify ${isolated(plainText(workflow.serverVersion))}`}`,
    ],
    [said.synced, syncedText(facts, texts)],
    ...(workflow.consoleUrl === undefined
      ? []
      : [[said.inDify, consoleLinks(workflow.consoleUrl, texts)] as [string, Html]]),
  ])
}

function consoleLinks(consoleUrl: string, { workflowPage: { health } }: Texts): Html {
  return html`<a href="${consoleUrl}" rel="noreferrer">${health.app} ↗</a> ·
    <a href="${logUrlOf(consoleUrl)}" rel="noreferrer">${health.log} ↗</a>`
}

const ID_CHARS = 8
const ERROR_CHARS = 400

/** `3 min ago · ✔ it answered` */
function askedText({ check, workflow, now }: WorkflowPageFacts, texts: Texts): Html {
  const { health: said } = texts.workflowPage
  const at = time(check?.checkedAt ?? workflow.syncedAt, now, texts)
  if (check?.error === undefined) return html`${at} · ${mark('completed', '✔', said.answered)}`
  const why = clipped(plainText(texts.say(check.error)), ERROR_CHARS)
  return html`${at} · ${mark('failed', '✖', said.notAnswered)}${texts.page.marks.colon}${why}`
}

function speedText({ slowdown, now }: WorkflowPageFacts, texts: Texts): Html {
  const { health: said } = texts.workflowPage
  if (!slowdown) return html`${said.full}`
  if (slowdown.kind !== 'trouble')
    return html`<span class="state-paused">▾ ${lineOf(slowedLine(slowdown, texts))}</span>`
  const stopped = html`<span class="state-failed">✖ ${said.stopped(clock(slowdown.since, now, texts))}</span>`
  const asked = html`${said.askedEvery(texts.numbers.duration(slowdown.askedEveryMs))}`
  return html`${joined([stopped, quote(slowdown.lastAnswer, texts), asked], texts.page.marks.stop)}`
}

/** What a row met, as Dify or the network had it. */
function errorText({ lastRows: { failed }, tasks, now }: WorkflowPageFacts, texts: Texts): Html {
  const { health: said } = texts.workflowPage
  if (!failed) return html`${said.noError}`
  const { at, taskId, row, error } = failed
  const name = tasks.find(({ id }) => id === taskId)?.name ?? taskId
  return html`${quote(error, texts)} ${time(at, now, texts)} ·
    <a href="/batch/${taskId}/rows/${row}">${said.errorAt(row)} ${clipped(name, NAME_CHARS)}</a>`
}

function syncedText({ workflow, takenOver, now }: WorkflowPageFacts, texts: Texts): Html {
  const at = time(workflow.syncedAt, now, texts)
  if (!takenOver) return at
  return html`${at}
    <details class="fold">
      <summary>${texts.workflowPage.changes.taken(time(takenOver.at, now, texts))}</summary>
      <ul>
        ${takenOver.changes.slice(0, CHANGES_SHOWN).map((change) => html`<li>${isolated(plainText(texts.say(change)))}</li>`)}
      </ul>
    </details>`
}

function limitsCard({ workflow, access }: WorkflowPageFacts, { texts, seesAll }: Visitor): Html {
  const { limits: said } = texts.workflowPage
  const { facts } = texts.workflowsPage
  const { limit, perMinute, tokensPerMinute, perTask, requiredOutputs = [] } = workflow
  const calls = [
    html`${facts.limit(limit)}`,
    ...(perMinute === null ? [] : [html`${facts.perMinute(perMinute)}`]),
    ...(tokensPerMinute === null ? [] : [html`${facts.tokensPerMinute(tokensPerMinute)}`]),
  ]
  const outputs = requiredOutputs.map((name) => html`<code>${isolated(plainText(name))}</code>`)
  return factsCard('limits', said.title, [
    [said.calls, joined(calls, ' · ')],
    [said.perTask, perTask ? texts.tasks.amount(perTask) : said.noPerTask],
    [said.outputs, outputs.length === 0 ? said.noOutputs : joined(outputs, texts.page.marks.list)],
    // Who else may use it is not for a runner to know.
    ...(seesAll ? [[said.access, accessText(access, texts)] as [string, Renderable]] : []),
  ])
}

function factsCard(id: string, title: string, facts: [string, Renderable][]): Html {
  return html`<section class="card" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`
}

/** What another program said, as it said it; Rowbot’s own sentences quote such words themselves. */
function quote(said: Sentence, { say }: Texts): Html {
  const text = clipped(plainText(say(said)), ERROR_CHARS)
  return typeof said === 'string' ? html`<q>${text}</q>` : text
}

function mark(state: 'completed' | 'failed', sign: string, word: string): Html {
  return html`<span class="state-${state}"><span aria-hidden="true">${sign}</span> ${word}</span>`
}
