import type { App, ReceiverEvent } from '@slack/bolt'
import QuickLRU from 'quick-lru'
import { textAt, valueAt } from '../json-path.ts'
import { filesIn, saidBy } from './decode.ts'

/**
 * Slack resends an event after 3 s without an answer. That is harmless: a repeated upload is recognized by its
 * `source`.
 */
const ACK_WITHIN_MS = 2_000
const MESSAGES = new Set(['message', 'app_mention'])

/**
 * Bolt acknowledges an event before any listener has run: a crash at that moment would silently lose the file in it.
 * So for these events the acknowledgement waits until a listener says that the file’s draft is in the database; until
 * then, Slack resends the event.
 */
export function acknowledgeOnceStored(app: App): void {
  const process = app.processEvent.bind(app)
  app.processEvent = (event) => process(hasFiles(event) ? acknowledgedOnceStored(event) : event)
}

/** What a listener calls; no effect if the event is already acknowledged. */
export function storedCallbackOf(context: Record<string, unknown>): () => void {
  const { stored } = context
  return () => {
    if (typeof stored === 'function') stored()
  }
}

function hasFiles({ body }: ReceiverEvent): boolean {
  const event = valueAt(body, 'event')
  const type = textAt(event, 'type')
  if (type === 'file_shared') return true
  return MESSAGES.has(type) && filesIn(saidBy(event)?.message).length > 0
}

function acknowledgedOnceStored(event: ReceiverEvent): ReceiverEvent {
  let isStored = false
  const stored = () => {
    if (isStored) return
    isStored = true
    clearTimeout(late)
    event.ack().catch(() => {}) // the connection is gone: Slack resends the event
  }
  const late = setTimeout(stored, ACK_WITHIN_MS)
  return { ...event, ack: async () => {}, customProperties: { ...event.customProperties, stored } }
}

/** Far more than Slack resends within its 5 minutes of retries. */
const REMEMBERED = 2_000

/** True if no machine has had this event before. */
export type FirstTime = (key: string) => Promise<boolean>

/**
 * Recognizes events that Slack resends because it missed the acknowledgement. A restart forgets them; the drafts’
 * `source` in the database does not.
 */
export class SeenEvents {
  readonly #seen = new QuickLRU<string, true>({ maxSize: REMEMBERED })

  /** @param elsewhere asks the other machines; undefined: there are none */
  constructor(private readonly elsewhere?: FirstTime) {}

  /**
   * True the first time. What brings files is asked of this machine alone: were it to die before their draft is stored,
   * another one must take the event that Slack resends. It is recognized by the draft.
   */
  async isFirst(key: string, { hasFiles = false } = {}): Promise<boolean> {
    if (this.#seen.get(key)) return false
    this.#seen.set(key, true)
    return hasFiles || this.elsewhere === undefined || this.elsewhere(key)
  }
}
