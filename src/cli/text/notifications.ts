import type { NotificationRow } from '../../db/tasks/notifications.ts'
import { targetShown } from '../../app/notify-settings.ts'
import { timeText } from './tasks.ts'

/** Who else was notified of a task’s end, a line each. */
export function notificationLines(notifications: NotificationRow[]): string[] {
  return notifications.map((one) => `${whereText(one)}: ${stateText(one)}`)
}

function whereText(one: NotificationRow): string {
  switch (one.channel) {
    case 'webhook':
      return `Webhook to ${targetShown(one)}`
    case 'email':
      return `E-mail to ${one.target}`
    case 'folder':
      return `Results folder${one.content === null ? '' : ` (${one.content})`}`
  }
}

function stateText({ state, tries, error, try_at: tryAt, sent_at: sentAt }: NotificationRow): string {
  switch (state) {
    case 'sent':
      return `sent at ${timeText(sentAt ?? 0)}`
    case 'due':
      return tries === 0
        ? 'to be sent'
        : `failed ${tries === 1 ? 'once' : `${tries} times`}, next at ${timeText(tryAt)}; last: ${error}`
    case 'failed':
      return `not sent: ${error}`
    case 'outdated':
      return 'not sent: the task ran again'
  }
}
