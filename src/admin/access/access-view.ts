import { ACCESS_ROLES, type NewToken, TOKEN_NAME_CHARS } from '../../app/tokens.ts'
import type { AccessToken } from '../../db/access/tokens.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { askLink } from '../tasks/acts-view.ts'
import { type Html, html } from '../view/html.ts'
import { time } from '../view/time.ts'
import { isolated, plainText } from '../view/value.ts'

/** What came of the form: a token, shown this once, or what is wrong. */
export interface AccessNotice {
  made?: string
  token?: string
  link?: string
  fault?: string
  typed?: NewToken
}

interface AccessFacts {
  tokens: AccessToken[]
  notice: AccessNotice
  now: number
}

/** The named tokens, and the form that makes one. */
export function accessView({ tokens, notice, now }: AccessFacts, { texts }: Visitor): Html {
  const { accessPage: said, page } = texts
  return html`<div class="head"><h1>${said.title}</h1></div>
    <p class="faint">${said.intro}${page.marks.stop}${said.also}</p>
    ${notice.token === undefined ? '' : madePart(notice, texts)} ${addForm(notice, texts)}
    ${
      tokens.length === 0
        ? html`<div class="empty">
            <h2>${said.none}</h2>
            <p>${said.noneHint}</p>
          </div>`
        : table(tokens, now, texts)
    }`
}

function madePart({ made = '', token, link }: AccessNotice, { accessPage: said }: Texts): Html {
  return html`<section class="told new-token" role="status" aria-labelledby="new-token">
    <h2 id="new-token">${isolated(said.made(plainText(made)))}</h2>
    <p><strong>${said.once}</strong></p>
    <p><code class="secret">${token}</code></p>
    <p>${said.link}</p>
    <p><code class="secret">${link}</code></p>
  </section>`
}

function addForm({ fault, typed }: AccessNotice, { accessPage: said }: Texts): Html {
  return html`<form action="/access" method="post" class="access-form" autocomplete="off">
    ${fault === undefined ? '' : html`<p class="fault" role="alert" id="access-fault">${fault}</p>`}
    <div>
      <label for="token-name">${said.name}</label>
      <input
        id="token-name"
        name="name"
        required
        maxlength="${TOKEN_NAME_CHARS}"
        value="${typed?.name ?? ''}"
        aria-describedby="${fault === undefined ? '' : 'access-fault '}token-name-hint"
        ${fault === undefined ? '' : html`aria-invalid="true" autofocus`}
      />
      <small id="token-name-hint">${said.nameHint}</small>
    </div>
    <div>
      <label for="token-role">${said.role}</label>
      <select id="token-role" name="role">
        ${ACCESS_ROLES.map(
          (role) =>
            html`<option value="${role}" ${role === (typed?.role ?? 'runner') ? html`selected` : ''}>
              ${said.roles[role]}
            </option>`,
        )}
      </select>
    </div>
    <button>${said.add}</button>
  </form>`
}

function table(tokens: AccessToken[], now: number, texts: Texts): Html {
  const { table: heading } = texts.accessPage
  return html`<div class="scroll">
    <table class="tokens">
      <thead>
        <tr>
          ${[heading.name, heading.role, heading.made, heading.used, heading.state].map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${tokens.map((token) => row(token, now, texts))}
      </tbody>
    </table>
  </div>`
}

function row(token: AccessToken, now: number, texts: Texts): Html {
  const { accessPage: said } = texts
  const { id, name, role, madeAt, madeBy, usedAt, revokedAt, revokedBy } = token
  return html`<tr class="${revokedAt === null ? '' : 'ended'}">
    <th scope="row">${isolated(plainText(name))}</th>
    <td>${said.roleWords[role]}</td>
    <td>${time(madeAt, now, texts)} <span class="faint">${said.by(plainText(madeBy))}</span></td>
    <td>${usedAt === null ? html`<span class="faint">${said.never}</span>` : time(usedAt, now, texts)}</td>
    <td>
      ${
        revokedAt === null
          ? askLink(`/access/${id}/revoke`, { label: said.revoke, css: 'outline danger', id: `revoke-${id}` })
          : html`<span class="faint"
              >${said.revokedBy(plainText(revokedBy ?? ''))} · ${time(revokedAt, now, texts)}</span
            >`
      }
    </td>
  </tr>`
}
