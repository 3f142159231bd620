import type { App, ReceiverEvent } from '@slack/bolt'
import QuickLRU from 'quick-lru'
import { listAt, textAt } from '../json-path.ts'

/** Slack waits 3 s, and then sends the event again, which is harmless: the draft of a sending is known by its source. */
const ACK_WITHIN_MS = 2_000
const FILE_EVENTS = new Set(['message', 'app_mention'])

/**
 * Bolt acknowledges an event before anybody hears it: a crash in that moment loses the file that it brings, without a
 * word. So the acknowledgement of these waits until a listener says that the file's draft is in the database; until
 * then, Slack sends the event again.
 */
export function acknowledgeOnceStored(app: App): void {
  const process = app.processEvent.bind(app)
  app.processEvent = (event) => process(hasFiles(event) ? acknowledgedOnceStored(event) : event)
}

/** What a listener calls; of an event that is acknowledged already, it does nothing. */
export function storedCallbackOf(context: Record<string, unknown>): () => void {
  const { stored } = context
  return () => {
    if (typeof stored === 'function') stored()
  }
}

function hasFiles({ body }: ReceiverEvent): boolean {
  return FILE_EVENTS.has(textAt(body, 'event', 'type')) && listAt(body, 'event', 'files').length > 0
}

function acknowledgedOnceStored(event: ReceiverEvent): ReceiverEvent {
  let isStored = false
  const stored = () => {
    if (isStored) return
    isStored = true
    clearTimeout(late)
    event.ack().catch(() => {}) // the line is gone: Slack sends the event again
  }
  const late = setTimeout(stored, ACK_WITHIN_MS)
  return { ...event, ack: async () => {}, customProperties: { ...event.customProperties, stored } }
}

/** Far more than Slack sends again within its 5 minutes of retries. */
const REMEMBERED = 2_000

/**
 * Slack sends an event again when it thinks it was not heard. This forgets at a restart; the drafts' `source` in the
 * database does not.
 */
export class SeenEvents {
  readonly #seen = new QuickLRU<string, true>({ maxSize: REMEMBERED })

  /** True the first time. */
  isFirst(key: string): boolean {
    if (this.#seen.get(key)) return false
    this.#seen.set(key, true)
    return true
  }
}
