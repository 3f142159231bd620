import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'

/**
 * One connection to Postgres that stays, for what lives as long as a connection: locks that nobody holds any more when
 * the process is dead, and notifications. It is made anew whenever it breaks.
 */
export interface OwnConnection {
  /** Whether it is connected, so that its locks are held. */
  readonly isConnected: boolean
  /** Tries to get a lock of this number that nobody else can hold beside it. True: it is held, until the connection breaks. */
  tryLock(key: number): Promise<boolean>
  close(): Promise<void>
}

export interface OwnConnectionOptions {
  url: string
  /** Number of a lock that many hold together, so that others can see that there is one. */
  sharedLock?: number
  channel: string
  /** A notification has arrived, or the connection was made anew and some may have been missed. */
  onNotified: (payload: string | undefined) => void
}

const RETRY_MS = 500
/** A connection through a firewall that forgot it breaks without a sign. */
const PING_EVERY_MS = 3_000
const PONG_WITHIN_MS = 5_000
/** The server ends the session of a process that is frozen, and with it the locks that others wait for. From Postgres 14 on. */
const FROZEN_MS = 10_000

export function openOwnConnection({
  url,
  sharedLock,
  channel,
  onNotified,
}: OwnConnectionOptions): OwnConnection {
  const closing = new AbortController()
  let client: Client | undefined
  const held = new Set<number>()
  const running = run()

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await connected()
      } catch {
        // The server is away, or stops: tried until it is there again. Those who need it for more report it.
      }
      client = undefined
      held.clear()
      if (!closing.signal.aborted)
        await setTimeout(RETRY_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  /** From one connection's beginning to its end. */
  async function connected(): Promise<void> {
    const own = new Client({
      connectionString: url,
      keepAlive: true,
      application_name: 'rowbot',
      connectionTimeoutMillis: PONG_WITHIN_MS,
      query_timeout: PONG_WITHIN_MS,
    })
    const ended = new Promise<void>((resolve) => own.once('end', () => resolve()))
    own.on('error', () => {}) // `end` follows
    own.on('notification', ({ payload }) => onNotified(payload))
    try {
      await own.connect()
      await own.query(`set idle_session_timeout = ${FROZEN_MS}`).catch(() => {})
      await own.query(`listen ${channel}`)
      if (sharedLock !== undefined) await own.query('select pg_advisory_lock_shared($1)', [sharedLock])
      client = own
      onNotified(undefined)
      while (!closing.signal.aborted) {
        const isOver = await Promise.race([ended.then(() => true), pause()])
        if (isOver) return
        await own.query('select 1')
      }
    } finally {
      client = undefined
      void own.end().catch(() => {}) // a broken one never answers
    }
  }

  /** False after a while, true when it is closed. */
  async function pause(): Promise<boolean> {
    await setTimeout(PING_EVERY_MS, undefined, { signal: closing.signal }).catch(() => {})
    return closing.signal.aborted
  }

  return {
    get isConnected() {
      return client !== undefined
    },
    async tryLock(key) {
      if (!client) return false
      if (held.has(key)) return true
      try {
        const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
          key,
        ])
        const isHeld = rows[0]?.held === true
        if (isHeld) held.add(key)
        return isHeld
      } catch {
        return false // the connection broke, and its locks are gone
      }
    },
    async close() {
      closing.abort()
      await running
    },
  }
}
