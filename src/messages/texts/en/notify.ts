import { ROWBOT } from '../../../engine/this-program.ts'
import type { NotifyFault } from '../../../engine/notify.ts'
import type { Numbers } from '../numbers.ts'

type NotifyFaultSentences = Record<NotifyFault, (what: string) => string>

/** Who else is notified of a task’s end: the question in step 3, the e-mail, and what became of it. */
export const notify = (n: Numbers) => ({
  button: 'Notify others…',
  form: {
    title: 'Notify others',
    emails: 'E-mail to',
    emailsHint: 'Addresses with commas between; empty: nobody',
    webhook: 'Webhook',
    webhookUsual: (host: string) => `to ${host}, as set up`,
    none: 'none',
    url: 'Webhook to another address',
    urlHint: (hosts: string) => `https://… at ${hosts}`,
    folder: 'Result in the shared folder',
    yes: 'yes',
    no: 'no',
  },
  faults: FAULTS,
  /** the summary before the start; after it come the names */
  atTheEnd: 'At the end: ',
  to: {
    webhook: (host: string) => `webhook to ${host}`,
    email: (address: string) => `e-mail to ${address}`,
    folder: 'result in the shared folder',
  },
  mail: {
    subject: {
      completed: (name: string) => `${name} is done`,
      failed: (name: string) => `${name} has stopped and needs somebody`,
      cancelled: (name: string) => `${name} was stopped`,
    },
    attached: 'The result is attached.',
    tooLarge: (bytes: number) => `The result (${n.size(bytes)}) is too large for an e-mail.`,
    resultCommand: (id: string) => `The result: ${ROWBOT} result ${id}`,
    openPage: 'Open the task',
    why: 'Rowbot sends this because somebody has named your address for the end of this task.',
  },
  /** on the page, after the name of where it goes: a time follows `sent` and `nextTry` */
  title: 'Notifications',
  sent: 'sent',
  sending: 'on its way',
  nextTry: (tries: number, error: string) =>
    `failed ${tries === 1 ? 'once' : `${n.count(tries)} times`} (${error}), next try`,
  failed: (error: string) => `not sent: ${error}`,
})

const FAULTS: NotifyFaultSentences = {
  many: () => 'These are too many addresses: 10 at most. A mailing list can have more.',
  'no-address': (what) => `“${what}” is not an e-mail address.`,
  domain: (what) => `E-mails to ${what} are not allowed here. An admin can allow them.`,
  'no-mail': () => 'Rowbot has no mail server here. An admin can set one up.',
  'no-url': () => 'This must be an https address, without a user name.',
  host: (what) => `Webhooks to ${what} are not allowed here. An admin can allow them.`,
  'no-secret': () => 'Webhooks are not set up here. An admin can do it.',
  'no-folder': () => 'There is no shared folder here. An admin can set one up.',
}
