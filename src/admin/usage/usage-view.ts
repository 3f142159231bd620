import { usageBy, type UsageReport, type UsageSum } from '../../app/usage.ts'
import type { LimitSubject } from '../../db/usage/month-limits.ts'
import type { MoneySum } from '../../engine/money.ts'
import type { MonthLimit } from '../../engine/month-limit.ts'
import type { Workflow } from '../../engine/workflow.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { askLink } from '../tasks/acts-view.ts'
import { type Html, html } from '../view/html.ts'
import { isolated, plainText } from '../view/value.ts'
import type { FormAsked } from '../workflows/forms.ts'

export interface UsageFacts {
  usage: UsageReport
  /** all that there is something of, and this one; the latest first */
  months: string[]
  thisMonth: string
  workflows: Workflow[]
}

/** What was spent in a month, or in all: by workflow, by person, and by month. */
export function usageView({ usage, months, thisMonth, workflows }: UsageFacts, visitor: Visitor): Html {
  const { texts, canManage } = visitor
  const said = texts.usage
  const { month, lines, limits } = usage
  const limitOf = (of: LimitSubject['of']) =>
    new Map(limits.filter((limit) => limit.of === of).map(({ subject, limit }) => [subject, limit]))
  // A limit can be set for a workflow before it has cost anything; and one that is set is shown.
  const byWorkflow = withOthers(
    usageBy(lines, 'workflow'),
    workflows.map(({ id, name }) => ({ key: id, name })),
  )
  const byPerson = withOthers(
    usageBy(lines, 'person'),
    limits.flatMap(({ of, subject, name }) => (of === 'person' ? [{ key: subject, name }] : [])),
  )
  const isNow = month === thisMonth
  const table = (of: LimitSubject['of'], sums: UsageSum[]) =>
    usageTable(of, sums, { limits: limitOf(of), canManage, isNow }, texts)
  const hasGuesses = lines.some(({ prices }) => prices.some(({ guessed }) => guessed > 0))
  return html`<div class="head">
      <h1>${said.title}</h1>
      <p>
        <a href="/usage.csv?month=${month ?? 'all'}" role="button" class="outline" download>${said.csv}</a>
      </p>
    </div>
    <p class="faint">${said.intro}${hasGuesses ? ` ${said.estimated}` : ''}</p>
    <div class="filters">
      <form action="/usage" method="get">
        <label for="month">${said.month}</label>
        <select id="month" name="month" data-submits>
          ${[...months, 'all'].map(
            (one) =>
              html`<option value="${one}" ${one === (month ?? 'all') ? html`selected` : ''}>
                ${one === 'all' ? said.all : one}
              </option>`,
          )}
        </select>
        <noscript><button class="outline">${said.show}</button></noscript>
      </form>
    </div>
    ${lines.length === 0 ? html`<p>${said.none}</p>` : ''}
    ${month === undefined ? section(said.byMonth, plainTable(said.month, usageBy(lines, 'month'), texts)) : ''}
    ${section(said.byWorkflow, table('workflow', byWorkflow))}
    ${byPerson.length === 0 ? '' : section(said.byPerson, table('person', byPerson))}`
}

function withOthers(sums: UsageSum[], others: { key: string; name: string }[]): UsageSum[] {
  const keys = new Set(sums.map(({ key }) => key))
  const nothing = { tasks: 0, rows: 0, calls: 0, tokens: 0, prices: [], unpriced: 0 }
  return [...sums, ...others.filter(({ key }) => !keys.has(key)).map((other) => ({ ...other, ...nothing }))]
}

function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    <div class="scroll">${content}</div>
  </section>`
}

interface Limited {
  limits: Map<string, MonthLimit>
  canManage: boolean
  isNow: boolean
}

function usageTable(of: LimitSubject['of'], sums: UsageSum[], limited: Limited, texts: Texts): Html {
  const { columns } = texts.usage
  return html`<table class="usage">
    <thead>
      <tr>
        <th scope="col">${columns[of]}</th>
        ${countHeadings(texts)}
        <th scope="col">${columns.limit}</th>
      </tr>
    </thead>
    <tbody>
      ${sums.map(
        (sum) =>
          html`<tr>
            <th scope="row">${isolated(plainText(sum.name))}</th>
            ${counts(sum, texts)}
            <td>${limitCell({ of, subject: sum.key }, sum, limited, texts)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function plainTable(heading: string, sums: UsageSum[], texts: Texts): Html {
  return html`<table class="usage">
    <thead>
      <tr>
        <th scope="col">${heading}</th>
        ${countHeadings(texts)}
      </tr>
    </thead>
    <tbody>
      ${sums.map(
        (sum) =>
          html`<tr>
            <th scope="row"><a href="/usage?month=${sum.key}">${sum.name}</a></th>
            ${counts(sum, texts)}
          </tr>`,
      )}
    </tbody>
  </table>`
}

function countHeadings({ usage: { columns } }: Texts): Html[] {
  return [columns.tasks, columns.rows, columns.calls, columns.tokens, columns.money].map(
    (heading) => html`<th scope="col" class="number">${heading}</th>`,
  )
}

function counts({ tasks, rows, calls, tokens, prices, unpriced }: UsageSum, texts: Texts): Html[] {
  const { numbers } = texts
  return [
    ...[tasks, rows, calls, tokens].map((count) => html`<td class="number">${numbers.count(count)}</td>`),
    html`<td class="number">${moneyText(prices, unpriced, texts)}</td>`,
  ]
}

/** `$3.10 · ¥12.00 · price of 2 calls unknown` */
function moneyText(prices: MoneySum[], unpriced: number, { usage, tasks }: Texts): string {
  const parts = [
    ...prices.map((sum) => plainText(tasks.spent(sum))),
    ...(unpriced > 0 && prices.length > 0 ? [usage.unpriced(unpriced)] : []),
  ]
  return parts.length === 0 ? usage.noPrice : parts.join(' · ')
}

function limitCell(
  { of, subject }: LimitSubject,
  { prices, tokens }: UsageSum,
  { limits, canManage, isNow }: Limited,
  { usage, numbers }: Texts,
): Html {
  const limit = limits.get(subject)
  const path = `/usage/limit?${new URLSearchParams({ of, subject }).toString()}`
  const change = canManage ? askLink(path, { label: usage.change, css: 'quiet' }) : html``
  if (!limit) return html`<span class="faint">${usage.noLimit}</span> ${change}`
  const spent =
    'tokens' in limit
      ? numbers.count(tokens)
      : numbers.price(prices.find(({ currency }) => currency === limit.currency)?.nano ?? 0n, limit.currency)
  const text = isNow ? usage.ofLimit(spent, usage.amount(limit)) : usage.amount(limit)
  return html`${plainText(text)} ${change}`
}

export interface AskedLimit extends LimitSubject {
  name: string
  /** as it was typed, or is */
  typed: string
  isWrong?: boolean
}

export function limitForm(
  { of, subject, name, typed, isWrong = false }: AskedLimit,
  { usage: { form } }: Texts,
): FormAsked {
  const action = `/usage/limit?${new URLSearchParams({ of, subject }).toString()}`
  return {
    title: form.title(name),
    action,
    back: '/usage',
    fields: html`<label for="per-month">${form.label}</label>
      <input
        id="per-month"
        name="perMonth"
        value="${typed}"
        maxlength="100"
        placeholder="50 USD"
        spellcheck="false"
        autofocus
        ${isWrong ? html`aria-invalid="true" aria-describedby="form-fault per-month-hint"` : html`aria-describedby="per-month-hint"`}
      />
      <small id="per-month-hint">${form.hint}</small>`,
    submit: form.save,
    fault: isWrong ? { field: 'perMonth', message: form.wrong } : undefined,
  }
}
