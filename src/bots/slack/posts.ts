import { createHash } from 'node:crypto'
import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { MessageRef, Place } from '../../messages/people.ts'
import { type Once, searchedFrom, SENT_ELSEWHERE, type SendResult } from '../chat.ts'
import { listAt, textAt } from '../json-path.ts'
import { call, type SlackCallResult, sentOf } from './call.ts'

const REMEMBERED = 1_000
const METADATA_TYPE = 'rowbot'
/** Of a thread, Slack gives the oldest messages first; of direct messages, the newest. 2,000 are searched. */
const MESSAGES_A_PAGE = 200
const PAGES_SEARCHED = 10

/**
 * Posts a message once, even if the answer was lost. After an HTTP 502 or a broken connection we do not know if Slack
 * has posted the message, so before we send it again we search for it by its metadata. Where the bot may not read (a
 * channel, without the history scopes), we rely on Slack recognizing `client_msg_id`.
 */
export class SlackPosts {
  readonly #posted = new QuickLRU<string, Promise<SendResult<MessageRef>>>({ maxSize: REMEMBERED })
  readonly #unsure = new QuickLRU<string, true>({ maxSize: REMEMBERED })

  constructor(private readonly client: WebClient) {}

  /** @param send posts the message with these arguments */
  async post(
    place: Place,
    once: Once,
    send: (args: object) => Promise<SlackCallResult>,
  ): Promise<SendResult<MessageRef>> {
    const key = `${place.team}:${place.channel}:${place.thread ?? ''}:${once.key}`
    const earlier = this.#posted.get(key)
    if (earlier) return earlier
    const posting = this.#post(place, once, key, send)
    this.#posted.set(key, posting)
    const sent = await posting
    if (sent.kind !== 'ok') this.#posted.delete(key)
    return sent
  }

  async #post(
    place: Place,
    once: Once,
    key: string,
    send: (args: object) => Promise<SlackCallResult>,
  ): Promise<SendResult<MessageRef>> {
    if (once.again || this.#unsure.get(key)) {
      const found = await this.#find(place, once)
      if (found) return found
    }
    if (once.isOurs?.() === false) return SENT_ELSEWHERE
    const called = await send({
      channel: place.channel,
      ...(place.thread && { thread_ts: place.thread }),
      client_msg_id: uuidOf(key),
      metadata: { event_type: METADATA_TYPE, event_payload: { once: once.key } },
    })
    if (called.kind === 'unsure') this.#unsure.set(key, true)
    if (called.kind !== 'ok') return sentOf(called)
    this.#unsure.delete(key)
    // Of a message to a person, that is their direct messages.
    const channel = textAt(called.value, 'channel') || place.channel
    return { kind: 'ok', value: refOf({ ...place, channel }, textAt(called.value, 'ts')) }
  }

  /** Undefined: not found, or the bot may not read the place. */
  async #find(place: Place, once: Once): Promise<SendResult<MessageRef> | undefined> {
    const { channel, thread } = place
    const from = searchedFrom(once.since) / 1_000
    // With `oldest`, Slack gives direct messages from there on as well, instead of the newest first.
    const [method, args] = thread
      ? ['conversations.replies', { channel, ts: thread, ...(from > 0 && { oldest: String(from) }) }]
      : ['conversations.history', { channel }]
    let cursor = ''
    for (let page = 1; page <= PAGES_SEARCHED; page++) {
      const called = await call(this.client, method, {
        ...args,
        limit: MESSAGES_A_PAGE,
        include_all_metadata: true,
        ...(cursor && { cursor }),
      })
      if (called.kind === 'refused') return undefined
      if (called.kind !== 'ok') return sentOf(called)
      const messages = listAt(called.value, 'messages')
      const message = messages.find((one) => textAt(one, 'metadata', 'event_payload', 'once') === once.key)
      const ts = textAt(message, 'ts')
      if (ts) return { kind: 'ok', value: refOf(place, ts) }
      cursor = textAt(called.value, 'response_metadata', 'next_cursor')
      if (!cursor || Number(textAt(messages.at(-1), 'ts')) < from) break
    }
    return undefined
  }
}

/** Answers to a message outside of a thread go into a thread under it. */
function refOf(place: Place, ts: string): MessageRef {
  return { place: { ...place, thread: place.thread ?? ts }, id: ts }
}

/** The same UUID for the same key, as Slack wants it. */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
