import { type Client, Events } from 'discord.js'
import type { UserError } from '../../engine/user-error.ts'
import { valueAt } from '../json-path.ts'
import { AWAY_MS, fatal, type ChatHealth } from '../chat-health.ts'
import { within } from '../../engine/clock.ts'
import { UNAUTHORIZED } from './call.ts'
import { type Address, gatewayClient } from './clients.ts'
import { redacted } from './log.ts'
import type { Log } from '../log.ts'
import { refusalOf, refusalOfClose } from './refusal.ts'

export interface ConnectionOptions extends Address {
  log: Log
  /** for tests: waits less */
  pauseMs?: number
  openWithinMs?: number
  awayMs?: number
  /** hears what a new client hears */
  listen: (client: Client) => void
  /** Discord has let the bot in */
  opened: (applicationId: string) => Promise<void>
}

const RETRY_BASE_MS = 2_000
const RETRY_MAX_MS = 60_000
/** A token that Discord does not take any more is tried now and then: it has been Discord's fault before. */
const AFTER_FATAL_MS = 300_000
/** What is started after Discord does not wait any longer for it. */
const OPEN_WITHIN_MS = 10_000
/** Closing a connection that is just being opened never ends. */
const CLOSE_WITHIN_MS = 2_000

/**
 * The one connection that events come in by. Once it is open, the library keeps it: it resumes, and Discord sends again
 * what was missed. What the library does not do is here: a first try that fails, which leaves its client of no use, and
 * closes that it does not come back from.
 */
export class Connection {
  #client: Client | undefined
  #health: ChatHealth = NOT_YET
  #failures = 0
  #hasStarted = false
  #isOpen = false
  /** why Discord has closed the connection while it was being opened */
  #refusal: UserError | undefined
  #awaySince: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(private readonly options: ConnectionOptions) {}

  /**
   * Resolves when events come in; also when they do not yet: then it is tried again for ever.
   * @throws UserError when Discord does not let the bot in, and never will
   */
  async start(): Promise<void> {
    const opening = this.#open()
    await within(this.options.openWithinMs ?? OPEN_WITHIN_MS, opening)
    this.#hasStarted = true
  }

  health(): ChatHealth {
    const { awayMs = AWAY_MS } = this.options
    const isAway = this.#awaySince !== undefined && Date.now() - this.#awaySince > awayMs
    return isAway && this.#health.state === 'connected' ? AWAY : this.#health
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

  async #open(): Promise<void> {
    const client = gatewayClient(this.options)
    this.#client = client
    this.#isOpen = false
    this.#refusal = undefined
    this.#watch(client)
    this.options.listen(client)
    try {
      const isReady = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve))
      await client.login(this.options.token)
      const { application } = await this.#unlessLost(isReady)
      this.#failures = 0
      this.#isOpen = true
      this.#health = { state: 'connected' }
      await this.options.opened(application.id)
    } catch (fault) {
      await this.#failed(client, this.#refusal ?? fault)
    }
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
    // What a client says that has been given up, it says of itself alone.
    const isOurs = () => client === this.#client
    client.on(Events.ShardReconnecting, () => {
      if (isOurs()) this.#awaySince ??= Date.now()
    })
    for (const back of [Events.ShardResume, Events.ShardReady] as const)
      client.on(back, () => {
        if (isOurs()) this.#awaySince = undefined
      })
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
    if (refusal && !this.#hasStarted) throw refusal
    if (refusal) return this.#refused(refusal)
    const error = redacted(fault instanceof Error ? fault.message : String(fault))
    this.#health = { state: 'reconnecting', sentence: `Discord cannot be reached (${error}); trying again.` }
    this.options.log.warn({ error }, 'Discord cannot be reached; trying again')
    this.#again(Math.min(RETRY_BASE_MS * 2 ** this.#failures, RETRY_MAX_MS))
    this.#failures += 1
  }

  /** Discord has closed the connection for good: the library does not come back by itself. */
  #lost(client: Client, code: number): void {
    if (this.#stopped || client !== this.#client) return
    const refusal = refusalOfClose(code)
    if (!this.#isOpen) {
      this.#refusal = refusal
      return this.#lose?.(refusal)
    }
    this.#client = undefined
    void closed(client)
    this.#refused(refusal)
  }

  #refused(refusal: UserError): void {
    this.#health = fatal(refusal)
    this.#awaySince = undefined
    this.options.log.error({ hint: refusal.hint }, refusal.message)
    this.#failures += 1
    this.#again(AFTER_FATAL_MS)
  }

  #again(wait: number): void {
    clearTimeout(this.#retry)
    const { pauseMs, log } = this.options
    const retry = () => this.#open().catch((fault: unknown) => log.error({ err: fault }, 'Discord'))
    if (!this.#stopped) this.#retry = setTimeout(() => void retry(), pauseMs ?? wait)
  }
}

export const NOT_YET: ChatHealth = { state: 'reconnecting', sentence: 'Discord is not connected yet.' }
const AWAY: ChatHealth = {
  state: 'reconnecting',
  sentence: 'Discord has been away for a minute; trying again.',
}

async function closed(client: Client): Promise<void> {
  connectNoMore(client)
  await within(
    CLOSE_WITHIN_MS,
    client.destroy().catch(() => {}),
  )
}

/**
 * Between two tries to connect there is nothing that destroy() could close, and the library goes on trying for ever,
 * which keeps the process alive. It has no other way to be told than this one, of its own insides.
 */
function connectNoMore({ ws }: Client): void {
  const shards = valueAt(ws, '_ws', 'strategy', 'shards')
  if (!(shards instanceof Map)) return
  for (const shard of shards.values()) Object.assign(shard, { internalConnect: async () => {} })
}
