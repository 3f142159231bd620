import { App } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import { fatal, type ChatHealth } from '../chat-health.ts'
import { within } from '../../engine/clock.ts'
import { SlackChat } from './chat.ts'
import { interactiveClient } from './clients.ts'
import { Dialogs } from './dialogs.ts'
import { type LateMessage, type SlackChatHandlers, SlackHandlers } from './handlers.ts'
import { fetchRules, SlackFiles } from './files.ts'
import { HttpReceiver } from './http.ts'
import { type BotIdentity, tokenRefusal, whoAmI } from './identity.ts'
import { acknowledgeOnceStored, type FirstTime } from './acknowledge.ts'
import { type ArrivalKind, arrivalOf } from './arrivals.ts'
import {
  listenToActions,
  listenToChannels,
  listenToCommands,
  listenToEvents,
  listenToHome,
  listenToShortcuts,
  listenToSuggestions,
  listenToViews,
} from './listeners.ts'
import { type WaitingMessages, waitingHere } from './late-files.ts'
import { boltLogger } from './log.ts'
import type { Log } from '../log.ts'
import { SlackPeople } from './people.ts'
import { SocketReceiver } from './socket.ts'

export interface SlackOptions {
  /** xoxb-… */
  botToken: string
  /** xapp-…: Socket Mode; without it, Slack calls `handle` */
  appToken?: string
  /** they sign HTTP requests; two while one replaces the other */
  signingSecrets: string[]
  /** default: Slack’s own */
  apiUrl?: string
  allowGuests: boolean
  maxFileBytes: number
  /** all files together that come along with a workbook */
  maxFilesBytes: number
  /** whether an event has reached no other machine; undefined: there is none */
  firstTime?: FirstTime
  /** messages that came without their files, for all machines; undefined: there is one */
  waiting?: (team: string) => WaitingMessages<LateMessage>
  /** called with everything that Slack sends */
  arrived?: (appId: string, kind: ArrivalKind) => void
  log: Log
  /** for tests: pause between two attempts to connect */
  pauseMs?: number
  /** for tests: how long the connection may be away before it counts as unhealthy */
  awayMs?: number
  /** for tests: how often open home tabs are refreshed */
  homeEveryMs?: number
}

const TRY_AGAIN_MS = 5_000
const AFTER_REFUSAL_MS = 300_000
const NOT_LET_IN = new UserError('Slack rejects the bot.')

/** The bot in one Slack workspace. */
export class SlackBot {
  readonly chat: SlackChat
  readonly #client: WebClient
  readonly #receiver: SocketReceiver | HttpReceiver
  #app: App | undefined
  #handlers: SlackHandlers | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  #trouble: ChatHealth | undefined = { state: 'reconnecting', sentence: 'Slack is not connected yet.' }

  constructor(private readonly options: SlackOptions) {
    const { botToken: token, appToken, signingSecrets, log } = options
    const address = options.apiUrl ? { apiUrl: options.apiUrl } : {}
    const { pauseMs, awayMs } = options
    const waits = { ...(pauseMs !== undefined && { pauseMs }), ...(awayMs !== undefined && { awayMs }) }
    this.chat = new SlackChat({ token, log, ...address })
    this.#client = interactiveClient({ token, log, ...address })
    this.#receiver = appToken
      ? new SocketReceiver({ appToken, log, ...address, ...waits })
      : new HttpReceiver({ signingSecrets, log })
  }

  /**
   * Resolves when events arrive, or when Slack cannot be reached for now: then it keeps trying.
   * @throws UserError if Slack rejects the tokens
   */
  async start(chatHandlers: SlackChatHandlers): Promise<void> {
    const identity = await whoAmI(this.#client)
    if (this.#stopped) return
    if (!('unreachable' in identity)) return this.#open(chatHandlers, identity)
    const { unreachable: error } = identity
    this.#trouble = { state: 'reconnecting', sentence: `Slack cannot be reached (${error}); trying again.` }
    this.options.log.warn({ error }, 'Slack cannot be reached; trying again')
    this.#againIn(TRY_AGAIN_MS, chatHandlers)
  }

  /** Whether events arrive; if not, why. Over HTTP Slack connects to us, so a working token counts as healthy. */
  healthy(): ChatHealth {
    if (this.#trouble) return this.#trouble
    if (this.chat.tokenRefusal) return fatal(tokenRefusal(this.chat.tokenRefusal))
    return this.#receiver instanceof SocketReceiver ? this.#receiver.health() : { state: 'connected' }
  }

  /** Handles what Slack sends over HTTP, at /slack/events. */
  async handle(request: Request): Promise<Response> {
    return this.#receiver instanceof HttpReceiver
      ? this.#receiver.handle(request)
      : new Response(null, { status: 404 })
  }

  /** Stops listening. Work in progress gets `graceMs` to finish. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#retry)
    this.#handlers?.stop()
    await this.#app?.stop()
    await within(graceMs, this.#handlers?.idle())
  }

  async #tryAgain(chatHandlers: SlackChatHandlers): Promise<void> {
    try {
      await this.start(chatHandlers)
    } catch (fault) {
      this.options.log.error({ err: fault }, 'Slack rejects the bot')
      if (this.#app || this.#stopped) return // the receiver keeps trying by itself, and reports it
      this.#trouble = fatal(fault instanceof UserError ? fault : NOT_LET_IN)
      this.#againIn(AFTER_REFUSAL_MS, chatHandlers)
    }
  }

  #againIn(ms: number, chatHandlers: SlackChatHandlers): void {
    this.#retry = setTimeout(() => void this.#tryAgain(chatHandlers), this.options.pauseMs ?? ms)
  }

  async #open(chatHandlers: SlackChatHandlers, identity: BotIdentity): Promise<void> {
    const { log } = this.options
    const handlers = this.#handlersFor(chatHandlers, identity)
    const app = new App({
      receiver: this.#receiver,
      authorize: () => Promise.resolve(authorized(this.options.botToken, identity)),
      logger: boltLogger(log),
    })
    acknowledgeOnceStored(app)
    app.use(async ({ body, next }) => {
      const { appId, kinds } = arrivalOf(body)
      for (const kind of kinds) this.options.arrived?.(appId, kind)
      await next()
    })
    listenToEvents(app, handlers, this.options.firstTime)
    listenToActions(app, handlers, this.chat)
    listenToSuggestions(app, handlers)
    listenToCommands(app, handlers, this.chat)
    listenToShortcuts(app, handlers, this.chat)
    listenToViews(app, handlers)
    listenToHome(app, handlers)
    listenToChannels(app, handlers)
    app.error((fault) => {
      log.error({ err: fault }, 'a listener failed')
      return Promise.resolve()
    })
    this.#handlers = handlers
    this.#app = app
    this.#trouble = undefined // from here on, the receiver reports its own health
    await app.start()
  }

  #handlersFor(chatHandlers: SlackChatHandlers, identity: BotIdentity): SlackHandlers {
    const {
      botToken,
      maxFileBytes: maxBytes,
      maxFilesBytes,
      apiUrl,
      allowGuests,
      log,
      homeEveryMs,
      pauseMs,
    } = this.options
    const client = this.#client
    const { team, enterprise } = identity
    return new SlackHandlers({
      chatHandlers,
      chat: this.chat,
      people: new SlackPeople({ client, team, allowGuests, ...(enterprise && { enterprise }) }),
      files: new SlackFiles(client, fetchRules(botToken, { maxBytes, maxFilesBytes }, apiUrl)),
      dialogs: new Dialogs(client),
      identity,
      log,
      ...(homeEveryMs !== undefined && { homeEveryMs }),
      collectMs: pauseMs,
      waiting: this.options.waiting?.(team) ?? waitingHere(),
    })
  }
}

function authorized(botToken: string, { botId, userId, team, enterprise }: BotIdentity) {
  return { botToken, botId, botUserId: userId, teamId: team, ...(enterprise && { enterpriseId: enterprise }) }
}
