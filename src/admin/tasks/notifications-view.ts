import { errorOf } from '../../db/sentences.ts'
import { targetShown } from '../../app/notify-settings.ts'
import type { NotificationRow } from '../../db/tasks/notifications.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Visitor } from '../http/visitor.ts'
import { html, type Html } from '../view/html.ts'
import { clock } from '../view/time.ts'
import { isolated } from '../view/value.ts'

/** Who else was notified of the end, and what became of it; nothing where nobody was to be. */
export function taskNotifications(
  { notifications, now }: { notifications: NotificationRow[]; now: number },
  { texts }: Visitor,
): Html {
  const shown = notifications.filter(({ state }) => state !== 'outdated')
  if (shown.length === 0) return html``
  return html`<section class="card" aria-labelledby="notifications-title">
    <h2 id="notifications-title">${texts.notify.title}</h2>
    <ul class="log">
      ${shown.map(
        (one) =>
          html`<li>
            <span class="level-${one.state === 'failed' ? 'error' : one.error === null ? 'info' : 'warn'}"
              >${isolated(whereOf(one, texts))}${texts.page.marks.colon}${stateOf(one, now, texts)}</span
            >
          </li>`,
      )}
    </ul>
  </section>`
}

function whereOf(one: NotificationRow, { notify: { to } }: Texts): string {
  switch (one.channel) {
    case 'webhook':
      return to.webhook(targetShown(one))
    case 'email':
      return to.email(one.target)
    case 'folder':
      return one.content === null ? to.folder : `${to.folder} (${one.content})`
  }
}

function stateOf(row: NotificationRow, now: number, texts: Texts): Html {
  const { state, tries, try_at: tryAt, sent_at: sentAt } = row
  const { notify, say } = texts
  const error = say(errorOf(row) ?? '')
  switch (state) {
    case 'sent':
      return html`${notify.sent} ${clock(sentAt ?? now, now, texts)}`
    case 'due':
      return tries === 0
        ? html`${notify.sending}`
        : html`${notify.nextTry(tries, error)} ${clock(tryAt, now, texts)}`
    case 'failed':
      return html`${notify.failed(error)}`
    case 'outdated':
      return html``
  }
}
