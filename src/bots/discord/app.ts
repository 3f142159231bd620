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
import { type Guarded, listenToInteractions, listenToMessages } from './listeners.ts'
import type { Log } from '../log.ts'
import { DiscordPeople } from './people.ts'
import { inviteLink } from './permissions.ts'
import { TOKEN_GONE } from './refusal.ts'
import { register } from './register.ts'

export interface DiscordOptions {
  /** of the bot: Developer Portal, Bot, Reset Token */
  token: string
  /** default: Discord's own; without a version: `https://host/api` */
  apiUrl?: string
  /** servers whose people may use the bot; default: all that it was invited to */
  guilds?: string[]
  maxFileBytes: number
  log: Log
  /** for tests: between two tries to reach Discord */
  pauseMs?: number
  /** for tests: as long as the start waits for Discord */
  openWithinMs?: number
  /** for tests: as long as a connection may be away without anybody being told */
  awayMs?: number
}

/** The bot in Discord. */
export class DiscordBot {
  readonly chat: DiscordChat
  readonly #api: Api
  #connection: Connection | undefined
  #handlers: DiscordHandlers | undefined
  #stopped = false

  constructor(private readonly options: DiscordOptions) {
    this.#api = new Api(options, options.log)
    this.chat = new DiscordChat(this.#api)
  }

  /**
   * Resolves when events come in, or when Discord cannot be reached for now: then it is tried again for ever.
   * @throws UserError when Discord does not accept the token
   */
  async start(chatHandlers: DiscordChatHandlers): Promise<void> {
    const { options } = this
    const guilds = () => this.#connection?.guilds() ?? []
    const localeOf = (person: Person) => chatHandlers.localeOf(person)
    const handlers = new DiscordHandlers({
      chatHandlers,
      chat: this.chat,
      people: new DiscordPeople({ api: this.#api, allowed: options.guilds ?? [], guilds, localeOf }),
      files: new DiscordFiles(this.#api, fetchRules(options.maxFileBytes, options.apiUrl)),
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

  /** Whether clicks are heard and answers can be sent; if not, why. */
  healthy(): ChatHealth {
    if (this.#api.isUnauthorized) return fatal(TOKEN_GONE)
    return this.#connection?.health() ?? NOT_YET
  }

  /** How the bot is let into a server; undefined as long as Discord has not said who it is. */
  invite(): string | undefined {
    const id = this.#connection?.applicationId()
    return id && inviteLink(id)
  }

  /** Hears nothing more; what was heard has `graceMs` to be done. Never waits for Discord. */
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
  }

  /** Without commands a mention and a direct message still work, so that this is no reason not to start. */
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
