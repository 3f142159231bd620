import { readSentences } from '../../engine/sentence.ts'
import type { Face } from '../../app/actor.ts'
import type { AuditEntry } from '../../db/tasks/audit.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { AUDIT_A_PAGE, auditPath, type AuditQuery, isFiltered } from './audit-query.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html, joined } from '../view/html.ts'
import { plainText, isolated } from '../view/value.ts'
import { clock } from '../view/time.ts'

export interface AuditFacts {
  query: AuditQuery
  entries: AuditEntry[]
  /** entries that match the filter */
  total: number
  /** ids of workflows that still exist */
  workflows: Set<string>
  now: number
}

const CHARS_SHOWN = 120

/** Who did what, newest first. */
export function auditList(facts: AuditFacts, visitor: Visitor): Html {
  const { auditPage: said } = visitor.texts
  const { query, entries, total } = facts
  const none = total === 0 && !isFiltered(query)
  return html`<div class="head">
      <h1>${said.title}</h1>
      ${none ? '' : html`<p class="faint">${said.total(total)}</p>`}
    </div>
    <p class="faint">
      ${said.intro} ${visitor.canManage ? html`<a href="/data">${visitor.texts.dataPage.title}</a>` : ''}
    </p>
    ${
      none
        ? html`<div class="empty">
            <h2>${said.none}</h2>
            <p>${said.noneHint}</p>
          </div>`
        : html`${filters(query, visitor.texts)}
          ${entries.length === 0 ? noMatch(visitor.texts) : table(facts, visitor.texts)}${pages(facts, visitor.texts)}`
    }`
}

function filters(query: AuditQuery, { auditPage: said }: Texts): Html {
  const { who, target, action, face } = query
  return html`<div class="filters">
    <form action="/audit" method="get">
      ${who === undefined ? '' : html`<input type="hidden" name="who" value="${who}" />`}
      ${target === undefined ? '' : html`<input type="hidden" name="target" value="${target}" />`}
      <label for="action">${said.action}</label>
      <select id="action" name="action" data-submits>
        <option value="">${said.anyAction}</option>
        ${options(said.actions, action)}
      </select>
      <label for="face">${said.face}</label>
      <select id="face" name="face" data-submits>
        <option value="">${said.anyFace}</option>
        ${options(said.faces, face)}
      </select>
      <noscript><button class="outline">${said.filter}</button></noscript>
      ${who === undefined ? '' : html`<span>${said.byWho(plainText(who))}</span>`}
      ${target === undefined ? '' : html`<span>${said.onlyTarget}</span>`}
      ${isFiltered(query) ? html`<a href="/audit">${said.clear}</a>` : ''}
    </form>
  </div>`
}

function options(words: Record<string, string>, chosen: string | undefined): Html[] {
  return Object.entries(words).map(
    ([value, word]) =>
      html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${word}</option>`,
  )
}

function noMatch({ auditPage: said }: Texts): Html {
  return html`<div class="empty">
    <h2>${said.noMatch}</h2>
    <p><a href="/audit">${said.clear}</a></p>
  </div>`
}

function table(facts: AuditFacts, texts: Texts): Html {
  const { table: heading } = texts.auditPage
  return html`<div class="scroll">
    <table class="audit">
      <thead>
        <tr>
          ${[heading.when, heading.who, heading.what, heading.target, heading.details].map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${facts.entries.map((entry) => row(entry, facts, texts))}
      </tbody>
    </table>
  </div>`
}

function row(entry: AuditEntry, { query, workflows, now }: AuditFacts, texts: Texts): Html {
  const { auditPage: said, page } = texts
  const { at, who, role, face, action } = entry
  const name = plainText(who)
  // A person in a chat has no role worth showing: the face says where they are.
  const isOfPage = face === 'page' || face === 'api'
  const roleWord =
    role === 'admin' || role === 'viewer'
      ? page.roles[role]
      : isOfPage && role === 'member'
        ? page.roles.runner
        : undefined
  const faceWord = wordOf(said.faces satisfies Record<Face, string>, face)
  return html`<tr>
    <td class="when">${clock(at, now, texts)}</td>
    <td class="who">
      <a href="${auditPath(query, { who })}" title="${said.onlyBy(name)}">${isolated(name)}</a>
      <span class="faint">${roleWord === undefined ? faceWord : `${roleWord} · ${faceWord}`}</span>
    </td>
    <td class="what">${wordOf(said.actions, action)}</td>
    <td>${targetOf(entry, workflows)}</td>
    <td class="faint">${joined(detailsOf(entry, texts), ' · ')}</td>
  </tr>`
}

function wordOf(words: Record<string, string>, key: string): string {
  return (Object.hasOwn(words, key) ? words[key] : undefined) ?? plainText(key)
}

/** What it was done to, by its name at that time; a link if it may still exist. */
function targetOf({ action, target, details }: AuditEntry, workflows: Set<string>): Html {
  if (target === null) return html``
  const named = details?.['task'] ?? details?.['workflow'] ?? details?.['token']
  const name = isolated(plainText(typeof named === 'string' && named !== '' ? named : target))
  const id = encodeURIComponent(target)
  if (workflows.has(target)) return html`<a href="/workflows/${id}">${name}</a>`
  if (/^(?:task|row)\./.test(action) && action !== 'task.delete')
    return html`<a href="/batch/${id}">${name}</a>`
  return html`${name}`
}

function detailsOf({ details }: AuditEntry, texts: Texts): Html[] {
  const { auditPage: said } = texts
  const ownWord = (key: string, value: unknown) => {
    const words = Object.hasOwn(said.values, key) ? said.values[key] : undefined
    return words && typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined
  }
  return Object.entries(details ?? {}).flatMap(([key, value]) => {
    if (key === 'task' || key === 'workflow' || key === 'token' || value === null || value === '') return []
    if (Array.isArray(value) && value.length === 0) return []
    const label = Object.hasOwn(said.details, key) ? said.details[key] : undefined
    const word = isolated(label ?? plainText(key))
    return [value === true ? word : html`${word} ${isolated(ownWord(key, value) ?? shown(value, texts))}`]
  })
}

function shown(value: unknown, { say }: Texts): string {
  const sentences = readSentences(value)
  if (sentences) return plainText(sentences.map(say).join(' '))
  const text = Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string'
      ? value
      : (JSON.stringify(value) ?? '')
  const chars = [...plainText(text)]
  return chars.length > CHARS_SHOWN ? `${chars.slice(0, CHARS_SHOWN).join('')}…` : chars.join('')
}

function pages({ query, total }: AuditFacts, { page: { list } }: Texts): Html {
  const last = Math.max(1, Math.ceil(total / AUDIT_A_PAGE))
  const page = query.page ?? 1
  if (last === 1) return html``
  return html`<nav class="pages" aria-label="${list.pages}">
    ${page > 1 ? html`<a href="${auditPath(query, { page: page - 1 })}" rel="prev">← ${list.newer}</a>` : ''}
    <span>${list.page(page, last)}</span>
    ${page < last ? html`<a href="${auditPath(query, { page: page + 1 })}" rel="next">${list.older} →</a>` : ''}
  </nav>`
}
