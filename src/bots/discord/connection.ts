import {
  type Client,
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
} from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import { UNAUTHORIZED } from './call.ts'
import { type Address, gatewayClient } from './clients.ts'
import { type Log, redacted } from './log.ts'
import { within } from '../within.ts'

export type Health = { ok: true } | { ok: false; sentence: string }

export interface ConnectionOptions extends Address {
  log: Log
  pauseMs?: number
  /** hears what a new client hears */
  listen: (client: Client) => void
  /** Discord has let the bot in */
  opened: (applicationId: string) => Promise<void>
}

const RETRY_BASE_MS = 2_000
const RETRY_MAX_MS = 60_000
/** A token that Discord does not take any more is tried now and then: it has been Discord's fault before. */
const AFTER_FATAL_MS = 300_000
/** Closing a connection that is just being opened never ends. */
const CLOSE_WITHIN_MS = 2_000
/** The library resumes within seconds, as a rule, several times a day. */
const AWAY_MS = 60_000

/**
 * The one connection that events come in by. Once it is open, the library keeps it: it resumes, and Discord sends again
 * what was missed. What the library does not do is here: a first try that fails, which leaves its client of no use, and
 * closes that it does not come back from.
 */
export class Connection {
  #client: Client | undefined
  #health: Health = { ok: false, sentence: 'Discord is not connected yet.' }
  #failures = 0
  #awaySince: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(private readonly options: ConnectionOptions) {}

  /** @throws UserError when Discord does not let the bot in, and never will */
  async start(): Promise<void> {
    const client = gatewayClient(this.options)
    this.#client = client
    this.#watch(client)
    this.options.listen(client)
    try {
      const isReady = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve))
      await client.login(this.options.token)
      const { application } = await this.#unlessLost(isReady)
      this.#failures = 0
      this.#health = { ok: true }
      await this.options.opened(application.id)
    } catch (fault) {
      await this.#failed(client, fault)
    }
  }

  health(): Health {
    if (this.#awaySince !== undefined && Date.now() - this.#awaySince > AWAY_MS)
      return { ok: false, sentence: 'Discord has been away for a minute; trying again.' }
    return this.#health
  }

  applicationId(): string | undefined {
    return this.#client?.application?.id
  }

  guilds(): string[] {
    return [...(this.#client?.guilds.cache.keys() ?? [])]
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#retry)
    this.#lose?.(new Error('stopped'))
    if (this.#client) await closed(this.#client)
  }

  #lose: ((fault: Error) => void) | undefined

  /** A client may be let in and lost before it is ready. */
  #unlessLost<T>(ready: Promise<T>): Promise<T> {
    const lost = new Promise<never>((_, reject) => {
      this.#lose = reject
    })
    return Promise.race([ready, lost])
  }

  #watch(client: Client): void {
    const { log, token } = this.options
    client.on(Events.Error, (fault) => log.error({ err: fault }, 'a listener failed'))
    client.on(Events.ShardError, (fault) =>
      log.warn({ error: redacted(fault.message) }, 'the line to Discord'),
    )
    client.on(Events.ShardDisconnect, ({ code }) => this.#lost(client, code))
    client.on(Events.ShardReconnecting, () => (this.#awaySince ??= Date.now()))
    for (const back of [Events.ShardResume, Events.ShardReady] as const)
      client.on(back, () => (this.#awaySince = undefined))
    client.on(Events.Invalidated, () => this.#lost(client, 0))
    // One 401 makes the library forget the token, and every later call of this client would fail.
    client.rest.on('response', (_, { status }) => {
      if (status === UNAUTHORIZED) setImmediate(() => client.rest.setToken(token))
    })
  }

  async #failed(client: Client, fault: unknown): Promise<void> {
    await closed(client)
    if (this.#stopped) return
    const refusal = refusalOf(fault)
    if (refusal && this.#failures === 0) throw refusal
    const message = refusal?.message ?? redacted(fault instanceof Error ? fault.message : String(fault))
    this.#health = { ok: false, sentence: `Discord cannot be reached: ${message}` }
    this.options.log.warn({ error: message }, 'Discord cannot be reached; trying again')
    this.#again(refusal ? AFTER_FATAL_MS : Math.min(RETRY_BASE_MS * 2 ** this.#failures, RETRY_MAX_MS))
    this.#failures += 1
  }

  /** Discord has closed the connection for good: the library does not come back by itself. */
  #lost(client: Client, code: number): void {
    if (this.#stopped || client !== this.#client) return
    const sentence = CLOSES[code] ?? `Discord has closed the connection for good (${code}).`
    this.#health = { ok: false, sentence }
    this.options.log.error({ code }, sentence)
    this.#client = undefined
    this.#failures += 1
    this.#lose?.(new UserError(sentence))
    void closed(client)
    this.#again(AFTER_FATAL_MS)
  }

  #again(wait: number): void {
    clearTimeout(this.#retry)
    const { pauseMs, log } = this.options
    const retry = () => this.start().catch((fault: unknown) => log.error({ err: fault }, 'Discord'))
    if (!this.#stopped) this.#retry = setTimeout(() => void retry(), pauseMs ?? wait)
  }
}

const CLOSES: Record<number, string> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    'Discord does not take DISCORD_TOKEN any more. Copy a new one from the Developer Portal, under Bot.',
  [GatewayCloseCodes.DisallowedIntents]:
    'Discord does not allow the events that the bot asks for. Is this the token of the right application?',
  [GatewayCloseCodes.ShardingRequired]: 'The bot is on more servers than one connection may serve.',
}

/** Undefined: it may well be another time. */
function refusalOf(fault: unknown): UserError | undefined {
  const isToken =
    (fault instanceof DiscordjsError && fault.code === DiscordjsErrorCodes.TokenInvalid) ||
    (fault instanceof DiscordAPIError && fault.status === UNAUTHORIZED)
  if (isToken)
    return new UserError(
      'Discord does not accept DISCORD_TOKEN.',
      'Copy it from the Developer Portal, under Bot, Reset Token.',
    )
  return fault instanceof UserError ? fault : undefined
}

async function closed(client: Client): Promise<void> {
  await within(
    CLOSE_WITHIN_MS,
    client.destroy().catch(() => {}),
  )
}
