import { say } from '../engine/sentence.ts'
import type { SendMailOptions } from 'nodemailer'
import { tlsFault } from '../net/faults.ts'
import { codeOf, type Sent } from './sent.ts'

/** One e-mail, to one person. */
export interface Email {
  /** of the notification: mail servers and readers know a copy by it */
  id: string
  from: string
  to: string
  subject: string
  text: string
  html: string
  attachment?: { name: string; content: Uint8Array }
}

const CONNECT_MS = 15_000
const SILENCE_MS = 60_000
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Sends it once. A 5xx of the server ends it; all else may be better later, a wrong password too. */
export async function sendEmail(smtpUrl: string, email: Email, leaving: AbortSignal): Promise<Sent> {
  const transport = await transportOf(smtpUrl)
  const leave = () => transport.close()
  leaving.addEventListener('abort', leave)
  try {
    await transport.sendMail(mailOf(email))
    return { kind: 'sent' }
  } catch (fault) {
    return failed(fault, smtpUrl)
  } finally {
    leaving.removeEventListener('abort', leave)
    transport.close()
  }
}

/** Whether the server can be reached and lets us in. */
export async function verifySmtp(smtpUrl: string): Promise<Sent> {
  const transport = await transportOf(smtpUrl)
  try {
    await transport.verify()
    return { kind: 'sent' }
  } catch (fault) {
    return failed(fault, smtpUrl)
  } finally {
    transport.close()
  }
}

async function transportOf(smtpUrl: string) {
  const { createTransport } = await import('nodemailer') // only where e-mail is set up
  return createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  })
}

/** Addresses as objects: nothing in them is read as a list. */
function mailOf({ id, from, to, subject, text, html, attachment }: Email): SendMailOptions {
  return {
    from,
    to: { name: '', address: to },
    subject: oneLine(subject),
    text,
    html,
    messageId: `<${id}@rowbot>`,
    // An answer by a machine (out of office) is not wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(attachment && {
      attachments: [
        { filename: oneLine(attachment.name), content: Buffer.from(attachment.content), contentType: XLSX },
      ],
    }),
  }
}

/** A task’s name comes from a person; a line break would begin another header. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
}

function failed(fault: unknown, smtpUrl: string): Sent {
  const code = codeOf(fault)
  const status = fault instanceof Error && 'responseCode' in fault ? Number(fault.responseCode) : Number.NaN
  if (code === 'EAUTH') return { kind: 'failed', error: say('mail-login-refused') }
  if (Number.isNaN(status)) {
    const message = fault instanceof Error ? fault.message : ''
    const why = tlsFault(code, message, new URL(smtpUrl).host)?.says ?? code
    return { kind: 'failed', error: say('mail-server-unreachable', { why }) }
  }
  const kind = status >= 500 ? 'refused' : 'failed'
  const words = responseOf(fault)
  return {
    kind,
    error:
      words === '' ? say('mail-server-answered', { status }) : say('mail-server-says', { status, words }),
  }
}

/** What the server says is for the admin: `550 5.1.1 No such user`, without the number. */
function responseOf(fault: unknown): string {
  const response = fault instanceof Error && 'response' in fault ? oneLine(String(fault.response)) : ''
  return response.replace(/^\d{3}[ -]?/, '').slice(0, 200)
}
