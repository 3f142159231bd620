import { signatureOf } from '../../../src/bots/slack/http.ts'
import type { Delivery, Envelope } from './sockets.ts'

const TYPES = {
  events_api: 'application/json',
  interactive: 'application/x-www-form-urlencoded',
  slash_commands: 'application/x-www-form-urlencoded',
}

/** As Slack calls an app's request address. */
export async function httpDelivery(
  { url, secret }: { url: string; secret: string },
  { type, payload }: Envelope,
): Promise<Delivery> {
  const sentAt = performance.now()
  const response = await signedRequest(url, secret, TYPES[type], bodyOf(type, payload))
  if (!response.ok) throw new Error(`${type} was answered with HTTP ${response.status}`)
  const text = await response.text()
  return { sentAt, ackedAt: performance.now(), response: text.startsWith('{') ? JSON.parse(text) : text }
}

export function signedRequest(
  url: string,
  secret: string,
  type: string,
  body: string,
  seconds = String(Math.floor(Date.now() / 1_000)),
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': signatureOf(secret, seconds, body),
    },
    body,
  })
}

function bodyOf(type: Envelope['type'], payload: object): string {
  if (type === 'events_api') return JSON.stringify(payload)
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  return new URLSearchParams({ ...payload }).toString()
}
