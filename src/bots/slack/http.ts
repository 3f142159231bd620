import { type App, type Receiver, type ReceiverEvent, ReceiverMultipleAckError } from '@slack/bolt'
import type { Log } from '../log.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Slack's largest payloads, of long messages with blocks, stay far below. */
const MAX_BODY_BYTES = 1_000_000
/** Slack waits 3 s for an answer. */
const ACK_WITHIN_MS = 3_001

export interface HttpOptions {
  signingSecrets: string[]
  log: Log
}

/** Events, clicks and commands over HTTP: a function from Request to Response, for whatever server there is. */
export class HttpReceiver implements Receiver {
  #app: App | undefined

  constructor(private readonly options: HttpOptions) {}

  init(app: App): void {
    this.#app = app
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#app = undefined
  }

  async handle(request: Request): Promise<Response> {
    if (request.method !== 'POST') return answer(405)
    const raw = await bodyWithin(request, MAX_BODY_BYTES)
    if (raw === undefined) return answer(413)
    if (!isSignedBySlack(this.options.signingSecrets, request.headers, raw, Date.now())) return answer(401)
    const body = parsed(raw, request.headers.get('content-type') ?? '')
    if (!body) return answer(400)
    if (body['ssl_check'] === '1') return answer(200)
    if (body['type'] === 'url_verification') return Response.json({ challenge: body['challenge'] })
    // Slack sends events again after a 503; a person sees that a click was not heard, and clicks again.
    if (!this.#app) return answer(503)
    return this.#process(this.#app, body, request.headers)
  }

  #process(app: App, body: Record<string, unknown>, headers: Headers): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>()
    let isAnswered = false
    const settle = (response: Response) => {
      isAnswered = true
      clearTimeout(late)
      resolve(response)
    }
    const late = setTimeout(() => settle(answer(404)), ACK_WITHIN_MS)
    const event: ReceiverEvent = {
      body,
      ...retryOf(headers),
      ack: async (said: unknown) => {
        if (isAnswered) throw new ReceiverMultipleAckError()
        settle(responseOf(said))
      },
    }
    app.processEvent(event).catch((fault: unknown) => {
      this.options.log.error({ err: fault }, 'Bolt could not process what Slack sent')
      if (!isAnswered) settle(answer(500))
    })
    return promise
  }
}

function answer(status: number): Response {
  return new Response(null, { status })
}

function responseOf(said: unknown): Response {
  if (!said) return answer(200)
  return typeof said === 'string' ? new Response(said) : Response.json(said)
}

function retryOf(headers: Headers): { retryNum?: number; retryReason?: string } {
  const num = headers.get('x-slack-retry-num')
  const reason = headers.get('x-slack-retry-reason')
  return { ...(num && { retryNum: Number(num) }), ...(reason && { retryReason: reason }) }
}

/** Undefined: more than that. Read as it comes, since a length may be missing or a lie. */
async function bodyWithin(request: Request, bytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > bytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** JSON, or a form; clicks are JSON within a form. Undefined: neither. */
function parsed(raw: string, type: string): Record<string, unknown> | undefined {
  try {
    const form = type.startsWith('application/json')
      ? undefined
      : Object.fromEntries(new URLSearchParams(raw))
    if (form && form['payload'] === undefined) return form
    const body: unknown = JSON.parse(form?.['payload'] ?? raw)
    return typeof body === 'object' && body !== null ? { ...body } : undefined
  } catch {
    return undefined
  }
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const FRESH_SECONDS = 300

/**
 * Whether Slack has signed this. Old requests are refused, so that a caught one cannot be played again, and so are
 * those of the future, which would stay good for longer.
 * @param secrets several while one replaces another
 */
export function isSignedBySlack(secrets: string[], headers: Headers, body: string, nowMs: number): boolean {
  const seconds = headers.get('x-slack-request-timestamp') ?? ''
  const given = Buffer.from(headers.get('x-slack-signature') ?? '')
  if (!/^\d+$/.test(seconds) || Math.abs(nowMs / 1_000 - Number(seconds)) > FRESH_SECONDS) return false
  return secrets.some((secret) => {
    const wanted = Buffer.from(signatureOf(secret, seconds, body))
    return secret !== '' && wanted.length === given.length && timingSafeEqual(wanted, given)
  })
}

export function signatureOf(secret: string, seconds: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`
}
