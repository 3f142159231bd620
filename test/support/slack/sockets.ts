import type { ServerWebSocket } from 'bun'
import { textAt } from '../../../src/bots/json-path.ts'
import type { SteppableTime } from '../steppable-time.ts'

export interface Envelope {
  type: 'events_api' | 'interactive' | 'slash_commands'
  payload: object
}

export interface Delivery {
  sentAt: number
  ackedAt: number
  /** what came with the acknowledgement: the faults of a form, say */
  response: unknown
}

interface Sent {
  envelope: Envelope
  sentAt: number
  /** by the time of this Slack */
  at: number
  over: ServerWebSocket
  attempt: number
  acked: (delivery: Delivery) => void
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const ACK_WITHIN_MS = 3_000

/** Socket Mode: each envelope goes to one of the app's connections, and is waited for. */
export class Sockets {
  readonly live: ServerWebSocket[] = []
  /** every connection there ever was */
  opened = 0
  /** clicks and commands that came while there was no connection: Slack does not send those again */
  readonly lost: Envelope[] = []
  /** what was acknowledged too late for the person who waits: they see that it failed, though it may be done */
  readonly late: { user: string; sees: string }[] = []
  readonly #sent = new Map<string, Sent>()
  readonly #waiting: { envelope: Envelope; acked: (delivery: Delivery) => void }[] = []
  #turn = 0

  constructor(private readonly time: SteppableTime) {}

  readonly handlers = {
    open: (socket: ServerWebSocket) => {
      this.opened += 1
      this.live.push(socket)
      socket.send(JSON.stringify({ type: 'hello', num_connections: this.live.length }))
      for (const { envelope, acked } of this.#waiting.splice(0)) this.#send(envelope, acked, 1)
    },
    message: (_: ServerWebSocket, message: string | Buffer) => {
      const said: unknown = JSON.parse(String(message))
      const id = textAt(said, 'envelope_id')
      const sent = this.#sent.get(id)
      this.#sent.delete(id)
      if (sent && this.#isLate(sent)) {
        this.late.push(failureOf(sent.envelope))
        return sent.acked({ sentAt: sent.sentAt, ackedAt: performance.now(), response: undefined })
      }
      // The library sends what an acknowledgement carries beside the id, under `payload`.
      sent?.acked({ sentAt: sent.sentAt, ackedAt: performance.now(), response: payloadOf(said) })
    },
    close: (socket: ServerWebSocket) => {
      this.#forget(socket)
      for (const [id, { over, envelope, acked, attempt }] of this.#sent) {
        if (over !== socket) continue
        this.#sent.delete(id)
        if (envelope.type === 'events_api') this.#send(envelope, acked, attempt + 1)
        else this.lost.push(envelope)
      }
    },
  }

  /** What was not acknowledged in time, up to now. */
  failed(): { user: string; sees: string }[] {
    const overdue = [...this.#sent.values()].filter((sent) => this.#isLate(sent))
    return [...this.late, ...overdue.map(({ envelope }) => failureOf(envelope))]
  }

  /** Events are sent again; nobody sees that. */
  #isLate({ envelope, at }: Sent): boolean {
    return envelope.type !== 'events_api' && this.time.now() - at > ACK_WITHIN_MS
  }

  /** Resolves when it was acknowledged. */
  deliver(envelope: Envelope): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>()
    this.#send(envelope, resolve, 0)
    return promise
  }

  /** Slack renews a connection: it asks for the end and sends nothing more over it. */
  refresh(socket: ServerWebSocket): void {
    this.#forget(socket)
    socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
  }

  /** An envelope that the library stumbles over. */
  sendRateLimited(): void {
    const payload = { type: 'app_rate_limited', team_id: 'T000000001', minute_rate_limited: 1 }
    this.live[0]?.send(JSON.stringify({ envelope_id: crypto.randomUUID(), type: 'events_api', payload }))
  }

  #send(envelope: Envelope, acked: (delivery: Delivery) => void, attempt: number): void {
    const over = this.live[this.#turn++ % Math.max(1, this.live.length)]
    if (!over) {
      if (envelope.type === 'events_api') this.#waiting.push({ envelope, acked })
      else this.lost.push(envelope)
      return
    }
    const id = crypto.randomUUID()
    this.#sent.set(id, { envelope, sentAt: performance.now(), at: this.time.now(), over, attempt, acked })
    over.send(
      JSON.stringify({
        envelope_id: id,
        ...envelope,
        accepts_response_payload: envelope.type !== 'events_api',
        retry_attempt: attempt,
        retry_reason: attempt > 0 ? 'timeout' : '',
      }),
    )
  }

  #forget(socket: ServerWebSocket): void {
    const index = this.live.indexOf(socket)
    if (index !== -1) this.live.splice(index, 1)
  }
}

/** What Slack shows whoever has clicked, typed a command or sent a form that was not acknowledged in time. */
function failureOf({ type, payload }: Envelope): { user: string; sees: string } {
  const user = textAt(payload, 'user', 'id') || textAt(payload, 'user_id')
  if (type === 'slash_commands') return { user, sees: '/batch failed with the error “operation_timeout”' }
  const isForm = textAt(payload, 'type') === 'view_submission'
  return { user, sees: isForm ? 'We had some trouble connecting. Try again?' : '⚠' }
}

function payloadOf(said: unknown): unknown {
  return typeof said === 'object' && said !== null && 'payload' in said ? said.payload : undefined
}
