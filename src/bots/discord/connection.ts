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
  /** for tests: shorter pauses */
  pauseMs?: number
  openWithinMs?: number
  awayMs?: number
  /** subscribes to a new client’s events */
  listen: (client: Client) => void
  /** Discord has accepted the bot */
  opened: (applicationId: string) => Promise<void>
}

const RETRY_BASE_MS = 2_000
const RETRY_MAX_MS = 60_000
/** A rejected token is still retried from time to time: Discord has rejected valid ones before. */
const AFTER_FATAL_MS = 300_000
/** The start waits this long for Discord, then goes on without it. */
const OPEN_WITHIN_MS = 10_000
/** Closing a connection that is still being opened may never finish. */
const CLOSE_WITHIN_MS = 2_000

/**
 * The one connection that delivers events. Once it is open, the library maintains it: it resumes, and Discord resends
 * missed events. This class handles what the library does not: a failed first attempt, after which its client is
 * useless, and close codes from which it does not recover.
 */
export class Connection {
  #client: Client | undefined
  #health: ChatHealth = NOT_YET
  #failures = 0
  #hasStarted = false
  #isOpen = false
  /** why Discord closed the connection while it was being opened */
  #refusal: UserError | undefined
  #awaySince: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  readonly #stopping = Promise.withResolvers<void>()

  constructor(private readonly options: ConnectionOptions) {}

  /**
   * Resolves when events arrive, or when Discord cannot be reached for now: then it keeps trying.
   * @throws UserError if Discord rejects the bot permanently
   */
  async start(): Promise<void> {
    const opening = this.#open()
    // Of a client that is destroyed while it connects, the library never says that it will not.
    const settled = Promise.race([opening, this.#stopping.promise])
    await within(this.options.openWithinMs ?? OPEN_WITHIN_MS, settled)
    this.#hasStarted = true
  }

  health(): ChatHealth {
    const { awayMs = AWAY_MS } = this.options
    const isAway = this.#awaySince !== undefined && performance.now() - this.#awaySince > awayMs
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
    this.#stopping.resolve()
    clearTimeout(this.#retry)
    this.#lose?.(new Error('stopped'))
    // Before Discord has said where to connect there is nothing to close, and destroy() would mark the client as destroyed
    // all the same: the line that it opens then could never be closed. Whoever logs in closes it after that.
    if (this.#client && shardsOf(this.#client).length > 0) await closed(this.#client)
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
      // Stopped before there was a line that could be closed: see stop().
      if (this.#stopped) throw new Error('stopped')
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

  /** A client may lose its connection before it is ready. */
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
    // Events of a client that we have replaced do not count.
    const isOurs = () => client === this.#client
    client.on(Events.ShardReconnecting, () => {
      if (isOurs()) this.#awaySince ??= performance.now()
    })
    for (const back of [Events.ShardResume, Events.ShardReady] as const)
      client.on(back, () => {
        if (isOurs()) this.#awaySince = undefined
      })
    client.on(Events.Invalidated, () => this.#lost(client, 0))
    // One 401 makes the library drop the token, and every later call of this client would fail.
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

  /** Discord has closed the connection with a code after which the library does not reconnect. */
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
  const shards = shardsOf(client) // destroy() forgets them
  connectNoMore(shards)
  await within(
    CLOSE_WITHIN_MS,
    client.destroy().catch(() => {}),
  )
  for (const shard of shards) cutOff(shard)
}

/**
 * destroy() leaves a line alone that is only being opened. It would be opened then, with nobody to close it, and keep the
 * process alive. One whose server does not answer the goodbye is cut off, too.
 */
function cutOff(shard: object): void {
  const line: unknown = Reflect.get(shard, 'connection')
  if (line instanceof WebSocket && line.readyState !== WebSocket.CLOSED) line.terminate()
}

/**
 * Between two attempts to connect, destroy() has nothing to close, and the library keeps trying, which keeps the
 * process alive. Only this internal method stops it.
 */
function connectNoMore(shards: object[]): void {
  for (const shard of shards) Object.assign(shard, { internalConnect: async () => {} })
}

function shardsOf({ ws }: Client): object[] {
  const shards = valueAt(ws, '_ws', 'strategy', 'shards')
  return shards instanceof Map ? [...shards.values()] : []
}
