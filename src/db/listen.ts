import { Client } from 'pg'

/** Hears what other machines tell by `notify`. */
export interface Subscription {
  close(): Promise<void>
}

export interface ListenOptions {
  url: string
  channel: string
  onNotice: (text: string) => void
  /** It listens again after the connection broke: something may have been missed meanwhile. */
  onAgain: () => void
}

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 5_000
/** A connection through a firewall that forgot it is silent for ever, and looks like one that has nothing to tell. */
const CHECK_EVERY_MS = 15_000
const ANSWER_MS = 5_000

/** Listens to a channel of Postgres on a connection of its own, and connects again whenever that breaks. */
export function listen({ url, channel, onNotice, onAgain }: ListenOptions): Subscription {
  let isClosed = false
  let client: Client | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pauseMs = FIRST_PAUSE_MS

  async function connect(): Promise<void> {
    const own = new Client({
      connectionString: url,
      application_name: 'rowbot listens',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    })
    client = own
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      own.removeAllListeners('notification')
      void own.end().catch(() => {}) // it is broken: nothing is left to say
      if (isClosed) return
      timer = setTimeout(() => void connect(), pauseMs)
      timer.unref()
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
    }
    own.on('error', over)
    own.on('end', over)
    own.on('notification', ({ payload = '' }) => onNotice(payload))
    const check = async () => {
      await own.query('select 1')
      if (isOver || isClosed) return
      timer = setTimeout(() => void check().catch(over), CHECK_EVERY_MS)
      timer.unref()
    }
    try {
      await own.connect()
      await own.query(`listen ${own.escapeIdentifier(channel)}`)
      pauseMs = FIRST_PAUSE_MS
      onAgain()
      await check()
    } catch {
      over() // not logged: whoever has something to write meets the same fault and says so
    }
  }

  void connect()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
