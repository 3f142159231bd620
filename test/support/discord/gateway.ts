import type { ServerWebSocket } from 'bun'
import { valueAt, textAt } from '../../../src/bots/json-path.ts'
import { BOT, IDS, TOKEN, userPayload } from './world.ts'

export interface Line {
  session?: string
}
type Socket = ServerWebSocket<Line>

interface Session {
  id: string
  sent: { op: 0; t: string; s: number; d: object }[]
}

/** The gateway: sessions that outlive their connections, and what was sent in them, for who resumes. */
export class Gateway {
  /** opcodes received, in order */
  readonly received: number[] = []
  /** how the next connections are answered: closed at once with this code */
  refuseWith: number | undefined
  /** hears, and does not answer */
  isMute = false
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Map<string, Session>()
  #waiting: { t: string; d: object }[] = []

  constructor(
    private readonly url: () => string,
    private readonly guild: () => object,
  ) {}

  get isOpen(): boolean {
    return [...this.#sockets].some(({ data }) => data.session !== undefined)
  }

  open(socket: Socket): void {
    this.#sockets.add(socket)
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 }, s: null, t: null }))
  }

  close(socket: Socket): void {
    this.#sockets.delete(socket)
  }

  message(socket: Socket, text: string): void {
    const payload: unknown = JSON.parse(text)
    const op = valueAt(payload, 'op')
    if (typeof op === 'number') this.received.push(op)
    if (this.isMute) return
    if (op === 1) socket.send(JSON.stringify({ op: 11, d: null }))
    if (op === 2) this.#identify(socket, textAt(payload, 'd', 'token'))
    if (op === 6) this.#resume(socket, textAt(payload, 'd', 'session_id'), valueAt(payload, 'd', 'seq'))
  }

  /** An event, now or when the bot is back: what it missed is sent again when it resumes. */
  dispatch(t: string, d: object): void {
    const open = [...this.#sockets].find(({ data }) => data.session !== undefined)
    const session = this.#sessions.get(open?.data.session ?? '') ?? [...this.#sessions.values()].at(-1)
    if (!session) return void this.#waiting.push({ t, d })
    const payload = { op: 0 as const, t, s: session.sent.length + 1, d }
    session.sent.push(payload)
    open?.send(JSON.stringify(payload))
  }

  /** Cuts every connection. @param code none: without a word */
  drop(code?: number): void {
    for (const socket of this.#sockets) {
      if (code === undefined) socket.terminate()
      else socket.close(code, 'dropped')
    }
    this.#sockets.clear()
  }

  /** 7: reconnect; 9: the session is no longer known */
  tell(op: 7 | 9): void {
    if (op === 9) this.#sessions.clear()
    for (const socket of this.#sockets) {
      socket.data = {}
      socket.send(JSON.stringify({ op, d: op === 9 ? false : null }))
    }
  }

  forget(): void {
    this.#sessions.clear()
  }

  #identify(socket: Socket, token: string): void {
    if (token !== TOKEN) return socket.close(4004, 'Authentication failed')
    if (this.refuseWith !== undefined) return socket.close(this.refuseWith, 'refused')
    const session: Session = { id: crypto.randomUUID(), sent: [] }
    this.#sessions.set(session.id, session)
    socket.data = { session: session.id }
    this.dispatch('READY', {
      v: 10,
      user: { ...userPayload(BOT), verified: true, mfa_enabled: false, flags: 0, email: null },
      guilds: [{ id: IDS.guild, unavailable: true }],
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: this.url(),
      shard: [0, 1],
      application: { id: IDS.app, flags: 0 },
      relationships: [],
      private_channels: [],
      presences: [],
    })
    this.dispatch('GUILD_CREATE', this.guild())
    for (const { t, d } of this.#waiting.splice(0)) this.dispatch(t, d)
  }

  #resume(socket: Socket, id: string, seq: unknown): void {
    const session = this.#sessions.get(id)
    if (!session) return void socket.send(JSON.stringify({ op: 9, d: false }))
    socket.data = { session: id }
    const seen = typeof seq === 'number' ? seq : 0
    for (const payload of session.sent.slice(seen)) socket.send(JSON.stringify(payload))
    this.dispatch('RESUMED', {})
  }
}
