import { say, type Sentence } from '../engine/sentence.ts'
import { createSecretKey, type KeyObject } from 'node:crypto'
import type { NotifyTarget } from '../db/tasks/notifications.ts'
import type { NotifyChoice, NotifyFault } from '../engine/notify.ts'
import { UserError } from '../engine/user-error.ts'

/** How others are notified of a task's end, and who is where a task does not say otherwise. */
export interface NotifySettings {
  webhook: {
    /** the default; undefined: none */
    url: string | undefined
    /** what tasks may name: `hooks.example.com`, `hooks.example.com:8443`, `http://nas:8080` */
    hosts: string[]
    /** each signs: two while one replaces the other */
    secrets: KeyObject[]
  }
  email: {
    /** undefined: no e-mail can be sent */
    smtpUrl: string | undefined
    from: string
    /** the defaults */
    to: string[]
    /** of addresses that tasks may name; `*`: any */
    domains: string[]
    /** a larger result is not attached */
    maxBytes: number
  }
  /** where results are written; undefined: nowhere */
  folder: string | undefined
}

export const MAX_EMAILS = 10
export const MAX_URL_CHARS = 2_000
const MAX_ADDRESS_CHARS = 254

/** Somebody is to be notified whom the settings do not allow. */
export class NotAllowedHere extends UserError {
  constructor(
    readonly code: NotifyFault,
    message: Sentence,
    hint?: Sentence,
    /** the address or the host */
    readonly what = '',
  ) {
    super(message, hint)
  }
}

/** What a task's end leads to. `settled`: how many rows have succeeded or failed; without any there is no result. */
export function targetsOf(choice: NotifyChoice, settings: NotifySettings, settled: number): NotifyTarget[] {
  const { webhook, emails, folder } = chosen(choice, settings)
  return [
    ...(webhook === null ? [] : [{ channel: 'webhook' as const, target: webhook }]),
    ...emails.map((target) => ({ channel: 'email' as const, target })),
    ...(folder && settled > 0 ? [{ channel: 'folder' as const, target: '' }] : []),
  ]
}

/** The choice, with the settings where it says nothing. */
export function chosen(
  { webhook, emails, folder }: NotifyChoice,
  settings: NotifySettings,
): { webhook: string | null; emails: string[]; folder: boolean } {
  return {
    webhook: webhook === undefined ? (settings.webhook.url ?? null) : webhook,
    emails: emails ?? (settings.email.smtpUrl === undefined ? [] : settings.email.to),
    folder: settings.folder !== undefined && (folder ?? true),
  }
}

/** Whether a person can choose anything. */
export function mayChoose({ webhook, email, folder }: NotifySettings): boolean {
  return (
    webhook.url !== undefined ||
    mayNameWebhook({ webhook }) ||
    email.smtpUrl !== undefined ||
    folder !== undefined
  )
}

export function mayNameWebhook({ webhook }: Pick<NotifySettings, 'webhook'>): boolean {
  return webhook.hosts.length > 0 && webhook.secrets.length > 0
}

/** @throws UserError that names what is not possible here, and the setting that would allow it */
export function requireAllowed(choice: NotifyChoice, settings: NotifySettings): void {
  const { webhook, emails = [], folder } = choice
  if (webhook !== undefined && webhook !== null) requireWebhook(webhook, settings)
  if (emails.length > MAX_EMAILS)
    throw new NotAllowedHere('many', say('too-many-emails', { max: MAX_EMAILS }), say('do-use-mailing-list'))
  for (const address of emails) requireEmail(address, settings)
  if (folder === true && settings.folder === undefined)
    throw new NotAllowedHere('no-folder', say('no-results-folder'), say('do-set-results-folder'))
}

/** @throws UserError. Rowbot sends only to hosts that an admin has named, so that nobody reaches the inside of a network through it. */
export function requireWebhook(text: string, { webhook }: Pick<NotifySettings, 'webhook'>): void {
  if (webhook.secrets.length === 0)
    throw new NotAllowedHere('no-secret', say('no-webhook-secret'), say('do-set-webhook-secret'))
  const url = webUrl(text)
  if (!url) throw new NotAllowedHere('no-url', say('webhook-not-https'))
  if (text === webhook.url) return
  const named = webhook.hosts.some((host) => isAt(url, host))
  if (!named)
    throw new NotAllowedHere(
      'host',
      say('webhook-host-refused', { host: originShown(url) }),
      say('do-name-host'),
      originShown(url),
    )
}

/** Undefined: not an address that a webhook can have. */
export function webUrl(text: string): URL | undefined {
  if (text.length > MAX_URL_CHARS || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  return isWeb && url.username === '' && url.password === '' ? url : undefined
}

/** Without https only where that is written out, and on this machine itself. */
function isAt(url: URL, host: string): boolean {
  if (host.startsWith('http://')) return url.origin === URL.parse(host)?.origin
  if (url.host !== host) return false
  return url.protocol === 'https:' || isLoopback(url.hostname)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** @throws UserError */
export function requireEmail(address: string, { email }: Pick<NotifySettings, 'email'>): void {
  if (!isEmail(address))
    throw new NotAllowedHere('no-address', say('not-an-email', { address }), undefined, address)
  if (email.smtpUrl === undefined) throw new NotAllowedHere('no-mail', say('no-mail'), say('do-set-smtp'))
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  if (email.to.includes(address) || email.domains.includes('*') || email.domains.includes(domain)) return
  throw new NotAllowedHere('domain', say('mail-domain-refused', { domain }), say('do-name-domain'), domain)
}

/** One plain address: nothing in it can be read as a second one, or as a header. */
export function isEmail(text: string): boolean {
  return (
    text.length <= MAX_ADDRESS_CHARS &&
    /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(
      text,
    )
  )
}

/** Addresses with commas, semicolons or spaces between. */
export function emailsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter(Boolean))]
}

/** The URL may be a secret itself, so people read only where it leads. */
export function targetShown({ channel, target }: NotifyTarget): string {
  if (channel !== 'webhook') return target
  const url = URL.parse(target)
  return url ? originShown(url) : ''
}

function originShown({ protocol, host }: URL): string {
  return `${protocol === 'http:' ? 'http://' : ''}${host}`
}

/**
 * As Standard Webhooks writes them: `whsec_` and base64; any other text counts by its own bytes.
 * @throws UserError if it is too short
 */
export function webhookSecret(text: string): KeyObject {
  const bytes = text.startsWith('whsec_')
    ? Buffer.from(text.slice('whsec_'.length), 'base64')
    : Buffer.from(text, 'utf8')
  if (bytes.length < LEAST_SECRET_BYTES)
    throw new UserError(
      `ROWBOT_WEBHOOK_SECRET must have at least ${LEAST_SECRET_BYTES} bytes.`,
      'Make one: echo "whsec_$(openssl rand -base64 32)"',
    )
  return createSecretKey(bytes)
}

const LEAST_SECRET_BYTES = 24
