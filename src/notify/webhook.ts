import { VERSION } from '../engine/this-program.ts'
import { say } from '../engine/sentence.ts'
import { createHmac, type KeyObject } from 'node:crypto'
import { type Clock, withTimeLimit } from '../engine/clock.ts'
import { type Sent, whyOf } from './sent.ts'

const TIME_LIMIT_MS = 15_000
const GONE = 410

export interface Webhook {
  /** the same with every try */
  id: string
  url: string
  /** JSON, the same with every try */
  body: string
}

/** Posts it once. The answer’s status is all that counts; redirects are not followed, as they may lead anywhere. */
export async function postWebhook(
  { id, url, body }: Webhook,
  { secrets, clock, leaving }: { secrets: KeyObject[]; clock: Clock; leaving: AbortSignal },
): Promise<Sent> {
  const timestamp = Math.floor(clock.now() / 1000)
  try {
    return await withTimeLimit(clock, TIME_LIMIT_MS, leaving, async (signal) => {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          'content-type': 'application/json',
          'user-agent': `Rowbot/${VERSION}`,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': secrets.map((secret) => signature({ id, timestamp, body }, secret)).join(' '),
        },
        body,
      })
      void response.body?.cancel().catch(() => {})
      return sentOf(response, clock.now())
    })
  } catch (fault) {
    const isLate = fault instanceof DOMException || (fault instanceof Error && fault.name === 'AbortError')
    const error = isLate
      ? say('receiver-too-slow', { seconds: TIME_LIMIT_MS / 1000 })
      : say('receiver-unreachable', { why: whyOf(fault) })
    return { kind: 'failed', error }
  }
}

/** `v1,` and base64, as standardwebhooks.com has it. */
export function signature(
  { id, timestamp, body }: Pick<Webhook, 'id' | 'body'> & { timestamp: number },
  secret: KeyObject,
): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

function sentOf({ ok, status, headers }: Response, now: number): Sent {
  if (ok) return { kind: 'sent' }
  if (status === GONE) return { kind: 'refused', error: say('receiver-wants-no-more') }
  if (status >= 300 && status < 400) return { kind: 'failed', error: say('receiver-redirects', { status }) }
  return { kind: 'failed', error: say('receiver-answered', { status }), askedMs: retryAfterMs(headers, now) }
}

/** Seconds or a date; 0: it did not say. */
function retryAfterMs(headers: Headers, now: number): number {
  const asked = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1000
  const at = Date.parse(asked)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
