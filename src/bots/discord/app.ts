import type { Client } from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import type { Person } from '../../messages/people.ts'
import { fatal, type ChatHealth } from '../chat-health.ts'
import { within } from '../../engine/clock.ts'
import { Api } from './api.ts'
import { DiscordChat } from './chat.ts'
import { Connection, NOT_YET } from './connection.ts'
import { type DiscordChatHandlers, DiscordHandlers } from './handlers.ts'
import { fetchRules, DiscordFiles } from './files.ts'
import { type Guarded, listenToChannels, listenToInteractions, listenToMessages } from './listeners.ts'
import type { Log } from '../log.ts'
import { DiscordPeople } from './people.ts'
import { inviteLink } from './permissions.ts'
import { TOKEN_GONE } from './refusal.ts'
import { register } from './register.ts'

export interface DiscordOptions {
  /** the bot’s token: Developer Portal, Bot, Reset Token */
  token: string
  /** default: Discord’s own. Without a version: `https://host/api` */
  apiUrl?: string
  /** servers whose members may use the bot; default: every server it was invited to */
  guilds?: string[]
  maxFileBytes: number
  /** all files together that come along with a workbook */
  maxFilesBytes: number
  /**
   * Of several machines one is connected. A process that was frozen finds events that another machine has had since; then
   * this is false.
   */
  isOurs?: () => boolean
  log: Log
  /** for tests: pause between two attempts to connect */
  pauseMs?: number
  /** for tests: how long the start waits for Discord */
  openWithinMs?: number
  /** for tests: how long the connection may be away before it counts as unhealthy */
  awayMs?: number
}

/** The bot on Discord. */
export class DiscordBot {
  readonly chat: DiscordChat
  readonly #api: Api
  #connection: Connection | undefined
  #handlers: DiscordHandlers | undefined
  #stopped = false

  constructor(private readonly options: DiscordOptions) {
    this.#api = new Api(options, options.log)
    this.chat = new DiscordChat(this.#api, options.log)
  }

  /**
   * Resolves when events arrive, or when Discord cannot be reached for now: then it keeps trying.
   * @throws UserError if Discord rejects the token
   */
  async start(chatHandlers: DiscordChatHandlers): Promise<void> {
    const { options } = this
    this.#stopped = false
    const guilds = () => this.#connection?.guilds() ?? []
    const localeOf = (person: Person) => chatHandlers.localeOf(person)
    const { maxFileBytes: maxBytes, maxFilesBytes, apiUrl } = options
    const handlers = new DiscordHandlers({
      chatHandlers,
      chat: this.chat,
      people: new DiscordPeople({ api: this.#api, allowed: options.guilds ?? [], guilds, localeOf }),
      files: new DiscordFiles(this.#api, fetchRules({ maxBytes, maxFilesBytes }, apiUrl)),
      ...(options.isOurs && { isOurs: options.isOurs }),
      log: options.log,
    })
    this.#handlers = handlers
    this.#connection = new Connection({
      ...options,
      listen: (client) => this.#listen(client, handlers),
      opened: (applicationId) => this.#register(applicationId),
    })
    await this.#connection.start()
  }

  /** Whether clicks arrive and can be answered; if not, why. */
  healthy(): ChatHealth {
    if (this.#api.isUnauthorized) return fatal(TOKEN_GONE)
    return this.#connection?.health() ?? NOT_YET
  }

  /** The link that adds the bot to a server; undefined until Discord has said which application this is. */
  invite(): string | undefined {
    const id = this.#connection?.applicationId()
    return id && inviteLink(id)
  }

  /** Stops listening, until it is started again. Work in progress gets `graceMs` to finish. Never waits for Discord. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#stopped = true
    await this.#connection?.stop()
    await within(graceMs, this.#handlers?.idle())
  }

  #listen(client: Client, handlers: DiscordHandlers): void {
    const guarded: Guarded = (work) => {
      work.catch((fault: unknown) => this.options.log.error({ err: fault }, 'a listener failed'))
    }
    listenToInteractions(client, handlers, guarded)
    listenToMessages(client, handlers, guarded)
    listenToChannels(client, handlers, guarded)
  }

  /** Failing here does not stop the start: without commands, mentions and direct messages still work. */
  async #register(applicationId: string): Promise<void> {
    if (this.#stopped) return
    try {
      await register(this.#api, applicationId)
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      this.options.log.error({ hint: fault.hint }, fault.message)
    }
  }
}
