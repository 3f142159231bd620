import { later, until } from '../bot.ts'
import { SteppableTime } from '../steppable-time.ts'
import { answerOf, Faults } from './faults.ts'
import { Buckets, type Rate } from './buckets.ts'
import { type ApiCall, read } from './calls.ts'
import { Gateway, type Line } from './gateway.ts'
import type { Interaction } from './interactions.ts'
import { type Answer, answered } from './messages.ts'
import { faultInRequest } from './openapi.ts'
import { route } from './routes.ts'
import {
  type Attachment,
  type Channel,
  channelPayload,
  EVERYTHING,
  guildPayload,
  IDS,
  isThread,
  type Message,
  snowflake,
  TOKEN,
} from './world.ts'
import type { Shown } from '../net/certificates.ts'

/**
 * A Discord on this machine: REST, gateway and files on one port. It keeps messages, refuses what Discord refuses
 * (components, permissions, late answers), and misbehaves as planned.
 */
export class LocalDiscord {
  readonly time = new SteppableTime()
  readonly faults = new Faults()
  readonly calls: ApiCall[] = []
  readonly channels = new Map<string, Channel>()
  readonly messages = new Map<string, Message>()
  readonly interactions = new Map<string, Interaction>()
  /** first answers that came too late: the person has seen “This interaction failed” */
  readonly late: Interaction[] = []
  /** messages, forms and commands that Discord would have refused: empty at the end of every test */
  readonly refused: string[] = []
  /** permissions that the bot lacks in a channel */
  readonly denied = new Map<string, bigint>()
  /** the bot was removed from its server */
  hasLeft = false
  /** messages that were edited too often since they are an hour old */
  readonly worn = new Set<string>()
  /** waited for before a call is carried out, and before it is answered */
  passing: (step: string) => Promise<void> | undefined = () => undefined
  /** people who take no direct messages */
  readonly shut = new Set<string>()
  /** of each member, the bot included */
  readonly roles = new Map<string, string[]>([[IDS.app, []]])
  /** what everybody on the server may do; a channel may deny it */
  everyone = EVERYTHING
  /** what the application’s settings say beyond the usual */
  application: object = {}
  /** connections that the bot may still open today */
  startsLeft = 999
  /** what is known of the commands */
  commands: unknown[] = []
  guildLocale = 'en-US'
  /** that the bot is shown the message that one for it replies to; if not, only that there is one */
  showsReferenced = true
  /** as after some minutes */
  forgetsNonces = false
  /** more than this in one message is refused */
  maxUploadBytes = 10 * 2 ** 20
  /** of the server: by its boosts */
  premiumTier = 0
  /** requests of one kind to one channel; as Discord tells it in the headers */
  rate: Rate | undefined
  readonly #buckets = new Buckets()
  readonly #files = new Map<string, Uint8Array>()
  readonly gateway: Gateway
  #server: ReturnType<typeof Bun.serve<Line>> | undefined
  #port = 0

  private constructor(private readonly shown?: Shown) {
    this.gateway = new Gateway(
      () => this.gatewayUrl,
      () => this.guild(),
    )
    this.channels.set(IDS.merch, { id: IDS.merch, type: 0, name: 'merch' })
    this.channels.set(IDS.voice, { id: IDS.voice, type: 2, name: 'Voice' })
    this.channels.set(IDS.forum, { id: IDS.forum, type: 15, name: 'ideas' })
  }

  /** @param shown by which name and certificate it is reached; default: by its address, without TLS */
  static start(shown?: Shown): LocalDiscord {
    const discord = new LocalDiscord(shown)
    discord.open()
    later(() => discord.close())
    return discord
  }

  open(): void {
    this.#server = Bun.serve<Line>({
      hostname: '127.0.0.1',
      port: this.#port,
      idleTimeout: 60,
      ...(this.shown && { tls: this.shown.certificate }),
      fetch: (request, server) => this.#fetch(request, server),
      websocket: {
        open: (socket) => this.gateway.open(socket),
        message: (socket, text) => this.gateway.message(socket, String(text)),
        close: (socket) => this.gateway.close(socket),
      },
    })
    this.#port = this.#server.port ?? 0
  }

  /** As when Discord is not there at all; open() brings it back under the same address. */
  async close(): Promise<void> {
    this.gateway.drop()
    await this.#server?.stop(true)
    this.#server = undefined
  }

  get #url(): string {
    return this.shown ? `https://${this.shown.name}:${this.#port}` : `http://127.0.0.1:${this.#port}`
  }

  get apiUrl(): string {
    return `${this.#url}/api`
  }

  get gatewayUrl(): string {
    return `${this.#url.replace(/^http/, 'ws')}/gateway/`
  }

  /** Calls that were carried out: `POST /channels/7/messages`. */
  done(call: RegExp): ApiCall[] {
    return this.calls.filter(({ method, path, status }) => status < 300 && call.test(`${method} ${path}`))
  }

  keep(name: string, bytes: Uint8Array, { isEphemeral = false, lastsMs = 86_400_000 } = {}): Attachment {
    const id = snowflake()
    const path = `/${isEphemeral ? 'ephemeral-' : ''}attachments/1/${id}/${encodeURIComponent(name)}`
    this.#files.set(path, bytes)
    const url = `${this.#url}${path}?ex=${until16(lastsMs)}&is=1&hm=00`
    return { id, filename: name, size: bytes.byteLength, url, ...(isEphemeral && { ephemeral: true }) }
  }

  contentOf({ url }: Attachment): Uint8Array {
    return this.#files.get(new URL(url).pathname) ?? new Uint8Array()
  }

  permissionsIn(channel: string): bigint {
    const parent = this.channels.get(channel)?.parent
    return this.everyone & ~(this.denied.get(channel) ?? 0n) & ~(this.denied.get(parent ?? '') ?? 0n)
  }

  payloadOf(channel: Channel): object {
    return channelPayload(channel, this.denied.get(channel.id))
  }

  /** In the order they were sent. */
  messagesIn(channel: string): Message[] {
    return [...this.messages.values()].filter((message) => message.channel === channel)
  }

  /** Something about a channel or thread was changed by a person: its archive, its lock, its permissions. */
  changed(id: string): void {
    const channel = this.channels.get(id)
    if (!channel) throw new Error(`no channel ${id}`)
    this.gateway.dispatch(isThread(channel.type) ? 'THREAD_UPDATE' : 'CHANNEL_UPDATE', {
      guild_id: IDS.guild,
      ...this.payloadOf(channel),
    })
  }

  /** The bot is invited to its server again. */
  invite(): void {
    this.hasLeft = false
    this.gateway.dispatch('GUILD_CREATE', this.guild())
  }

  /** The bot is removed from its server. */
  remove(): void {
    this.hasLeft = true
    this.gateway.dispatch('GUILD_DELETE', { id: IDS.guild })
  }

  until<T>(look: () => T | Promise<T>, done: (value: T) => boolean): Promise<T> {
    return until(look, done)
  }

  guild(): object {
    const all = [...this.channels.values()].filter(({ type }) => type !== 1)
    const payloads = (areThreads: boolean) =>
      all.filter(({ type }) => isThread(type) === areThreads).map((channel) => this.payloadOf(channel))
    return guildPayload(payloads(false), payloads(true), {
      locale: this.guildLocale,
      everyone: this.everyone,
      premiumTier: this.premiumTier,
    })
  }

  async #fetch(request: Request, server: Bun.Server<Line>): Promise<Response | undefined> {
    const url = new URL(request.url)
    if (url.pathname.startsWith('/gateway')) {
      await this.passing('before the line is open')
      return server.upgrade(request, { data: {} }) ? undefined : new Response(null, { status: 426 })
    }
    if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) return this.#file(url)
    const call = await read(request, url)
    this.calls.push(call)
    const response = await this.#answer(call, request)
    call.status = response.status
    return response
  }

  async #answer(call: ApiCall, request: Request): Promise<Response> {
    const step = `${call.method} ${call.path.replaceAll(/\d+/g, 'id')}`
    await this.passing(`before ${step}`)
    const how = this.faults.take(`${call.method} ${call.path}`)
    if (how?.kind === 'slow') await Bun.sleep(how.ms)
    const fault = faultInRequest(call)
    if (fault) this.refused.push(fault)
    const early = how && answerOf(how)
    if (early) return early
    const headers = this.#buckets.take(call, this.rate)
    if (headers instanceof Response) return headers
    const answer: Answer =
      needsToken(call) && request.headers.get('authorization') !== `Bot ${TOKEN}`
        ? { status: 401, body: { message: '401: Unauthorized', code: 0 } }
        : route(this, call)
    await this.passing(`after ${step}`)
    if (how?.kind === 'unheard') return new Response('upstream', { status: 502 })
    return answered(answer, headers)
  }

  #file(url: URL): Response {
    const how = this.faults.take(`GET ${url.pathname}`)
    const early = how && answerOf(how)
    if (early) return early
    const bytes = this.#files.get(url.pathname)
    const expires = Number.parseInt(url.searchParams.get('ex') ?? '0', 16) * 1_000
    if (!bytes || expires < Date.now())
      return new Response('This content is no longer available.', { status: 404 })
    return new Response(Buffer.from(bytes))
  }
}

function until16(lastsMs: number): string {
  return Math.floor((Date.now() + lastsMs) / 1_000).toString(16)
}

/** What an interaction is answered with names its own token in its address. */
function needsToken({ path }: ApiCall): boolean {
  return !/^\/(interactions|webhooks)\//.test(path)
}
