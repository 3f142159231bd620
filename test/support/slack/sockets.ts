import type { ServerWebSocket } from 'bun'
import { textAt } from '../../../src/bots/json-path.ts'

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
  over: ServerWebSocket
  attempt: number
  acked: (delivery: Delivery) => void
}

/** Socket Mode: each envelope goes to one of the app's connections, and is waited for. */
export class Sockets {
  readonly live: ServerWebSocket[] = []
  /** every connection there ever was */
  opened = 0
  /** clicks and commands that came while there was no connection: Slack does not send those again */
  readonly lost: Envelope[] = []
  readonly #sent = new Map<string, Sent>()
  readonly #waiting: { envelope: Envelope; acked: (delivery: Delivery) => void }[] = []
  #turn = 0

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
    this.#sent.set(id, { envelope, sentAt: performance.now(), over, attempt, acked })
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

function payloadOf(said: unknown): unknown {
  return typeof said === 'object' && said !== null && 'payload' in said ? said.payload : undefined
}
