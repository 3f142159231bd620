import { ERASABLE, type Erasable, type Receipt } from '../../app/erase.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { type Html, html } from '../view/html.ts'
import { isolated, plainText } from '../view/value.ts'

/** What came of the form: a receipt, or what is wrong. */
export interface DataNotice {
  receipt?: Receipt
  fault?: string
  typed?: { what: Erasable; subject: string }
}

/** Erasing, and two exports. */
export function dataView(notice: DataNotice, { texts }: Visitor): Html {
  const { dataPage: said } = texts
  return html`<div class="head"><h1>${said.title}</h1></div>
    <p class="faint">${said.intro}</p>
    ${notice.receipt ? receiptPart(notice.receipt, texts) : ''} ${eraseForm(notice, texts)}
    <section class="card" aria-labelledby="export-title">
      <h2 id="export-title">${said.export}</h2>
      <p>${said.exportText}</p>
      <form action="/data/person" method="post" class="access-form">
        <div>
          <label for="person">${said.person}</label>
          <input id="person" name="person" required maxlength="300" />
        </div>
        <button class="outline">${said.download}</button>
      </form>
    </section>
    <section class="card" aria-labelledby="audit-title">
      <h2 id="audit-title">${said.audit}</h2>
      <p>${said.auditText}</p>
      <form action="/audit/export" method="get" class="access-form">
        <div>
          <label for="since">${said.since}</label>
          <input id="since" name="since" type="date" />
        </div>
        <div>
          <label for="until">${said.until}</label>
          <input id="until" name="until" type="date" />
        </div>
        <button class="outline" name="format" value="csv">CSV</button>
        <button class="outline" name="format" value="jsonl">JSON</button>
      </form>
    </section>`
}

function receiptPart({ id, subject, at, by, erased }: Receipt, texts: Texts): Html {
  const { dataPage: said, auditPage } = texts
  const counts = Object.entries(erased)
  return html`<section class="told" role="status" aria-labelledby="receipt">
    <h2 id="receipt">${said.receipt}</h2>
    <p>${isolated(said.erasedAt(plainText(subject), new Date(at).toISOString(), plainText(by)))}</p>
    ${
      counts.length === 0
        ? html`<p>${said.nothing}</p>`
        : html`<ul>
            ${counts.map(([kind, count]) => html`<li>${said.counted(auditPage.details[kind] ?? kind, count)}</li>`)}
          </ul>`
    }
    <p>${isolated(said.noted(id))}</p>
  </section>`
}

function eraseForm({ fault, typed }: DataNotice, { dataPage: said }: Texts): Html {
  return html`<section class="card" aria-labelledby="erase-title">
    <h2 id="erase-title">${said.erase}</h2>
    <form action="/data/erase" method="post" class="access-form" autocomplete="off">
      ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}
      <div>
        <label for="erase-what">${said.what}</label>
        <select id="erase-what" name="what">
          ${ERASABLE.map(
            (kind) =>
              html`<option value="${kind}" ${kind === (typed?.what ?? 'task') ? html`selected` : ''}>
                ${said.kinds[kind]}
              </option>`,
          )}
        </select>
      </div>
      <div>
        <label for="erase-subject">${said.subject}</label>
        <input
          id="erase-subject"
          name="subject"
          required
          maxlength="300"
          value="${typed?.subject ?? ''}"
          aria-describedby="erase-hint"
        />
        <small id="erase-hint">${said.subjectHint}</small>
      </div>
      <button class="danger">${said.erase}</button>
    </form>
  </section>`
}
