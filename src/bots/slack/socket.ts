import { type App, type Receiver, SocketModeReceiver } from '@slack/bolt'
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import { AWAY_MS, fatal, type ChatHealth } from '../chat-health.ts'
import { withSlash } from './clients.ts'
import { boltLogger } from './log.ts'
import type { Log } from '../log.ts'

export interface SocketOptions {
  appToken: string
  apiUrl?: string
  log: Log
  /** for tests: shorter pauses */
  pauseMs?: number
  awayMs?: number
}

/** Slack delivers each payload to one of an app’s connections, and renews each every few hours. */
const LINES = 2
const OPEN_WITHIN_MS = 10_000
const HELLO_WITHIN_MS = 15_000
const PAUSE_MS = 250
const MOST_PAUSE_MS = 30_000
/** A connection that lasted this long counts as a success. */
const HEALTHY_MS = 10_000

/**
 * Socket Mode over two connections, so that no click is lost while one is renewed. The library’s own reconnecting is
 * off: in 3.1.0 it waits 5 s, and its failures are unhandled rejections, which end a Bun process.
 */
export class SocketReceiver implements Receiver {
  readonly #lines: SocketModeReceiver[]
  readonly #stopping = new AbortController()
  #held: Promise<void>[] = []
  #open = 0
  #lastOpenAt = Number.NEGATIVE_INFINITY
  #refusal: UserError | undefined

  constructor(private readonly options: SocketOptions) {
    if (!Bun.semver.satisfies(Bun.version, '>=1.4.5'))
      throw new UserError(
        `Slack’s Socket Mode does not work on Bun ${Bun.version}: the connection breaks every few seconds.`,
        'Update Bun to 1.4.5 or newer.',
      )
    this.#lines = Array.from({ length: LINES }, () => guarded(lineOf(options), options.log))
  }

  init(app: App): void {
    for (const line of this.#lines) line.init(app)
  }

  /**
   * Resolves with the first connection, or when Slack cannot be reached for now: then it keeps trying.
   * @throws UserError if Slack will never accept this token
   */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>()
    this.#held = this.#lines.map((line) => this.#hold(line, first))
    await first.promise
  }

  health(): ChatHealth {
    if (this.#open > 0) return CONNECTED
    if (this.#refusal) return fatal(this.#refusal)
    return performance.now() - this.#lastOpenAt < (this.options.awayMs ?? AWAY_MS) ? CONNECTED : AWAY
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const { client } of this.#lines) {
      const disconnect = () => void client.disconnect().catch(() => {})
      client.on('connected', disconnect) // one that is still being opened will open anyway
      disconnect()
    }
    await Promise.all(this.#held)
  }

  /** Keeps one connection open, and reconnects whenever it ends. Never rejects. */
  async #hold({ client }: SocketModeReceiver, first: PromiseWithResolvers<void>): Promise<void> {
    let failures = 0
    while (!this.#stopping.signal.aborted) {
      const ended = Promise.withResolvers<void>()
      client.once('disconnected', ended.resolve)
      const began = performance.now()
      try {
        await within(client.start(), HELLO_WITHIN_MS)
        this.#refusal = undefined
        this.#open += 1
        first.resolve()
        await ended.promise
        this.#open -= 1
        this.#lastOpenAt = performance.now()
      } catch (fault) {
        client.off('disconnected', ended.resolve)
        this.#complain(fault)
        this.#refusal = isForEver(fault) ? refusal(fault) : this.#refusal
        if (this.#refusal) first.reject(this.#refusal)
        else first.resolve()
        failures = Math.max(failures, pausesFor(fault))
      }
      failures = performance.now() - began > HEALTHY_MS ? 0 : failures + 1
      await this.#pause(failures)
    }
  }

  #complain(fault: unknown): void {
    if (this.#stopping.signal.aborted) return
    this.options.log.warn({ err: fault }, 'no connection to Slack; trying again')
  }

  async #pause(failures: number): Promise<void> {
    if (failures === 0) return
    const pause = Math.min(MOST_PAUSE_MS, (this.options.pauseMs ?? PAUSE_MS) * 2 ** (failures - 1))
    const { signal } = this.#stopping
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, pause)
      signal.addEventListener('abort', done, { once: true })
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      if (signal.aborted) done()
    })
  }
}

const CONNECTED: ChatHealth = { state: 'connected' }
const AWAY: ChatHealth = { state: 'reconnecting', sentence: 'Slack cannot be reached; trying again.' }

function lineOf({ appToken, apiUrl, log }: SocketOptions): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger: boltLogger(log),
    autoReconnectEnabled: false,
    // As `clientOptions`, these would be silently ignored. Without a timeout, a hung call would never end.
    installerOptions: {
      clientOptions: {
        timeout: OPEN_WITHIN_MS,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        ...(apiUrl && { slackApiUrl: withSlash(apiUrl) }),
      },
    },
  })
}

/** Envelopes without an event (`app_rate_limited`) make the library’s listener reject, and nothing handles that. */
function guarded(line: SocketModeReceiver, log: Log): SocketModeReceiver {
  const { client } = line
  const listeners = client.listeners('ws_message')
  client.removeAllListeners('ws_message')
  client.on('ws_message', (...message: unknown[]) => {
    for (const listener of listeners) {
      Promise.resolve(listener.apply(client, message)).catch((fault: unknown) =>
        log.warn({ err: fault }, 'Slack sent something that the library cannot read'),
      )
    }
  })
  return line
}

/** Rejects if the connection stays silent after it was opened. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no hello from Slack within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The wait that Slack has asked for, as a power of two of the pause. */
function pausesFor(fault: unknown): number {
  if (!(fault instanceof WebAPIRateLimitedError)) return 0
  return Math.ceil(Math.log2((fault.retryAfter * 1_000) / PAUSE_MS))
}

const FOR_EVER = new Set([
  'invalid_auth',
  'not_authed',
  'not_allowed_token_type',
  'missing_scope',
  'token_revoked',
])

function isForEver(fault: unknown): fault is WebAPIPlatformError {
  return fault instanceof WebAPIPlatformError && FOR_EVER.has(fault.data.error)
}

function refusal({ data }: WebAPIPlatformError): UserError {
  return new UserError(
    `Slack does not accept SLACK_APP_TOKEN (${data.error}).`,
    'Make one with the scope connections:write under “Basic Information → App-Level Tokens” (xapp-…).',
  )
}
