import type { WorkflowRecord } from '../../db/stats/workflow-record.ts'
import type { Coded, Sentence } from '../../engine/sentence.ts'
import type { WorkflowAccess } from '../../db/workflows/access.ts'
import { lengthLimit, type Workflow, type Variable } from '../../engine/workflow.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { bareAddress } from '../../app/bare-address.ts'
import { type Html, html, joined } from '../view/html.ts'
import { askLink } from '../tasks/acts-view.ts'
import { time } from '../view/time.ts'
import { isolated, plainText, textOf } from '../view/value.ts'

/** What the list shows of a workflow. */
export interface WorkflowFacts {
  workflow: Workflow
  tasks: number
  /** how many calls at once it takes now, if that is less than its limit */
  loweredTo: number | undefined
  /** how it has done lately; undefined: it has no task */
  record: WorkflowRecord | undefined
  /** undefined: everyone */
  access: WorkflowAccess | undefined
  /** how it differs in Dify, as far as that is known */
  changes: Coded[]
  /** when Dify was last asked and did not say what the app is, and why; undefined: it said so */
  unanswered: { at: number; error: Sentence } | undefined
}

/** The result of what was just done to it. */
export interface Note {
  text: string
  hint?: string | undefined
  isFault: boolean
}

export interface CardOptions {
  note: Note | undefined
  now: number
  /** its name, with what tells it apart from others of that name */
  label: string
}

/** One workflow of the list. */
export function workflowCard(
  facts: WorkflowFacts,
  { note, now, label }: CardOptions,
  visitor: Visitor,
): Html {
  const { texts, canManage } = visitor
  const { workflowsPage: said } = texts
  const { id, description, mode, enabled, variables } = facts.workflow
  return html`<li class="workflow" id="w-${id}">
    <div class="what">
      <h2><a href="${workflowPath(id)}" data-item>${isolated(label)}</a></h2>
      <span class="meta">${said.kinds[mode]}</span>
      ${enabled ? html`<span class="state state-completed"><span aria-hidden="true">●</span> ${said.on}</span>` : html`<span class="state state-cancelled" title="${said.offHint}"><span aria-hidden="true">○</span> ${said.off}</span>`}
    </div>
    ${workflowActs(facts.workflow, { canManage }, texts)}
    <div class="about">
      ${note ? noteText(note, texts) : ''}${description === '' ? '' : html`<p>${isolated(description)}</p>`}
      ${unansweredLine(facts, now, texts)} ${changedLine(facts, texts)} ${workflowInputs(variables, texts)}
      ${mustGive(facts.workflow, texts)} ${recordLine(facts, now, texts)}
      <p class="meta">${joined(factsOf(facts, now, texts), ' · ')}</p>
    </div>
  </li>`
}

export function workflowPath(id: string): string {
  return `/workflows/${encodeURIComponent(id)}`
}

/** `✖ When Dify was asked 12 min ago, it did not answer as it should: Dify does not know this API key. …` */
function unansweredLine({ unanswered }: WorkflowFacts, now: number, texts: Texts): Html {
  if (!unanswered) return html``
  const { at, error } = unanswered
  const asked = html`<span class="state-failed"
    >✖ ${texts.workflowsPage.unanswered(time(at, now, texts))}</span
  >`
  return html`<p>${joined([asked, isolated(plainText(texts.say(error)))], texts.page.marks.colon)}</p>`
}

/** `! It has changed in Dify: New input “Tone” (choice, optional). 2 more changes` */
function changedLine({ workflow: { id }, changes }: WorkflowFacts, texts: Texts): Html {
  const [first, ...others] = changes
  if (!first) return html``
  const { changed, moreChanges } = texts.workflowsPage
  const said = html`<span class="state-paused">! ${changed}</span>`
  return html`<p>
    ${joined([said, isolated(plainText(texts.say(first)))], texts.page.marks.colon)}
    ${others.length === 0 ? '' : html`<a href="${workflowPath(id)}#changes">${moreChanges(others.length)}</a>`}
  </p>`
}

/** `98 % of 1,240 rows succeeded in 30 days · a row takes 3.2 s and costs $0.0021 · last started 3 h ago` */
function recordLine({ record }: WorkflowFacts, now: number, texts: Texts): Html {
  if (!record) return html``
  const { facts } = texts.workflowsPage
  const { succeeded, failed, cost, lastAt } = record
  const ended = succeeded + failed
  const price = cost?.price && texts.tasks.price(cost.price.nano, cost.price.currency)
  const parts = [
    ...(ended === 0
      ? []
      : [html`${facts.succeeded(Math.floor((100 * succeeded) / ended), ended, RECORD_DAYS)}`]),
    ...(cost ? [html`${facts.aRow(texts.numbers.duration(cost.seconds * 1000), price)}`] : []),
    html`${facts.lastStarted(time(lastAt, now, texts))}`,
  ]
  return html`<p>${joined(parts, ' · ')}</p>`
}

/** How long back the rows of a workflow count for its record. */
export const RECORD_DAYS = 30

function mustGive({ requiredOutputs = [] }: Workflow, { workflowsPage: said }: Texts): Html {
  if (requiredOutputs.length === 0) return html``
  const names = requiredOutputs.map((name) => html`<code>${isolated(plainText(name))}</code>`)
  return html`<p class="meta">${said.mustGive} ${joined(names, ', ')}</p>`
}

export function noteText({ text, hint, isFault }: Note, { page: { marks } }: Texts): Html {
  return html`<p class="${isFault ? 'fault' : 'told'}" role="${isFault ? 'alert' : 'status'}">
    ${hint === undefined ? text : `${text}${marks.stop}${hint}`}
  </p>`
}

function factsOf({ workflow, tasks, loweredTo, access }: WorkflowFacts, now: number, texts: Texts): Html[] {
  const { facts } = texts.workflowsPage
  const isSandbox = workflow.baseUrl.startsWith('sandbox:')
  return [
    html`${facts.limit(workflow.limit)}`,
    ...(workflow.perMinute === null ? [] : [html`${facts.perMinute(workflow.perMinute)}`]),
    ...(workflow.tokensPerMinute === null ? [] : [html`${facts.tokensPerMinute(workflow.tokensPerMinute)}`]),
    ...(workflow.perTask ? [html`${facts.perTask(texts.tasks.amount(workflow.perTask))}`] : []),
    ...(loweredTo === undefined
      ? []
      : [html`<span class="state-paused">▾ ${facts.slowed(loweredTo)}</span>`]),
    tasks === 0
      ? html`${facts.noTasks}`
      : html`<a href="/batch?workflow=${encodeURIComponent(workflow.id)}">${facts.tasks(tasks)}</a>`,
    html`${facts.synced(time(workflow.syncedAt, now, texts))}`,
    html`${isSandbox ? facts.sandbox : isolated(bareAddress(workflow.baseUrl))}`,
    accessText(access, texts),
  ]
}

/** `in the chats only: people U1, U2; channels C1` */
export function accessText(
  access: WorkflowAccess | undefined,
  { workflowsPage: { facts }, page: { marks } }: Texts,
): Html {
  if (!access) return html`${facts.everyone}`
  const parts = (
    [
      [facts.people, access.users],
      [facts.channels, access.channels],
      [facts.roles, access.roles],
    ] as const
  ).flatMap(([what, ids]) => (ids.length > 0 ? [html`${what} ${ids.join(marks.list)}`] : []))
  return parts.length === 0 ? html`${facts.nobody}` : html`${facts.only} ${joined(parts, '; ')}`
}

/** @param from what is added to the addresses, so that what is done leads back: see notices.ts */
export function workflowActs(
  { id, name, enabled }: Workflow,
  { canManage, from = '' }: { canManage: boolean; from?: string },
  texts: Texts,
): Html {
  const { acts: said } = texts.workflowsPage
  const path = `/workflows/${encodeURIComponent(id)}`
  const template = html`<a
    href="${path}/template"
    role="button"
    class="outline"
    title="${said.templateHint}"
    aria-label="${said.template}: ${name}"
    download
    >${said.template}</a
  >`
  if (!canManage) return html`<div class="acts">${template}</div>`
  return html`<div class="acts">
    ${at(`${path}/check${from}`, said.check, name, said.checkHint)}${at(`${path}/sync${from}`, said.sync, name, said.syncHint)}${template}
    <details class="menu" id="more-${id}">
      <summary aria-label="${said.more}: ${name}">${said.more}</summary>
      <div>
        ${askLink(`${path}/limit${from}`, { label: said.limit, css: 'quiet' })}${askLink(`${path}/access${from}`, { label: said.access, css: 'quiet' })}
        ${askLink(`${path}/outputs${from}`, { label: said.outputs, css: 'quiet' })}
        ${askLink(`${path}/console${from}`, { label: said.console, css: 'quiet' })}
        ${askLink(`${path}/key${from}`, { label: said.key, css: 'quiet' })}
        ${enabled ? at(`${path}/disable${from}`, said.disable, name) : at(`${path}/enable${from}`, said.enable, name)}
        ${askLink(`${path}/remove${from}`, { label: said.remove, css: 'quiet danger' })}
      </div>
    </details>
  </div>`
}

/** A button that acts at once; the list then updates in place, with a note of the result. */
function at(action: string, label: string, name: string, hint?: string): Html {
  return html`<form
    action="${action}"
    method="post"
    hx-post="${action}"
    hx-target="#main"
    hx-select="#main"
    hx-swap="outerMorph"
  >
    <button
      class="${hint === undefined ? 'quiet' : 'outline'}"
      aria-label="${label}: ${name}"
      ${hint === undefined ? '' : html`title="${hint}"`}
    >
      ${label}
    </button>
  </form>`
}

const OPTIONS_SHOWN = 20
const CHARS_SHOWN = 80

/** One line that sums up its inputs, and opens to a table of all of them. */
export function workflowInputs(variables: Variable[], texts: Texts): Html {
  const { workflowsPage: said } = texts
  if (variables.length === 0) return html`<p class="meta">${said.inputs(0)}</p>`
  const labels = (required: boolean) =>
    variables
      .filter((variable) => variable.required === required)
      .map(({ label }) => html`<b>${isolated(label)}</b>`)
  return html`<details class="fold inputs">
    <summary>
      <span class="faint">${said.inputs(variables.length)} ·</span>
      ${texts.wizard.inputs(labels(true), labels(false))}
    </summary>
    <div class="scroll">${inputsTable(variables, texts)}</div>
  </details>`
}

/** Every input with what it takes. */
export function inputsTable(variables: Variable[], texts: Texts): Html {
  const { table } = texts.workflowsPage
  return html`<table>
    <thead>
      <tr>
        ${[table.label, table.name, table.type, table.required, table.rule].map((heading) => html`<th scope="col">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${variables.map((variable) => inputRow(variable, texts))}
    </tbody>
  </table>`
}

function inputRow(variable: Variable, texts: Texts): Html {
  const { workflowsPage: said } = texts
  const { name, label, type, required } = variable
  return html`<tr>
    <th scope="row">${isolated(label)}</th>
    <td><code>${isolated(name)}</code></td>
    <td>${said.types[type]}</td>
    <td>${required ? said.yes : said.no}</td>
    <td>${isolated(rulesOf(variable, texts).join(' · '))}</td>
  </tr>`
}

function rulesOf(variable: Variable, texts: Texts) {
  const { workflowsPage: said, page } = texts
  const { list } = page.marks
  const { type, options, fileTypes, fileExtensions, default: byDefault } = variable
  const limit = lengthLimit(variable)
  const most = type === 'file-list' ? said.files : said.characters
  const shown = options?.slice(0, OPTIONS_SHOWN).map(clipped) ?? []
  return [
    ...(shown.length > 0
      ? [`${shown.join(list)}${shown.length < (options?.length ?? 0) ? `${list}…` : ''}`]
      : []),
    ...(limit === undefined ? [] : [most(limit)]),
    ...(fileTypes ? [fileTypes.filter((one) => one !== 'custom').join(list)] : []),
    ...(fileExtensions ? [fileExtensions.join(list)] : []),
    ...(byDefault === undefined || byDefault === ''
      ? []
      : [said.unlessGiven(clipped(plainText(textOf(byDefault))))]),
  ].filter((rule) => rule !== '')
}

function clipped(text: string): string {
  const chars = [...text]
  return chars.length > CHARS_SHOWN ? `${chars.slice(0, CHARS_SHOWN).join('')}…` : text
}
