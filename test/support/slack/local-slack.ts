import { valueAt, textAt } from '../../../src/bots/json-path.ts'
import manifest from '../../../manifest/slack.json'
import { later } from '../bot.ts'
import { SteppableTime } from '../steppable-time.ts'
import { argsOf, asObject } from './args.ts'
import { faultInMessage } from './check-blocks.ts'
import {
  APP_TOKEN,
  BOT_SCOPES,
  BOT_TOKEN,
  CONFIG_TOKEN,
  type Emulated,
  PEOPLE,
  type PersonName,
  startEmulated,
} from './emulated.ts'
import { answerOf, Faults } from './faults.ts'
import { httpDelivery } from './http-delivery.ts'
import { missingScope } from './needed-scopes.ts'
import { pageOf, READS } from './pages.ts'
import { Places } from './places.ts'
import { type Clicked, refused, ResponseUrls } from './response-urls.ts'
import { type Delivery, type Envelope, Sockets } from './sockets.ts'
import type { Tiers } from './tiers.ts'
import { Views } from './views.ts'
import type { Shown } from '../net/certificates.ts'

export interface ApiCall {
  method: string
  args: Record<string, unknown>
  at: number
  /** false: it was refused, or a fault was planned for it */
  ok: boolean
  isTooFast?: boolean
}

const MESSAGE_METHODS = new Set(['chat.postMessage', 'chat.update', 'chat.postEphemeral'])

/**
 * A Slack on this machine: the emulator keeps messages and files; this stands before it and does what it does not:
 * Socket Mode, triggers and views, private answers, membership, checking of every block, and faults as planned.
 */
export class LocalSlack {
  readonly time = new SteppableTime()
  readonly sockets = new Sockets(this.time)
  readonly faults = new Faults()
  readonly calls: ApiCall[] = []
  /** messages and views that Slack would have refused: empty at the end of every test */
  readonly refused: string[] = []
  readonly views = new Views(this.refused, this.time)
  readonly urls = new ResponseUrls(this.time, (clicked, body) => this.#replace(clicked, body))
  /** channels that the bot is not in */
  readonly notIn = new Set<string>()
  /** what has befallen channels and people */
  readonly places = new Places(this.notIn)
  /** undefined: calls may come as fast as they like */
  tiers: Tiers | undefined
  /** waited for before a call is carried out, and before it is answered */
  passing: (step: string) => Promise<void> | undefined = () => undefined
  /** what users.info says beyond the emulator */
  readonly traits = new Map<string, object>()
  /** what files.info says of a file beyond the emulator: canvases, files of other services */
  readonly fileTraits = new Map<string, object>()
  /** files that only their owner's token may see: of forms */
  readonly owners = new Map<string, string>()
  /** deliver over signed HTTP to this, instead of Socket Mode */
  http: { url: string; secret: string } | undefined
  userIds = new Map<PersonName, string>()
  channels = new Map<string, string>()
  botUser = ''
  /** as answers name them; a call that needs another one is refused */
  scopes = BOT_SCOPES
  /** the app that the bot belongs to, and its settings */
  appId = 'A1'
  manifest: object = manifest
  /** larger files are refused */
  maxFileBytes = 1_000_000_000
  /** uploads are accepted, and shown nowhere */
  sharesNothing = false
  #emulated: Emulated | undefined
  #next = Promise.withResolvers<void>()

  readonly server: Bun.Server<undefined>

  private constructor(private readonly shown?: Shown) {
    this.server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      idleTimeout: 60,
      maxRequestBodySize: 256 * 2 ** 20,
      fetch: (request) => this.#fetch(request),
      websocket: { ...this.sockets.handlers, idleTimeout: 120 },
      ...(this.shown && { tls: this.shown.certificate }),
    })
  }

  get url(): string {
    return this.shown
      ? `https://${this.shown.name}:${this.server.port}`
      : `http://127.0.0.1:${this.server.port}`
  }

  get apiUrl(): string {
    return `${this.url}/api/`
  }

  /** @param shown by which name and certificate it is reached; default: by its address, without TLS */
  static async start(shown?: Shown): Promise<LocalSlack> {
    const slack = new LocalSlack(shown)
    slack.#emulated = await startEmulated(slack.url)
    later(async () => {
      await slack.server.stop(true)
      await slack.#emulated?.close()
    })
    for (const name of PEOPLE)
      slack.userIds.set(name, textAt(await slack.as(`xoxp-${name}`, 'auth.test', {}), 'user_id'))
    slack.botUser = textAt(await slack.as(BOT_TOKEN, 'auth.test', {}), 'user_id')
    const listed = valueAt(await slack.as('xoxp-mei', 'conversations.list', {}), 'channels')
    for (const channel of Array.isArray(listed) ? listed : [])
      slack.channels.set(textAt(channel, 'name'), textAt(channel, 'id'))
    for (const id of slack.channels.values()) {
      await slack.as(BOT_TOKEN, 'conversations.join', { channel: id })
      for (const name of PEOPLE) await slack.as(`xoxp-${name}`, 'conversations.join', { channel: id })
    }
    return slack
  }

  /** A call to the emulator past everything that goes wrong here. */
  async as(token: string, method: string, args: Record<string, unknown>): Promise<unknown> {
    const response = await this.#forward(method, token, args)
    return response.json()
  }

  /** The emulator itself, for what is not a method. */
  get emulator(): string {
    return this.#emulated?.url ?? ''
  }

  async deliver(envelope: Envelope): Promise<Delivery> {
    return this.http ? httpDelivery(this.http, envelope) : this.sockets.deliver(envelope)
  }

  /** Something happens in the workspace that Slack tells the app of. */
  happens(event: object): Promise<Delivery> {
    return this.deliver({
      type: 'events_api',
      payload: {
        type: 'event_callback',
        team_id: 'T000000001',
        api_app_id: this.appId,
        event_id: crypto.randomUUID(),
        authorizations: [{ team_id: 'T000000001', user_id: this.botUser, is_bot: true }],
        event,
      },
    })
  }

  /** Looks now, and again after every call that the bot makes, until it is so. */
  async until<T>(look: () => T | Promise<T>, done: (value: T) => boolean): Promise<T> {
    for (;;) {
      const { promise } = this.#next
      const value = await look()
      if (done(value)) return value
      await promise
    }
  }

  /** Calls of a method that were carried out. */
  done(method: string): ApiCall[] {
    return this.calls.filter((call) => call.method === method && call.ok)
  }

  async #fetch(request: Request): Promise<Response | undefined> {
    const { pathname } = new URL(request.url)
    if (pathname === '/link')
      return this.server.upgrade(request, { data: undefined })
        ? undefined
        : new Response(null, { status: 400 })
    if (pathname.startsWith('/api/')) return this.#api(pathname.slice('/api/'.length), request)
    if (pathname.startsWith('/respond/')) return this.#respond(pathname, await request.json())
    return this.#file(pathname, request)
  }

  /** A planned fault of `respond` is of every answer to a click or a command. */
  async #respond(path: string, body: unknown): Promise<Response> {
    const how = this.faults.take('respond')
    if (how?.kind === 'slow') await Bun.sleep(how.ms)
    const instead = how && (how.kind === 'refuses' ? refused(how.error) : answerOf(how))
    const response = instead ?? (await this.urls.answer(path, body))
    this.#next.resolve()
    this.#next = Promise.withResolvers<void>()
    return response
  }

  async #replace({ channel, ts }: Clicked, body: unknown): Promise<string | undefined> {
    const [text, blocks] = [textAt(body, 'text'), valueAt(body, 'blocks')]
    const fault = faultInMessage(text, blocks)
    if (fault) this.refused.push(`response_url: ${fault}`)
    const answer = await this.as(BOT_TOKEN, 'chat.update', { channel, ts, text, blocks })
    return fault ?? (valueAt(answer, 'ok') === true ? undefined : textAt(answer, 'error'))
  }

  async #api(method: string, request: Request): Promise<Response> {
    const args = argsOf(await request.text())
    const token = (request.headers.get('authorization') ?? '').replace('Bearer ', '')
    const call: ApiCall = { method, args, at: Date.now(), ok: false }
    this.calls.push(call)
    await this.passing(`before ${method}`)
    const how = this.faults.take(method, args)
    const instead = (how && answerOf(how)) ?? this.tiers?.take(method, String(args['channel']))
    if (instead) {
      call.isTooFast = instead.status === 429
      return instead
    }
    if (how?.kind === 'slow') await Bun.sleep(how.ms)
    const response = await this.#answer(method, token, args)
    await this.passing(`after ${method}`)
    call.ok = valueAt(await response.clone().json(), 'ok') === true
    this.#next.resolve()
    this.#next = Promise.withResolvers<void>()
    return how?.kind === 'unheard' ? new Response('upstream', { status: 502 }) : response
  }

  async #answer(method: string, token: string, args: Record<string, unknown>): Promise<Response> {
    const channel = textAt(args, 'channel') || textAt(args, 'channel_id')
    if (method === 'apps.connections.open')
      return token === APP_TOKEN
        ? Response.json({ ok: true, url: `${this.url.replace('http', 'ws')}/link` })
        : refusal('invalid_auth')
    if (method === 'apps.manifest.export') return this.#export(token, args)
    if (token !== BOT_TOKEN) return refusal('invalid_auth')
    const needed = missingScope(method, this.scopes, channel)
    if (needed)
      return Response.json({ ok: false, error: 'missing_scope', needed, provided: this.scopes.join(',') })
    if (method.startsWith('views.')) return Response.json(this.views.answer(method, args))
    if (MESSAGE_METHODS.has(method)) {
      const fault = faultInMessage(textAt(args, 'text'), args['blocks'])
      if (fault) {
        this.refused.push(`${method}: ${fault}`)
        return refusal('invalid_blocks')
      }
      if (textLength(args['blocks']) > 13_200) {
        this.refused.push(`${method}: blocks with too much text`)
        return refusal('msg_blocks_too_long')
      }
    }
    const befallen = this.places.refusal(method, args)
    if (befallen) return refusal(befallen)
    if (method === 'conversations.join') return Response.json(this.places.join(channel))
    if (method === 'files.getUploadURLExternal' && Number(args['length']) > this.maxFileBytes)
      return refusal('file_upload_size_restricted')
    if (method === 'files.info') return this.#fileInfo(token, args)
    // Messages may be posted to a public channel by its name.
    const named = method === 'chat.postMessage' && this.channels.get(channel.replace(/^#/, ''))
    const answer = await this.#forward(method, token, {
      ...args,
      ...(named && { channel: named }),
      // Pages are made here.
      ...(READS.has(method) && { limit: 1_000, cursor: undefined }),
    })
    const body = asObject(await answer.json())
    if (READS.has(method)) return Response.json(pageOf(body, args))
    if (method === 'conversations.open')
      this.places.directs.set(textAt(body, 'channel', 'id'), String(args['users']))
    // https://docs.slack.dev/reference/methods/bots.info
    if (method === 'bots.info')
      return Response.json({ ...body, bot: { ...asObject(valueAt(body, 'bot')), app_id: this.appId } })
    if (method === 'auth.test')
      return Response.json(body, { headers: { 'x-oauth-scopes': this.scopes.join(',') } })
    if (method === 'users.info') {
      const user = {
        locale: 'en-US',
        ...asObject(valueAt(body, 'user')),
        ...this.traits.get(String(args['user'])),
      }
      return Response.json({ ...body, user })
    }
    return Response.json(body)
  }

  /** https://docs.slack.dev/reference/methods/apps.manifest.export */
  #export(token: string, args: Record<string, unknown>): Response {
    if (token !== CONFIG_TOKEN) return refusal(token.startsWith('xoxe') ? 'token_expired' : 'invalid_auth')
    return args['app_id'] === this.appId
      ? Response.json({ ok: true, manifest: this.manifest })
      : refusal('app_not_found')
  }

  async #fileInfo(token: string, args: Record<string, unknown>): Promise<Response> {
    const id = String(args['file'])
    const answer = asObject(await this.as(this.owners.get(id) ?? token, 'files.info', args))
    const file = asObject(valueAt(answer, 'file'))
    const shares = {
      ...asObject(valueAt(file, 'shares', 'public')),
      ...asObject(valueAt(file, 'shares', 'private')),
    }
    const channels = Object.keys(shares)
    if (channels.length > 0 && channels.every((channel) => this.notIn.has(channel)))
      return refusal('file_not_found')
    const hidden = this.sharesNothing && { shares: {} }
    return Response.json({
      ...answer,
      file: { mode: 'hosted', is_external: false, ...file, ...hidden, ...this.fileTraits.get(id) },
    })
  }

  /** Files come and go past the Web API. */
  async #file(pathname: string, request: Request): Promise<Response> {
    const kind = pathname.startsWith('/files-pri/') ? 'download' : 'upload'
    await this.passing(`before ${kind}`)
    const how = this.faults.take(kind)
    const instead = how && answerOf(how)
    if (instead) return instead
    const headers = new Headers(request.headers)
    const owner = this.owners.get(pathname.split('/')[2] ?? '')
    if (owner && headers.get('authorization') === `Bearer ${BOT_TOKEN}`)
      headers.set('authorization', `Bearer ${owner}`)
    headers.delete('host')
    const body = request.method === 'POST' ? await request.arrayBuffer() : undefined
    const response = await fetch(`${this.emulator}${pathname}`, {
      method: request.method,
      headers,
      keepalive: false,
      ...(body && { body }),
    })
    await this.passing(`after ${kind}`)
    return response
  }

  #forward(method: string, token: string, args: Record<string, unknown>): Promise<Response> {
    return fetch(`${this.emulator}/api/${method}`, {
      method: 'POST',
      // The emulator closes idle connections; one that is used again at that moment would be reset.
      keepalive: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    })
  }
}

function refusal(error: string): Response {
  return Response.json({ ok: false, error })
}

/** Of every text in the blocks, however deep. */
function textLength(part: unknown): number {
  if (typeof part === 'string') return part.length
  if (typeof part !== 'object' || part === null) return 0
  return Object.values(part).reduce((sum: number, inner) => sum + textLength(inner), 0)
}
