import { inEnglish } from '../engine/sentence.ts'
import { access, constants, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NotifySettings } from '../app/notify-settings.ts'
import { bad, type DoctorResult, fine } from '../bots/doctor-result.ts'
import { verifySmtp } from './email.ts'
import { codeOf } from './sent.ts'

const IN_ENV = 'In .env, in the folder where Rowbot is started (see docs/notifications.md)'

/** Checks who can be notified of tasks’ ends. Nothing is sent. */
export async function examineNotifications(settings: NotifySettings): Promise<DoctorResult[]> {
  return [...examineWebhooks(settings), ...(await examineEmail(settings)), ...(await examineFolder(settings))]
}

function examineWebhooks({ webhook: { url, hosts, secrets } }: NotifySettings): DoctorResult[] {
  if (url === undefined && hosts.length === 0) return []
  if (secrets.length === 0)
    return [
      bad('ROWBOT_WEBHOOK_HOSTS is set, but no secret to sign webhooks with: none is sent.', {
        where: IN_ENV,
        paste: 'ROWBOT_WEBHOOK_SECRET=…',
      }),
    ]
  return [
    ...(url === undefined ? [] : [fine(`Every task’s end is sent as a webhook to ${new URL(url).host}.`)]),
    ...(hosts.length === 0 ? [] : [fine(`Tasks may name webhooks at ${hosts.join(', ')}.`)]),
  ]
}

async function examineEmail({ email: { smtpUrl, to, domains } }: NotifySettings): Promise<DoctorResult[]> {
  if (smtpUrl === undefined) return []
  const { host } = new URL(smtpUrl)
  const verified = await verifySmtp(smtpUrl)
  if (verified.kind !== 'sent')
    return [
      bad(`E-mail: ${inEnglish(verified.error)} (${host}).`, {
        where: IN_ENV,
        paste: 'ROWBOT_SMTP_URL=smtps://…',
      }),
    ]
  const who = [
    ...(to.length > 0 ? [`every task’s end goes to ${to.join(', ')}`] : []),
    ...(domains.length > 0 ? [`tasks may name addresses at ${domains.join(', ')}`] : []),
  ]
  if (who.length === 0)
    return [
      bad(`The mail server ${host} lets Rowbot in, but nobody may get an e-mail.`, {
        where: IN_ENV,
        paste: 'ROWBOT_MAIL_DOMAINS=example.com',
      }),
    ]
  return [fine(`The mail server ${host} lets Rowbot in; ${who.join(', and ')}.`)]
}

async function examineFolder({ folder }: NotifySettings): Promise<DoctorResult[]> {
  if (folder === undefined) return []
  const probe = join(folder, `.rowbot-${crypto.randomUUID()}.tmp`)
  try {
    await access(folder, constants.W_OK)
    await writeFile(probe, '')
    await rm(probe)
    return [fine(`Results are also written to ${folder}.`)]
  } catch (fault) {
    return [
      bad(`The results folder ${folder} cannot be written (${codeOf(fault)}).`, {
        where: 'Make it, mount it, or let the user that runs Rowbot write there',
      }),
    ]
  }
}
