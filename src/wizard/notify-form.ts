import {
  chosen,
  emailsOf,
  mayChoose,
  mayNameWebhook,
  MAX_URL_CHARS,
  NotAllowedHere,
  requireAllowed,
  targetShown,
  targetsOf,
} from '../app/notify-settings.ts'
import type { NotifyChoice } from '../engine/notify.ts'
import { draftClick } from '../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Button, Field, Form, Line } from '../messages/prompt.ts'
import { clip, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { type DraftState, without } from './draft.ts'
import type { StepContext } from './step-context.ts'

/** The button that opens the form, where there is anything to choose. */
export function notifyButton({ draft, notify, texts }: StepContext): Button[] {
  return mayChoose(notify) ? [{ id: draftClick(draft, 'notify'), label: texts.notify.button }] : []
}

/** `At the end: e-mail to ana@example.com · result in the shared folder` */
export function notifyLines({ draft, notify, texts }: StepContext): Line[] {
  const { to, atTheEnd } = texts.notify
  const targets = targetsOf(draft.state.notify ?? {}, notify, 1)
  if (targets.length === 0) return []
  const said = targets.slice(0, TARGETS_NAMED).map((target) => {
    const shown = targetShown(target)
    return target.channel === 'folder' ? to.folder : clip(to[target.channel](shown), TARGET_CHARS)
  })
  const more = targets.length > said.length ? ['…'] : []
  return [[atTheEnd, ...dotted(...said, ...more)]]
}

const TARGETS_NAMED = 5
const TARGET_CHARS = 100
const EMAILS_CHARS = 1_000

/** Who else is notified of the task’s end. The default webhook’s address may be a secret: only its host is shown. */
export function notifyForm({ draft, notify, texts }: StepContext): Form {
  const { form: words } = texts.notify
  const choice = draft.state.notify ?? {}
  const now = chosen(choice, notify)
  const { url } = notify.webhook
  const fields: Field[] = [
    ...(notify.email.smtpUrl === undefined
      ? []
      : [
          {
            type: 'text',
            id: 'emails',
            label: words.emails,
            hint: words.emailsHint,
            value: now.emails.join(', '),
            maxLength: EMAILS_CHARS,
            optional: true,
          } as const,
        ]),
    ...(url === undefined ? [] : [webhookField(url, now.webhook === null ? 'none' : 'usual', words)]),
    ...(mayNameWebhook(notify)
      ? [
          {
            type: 'text',
            id: 'url',
            label: words.url,
            hint: clip(words.urlHint(notify.webhook.hosts.join(', ')), PROMPT_LIMITS.fieldHintChars),
            value: now.webhook === null || now.webhook === url ? '' : now.webhook,
            maxLength: MAX_URL_CHARS,
            optional: true,
          } as const,
        ]
      : []),
    ...(notify.folder === undefined ? [] : [folderField(now.folder, words)]),
  ]
  return { id: draftClick(draft, 'notify'), title: words.title, fields, submit: texts.wizard.forms.save }
}

type FormTexts = Texts['notify']['form']

function webhookField(url: string, selected: string, words: FormTexts): Field {
  const host = targetShown({ channel: 'webhook', target: url })
  const usual = clip(words.webhookUsual(host), PROMPT_LIMITS.optionChars)
  const options = [
    { value: 'usual', label: usual },
    { value: 'none', label: words.none },
  ]
  return { type: 'select', id: 'webhook', label: words.webhook, options, selected }
}

function folderField(isChosen: boolean, words: FormTexts): Field {
  const options = [
    { value: 'yes', label: words.yes },
    { value: 'no', label: words.no },
  ]
  return { type: 'select', id: 'folder', label: words.folder, options, selected: isChosen ? 'yes' : 'no' }
}

type NotifyFilled =
  | { errors: Record<string, string>; state?: undefined }
  | { errors?: undefined; state: DraftState; reinspect: false }

/** What is as the settings say is not stored: it follows them. */
export function fillNotify(context: StepContext, values: Record<string, string>): NotifyFilled {
  const { draft, notify, texts } = context
  const errors: Record<string, string> = {}
  const choice: NotifyChoice = {}
  const { emails, url, webhook, folder } = values
  if (emails !== undefined && notify.email.smtpUrl !== undefined) {
    const addresses = emailsOf(emails)
    if (addresses.join() !== notify.email.to.join()) choice.emails = addresses
    check('emails', { emails: addresses })
  }
  const typed = url?.trim() ?? ''
  if (typed !== '') {
    choice.webhook = typed
    check('url', { webhook: typed })
  } else if (webhook === 'none') choice.webhook = null
  if (folder === 'no' && notify.folder !== undefined) choice.folder = false
  if (Object.keys(errors).length > 0) return { errors }
  const rest = without(draft.state, 'notify')
  const state = Object.keys(choice).length === 0 ? rest : { ...rest, notify: choice }
  return { state, reinspect: false }

  function check(field: string, part: NotifyChoice): void {
    try {
      requireAllowed(part, notify)
    } catch (fault) {
      if (!(fault instanceof NotAllowedHere)) throw fault
      errors[field] = texts.notify.faults[fault.code](fault.what)
    }
  }
}
