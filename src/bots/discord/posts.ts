import { createHash } from 'node:crypto'
import { type RouteLike, Routes, SnowflakeUtil, ThreadAutoArchiveDuration } from 'discord.js'
import QuickLRU from 'quick-lru'
import type { MessageRef, Place } from '../../messages/people.ts'
import { type Once, searchedFrom, SENT_ELSEWHERE, type SendResult } from '../chat.ts'
import type { Api } from './api.ts'
import { valueAt, listAt, textAt } from '../json-path.ts'
import { type DiscordCallResult, CODES, sentOf, UNAUTHORIZED } from './call.ts'
import { clip } from '../../messages/rich-text.ts'
import { DISCORD_LIMITS } from './limits.ts'

const REMEMBERED = 1_000
/** The newest first. 1,000 are searched: Discord gives no more than 100 at once. */
const MESSAGES_A_PAGE = 100
const PAGES_SEARCHED = 10

/** How a message is sent, and the mark that identifies it: a number for its components, a text for its file. */
export interface MarkedSend {
  send: (
    route: RouteLike,
    nonce: { nonce: string; enforce_nonce: true },
    mark: MessageMark,
  ) => Promise<DiscordCallResult>
}
export interface MessageMark {
  number: number
  text: string
}

/**
 * Posts a message once, even if the answer was lost. For some minutes Discord recognizes a repeated nonce and returns
 * the first message; later, we search for the message’s mark before we send it again.
 */
export class DiscordPosts {
  readonly #posted = new QuickLRU<string, Promise<SendResult<MessageRef>>>({ maxSize: REMEMBERED })
  readonly #unsure = new QuickLRU<string, true>({ maxSize: REMEMBERED })

  constructor(private readonly api: Api) {}

  /** @param stays only there: not in the channel if the thread was deleted */
  async post(
    place: Place,
    once: Once,
    send: MarkedSend['send'],
    { stays = false } = {},
  ): Promise<SendResult<MessageRef>> {
    const key = `${channelOf(place)}:${once.key}`
    const earlier = this.#posted.get(key)
    if (earlier) return earlier
    const posting = stays
      ? this.#post(place, once, send).then((called) => refIn(place, called))
      : this.#inThreadOrChannel(place, once, send)
    this.#posted.set(key, posting)
    const sent = await posting
    if (sent.kind !== 'ok') this.#posted.delete(key)
    return sent
  }

  /** If the thread was deleted, posts to its channel, unless that has other readers. */
  async #inThreadOrChannel(
    place: Place,
    once: Once,
    send: MarkedSend['send'],
  ): Promise<SendResult<MessageRef>> {
    const called = await this.#post(place, once, send)
    const isThreadGone = called.kind === 'refused' && called.code === CODES.unknownChannel
    const { channel, thread, isPrivate } = place
    const there = { ...place, thread: channel }
    if (!isThreadGone || !thread || thread === channel || isPrivate) return refIn(place, called)
    return refIn(there, await this.#post(there, once, send))
  }

  async #post(place: Place, once: Once, send: MarkedSend['send']): Promise<DiscordCallResult> {
    const channel = channelOf(place)
    const key = `${channel}:${once.key}`
    const mark = markOf(once.key)
    if (once.again || this.#unsure.get(key)) {
      const found = await this.#find(channel, mark, once.since)
      if (found) return found
    }
    if (once.isOurs?.() === false) return { kind: 'unsure', error: SENT_ELSEWHERE.error }
    const nonce = { nonce: once.key, enforce_nonce: true } as const
    const called = await send(Routes.channelMessages(channel), nonce, mark)
    if (called.kind === 'unsure') this.#unsure.set(key, true)
    else this.#unsure.delete(key)
    return called
  }

  /** Undefined: not found, or the bot may not read the channel. */
  async #find(
    channel: string,
    mark: MessageMark,
    since: number | undefined,
  ): Promise<DiscordCallResult | undefined> {
    let before = ''
    for (let page = 1; page <= PAGES_SEARCHED; page++) {
      const query = new URLSearchParams({ limit: String(MESSAGES_A_PAGE), ...(before && { before }) })
      const called = await this.api.call({ method: 'get', route: Routes.channelMessages(channel), query })
      if (called.kind === 'refused') return undefined
      if (called.kind !== 'ok') return called
      const messages = listAt(called.value)
      const message = messages.find((one) => carries(one, mark))
      if (message !== undefined) return { kind: 'ok', value: message }
      before = textAt(messages.at(-1), 'id')
      const isEnd = messages.length < MESSAGES_A_PAGE || !before
      if (isEnd || SnowflakeUtil.timestampFrom(before) < searchedFrom(since)) break
    }
    return undefined
  }
}

export function channelOf({ channel, thread }: Place): string {
  return thread ?? channel
}

/** @param guild empty: a direct message @param channel or thread */
export function linkTo(guild: string, channel: string): string {
  return `https://discord.com/channels/${guild || '@me'}/${channel}`
}

/** The same mark for the same key. */
export function markOf(key: string): MessageMark {
  const number = createHash('sha256').update(key).digest().readUInt32BE() >>> 1
  return { number: number || 1, text: `Rowbot ${key}` }
}

function carries(message: unknown, { number, text }: MessageMark): boolean {
  return (
    listAt(message, 'components').some((component) => valueAt(component, 'id') === number) ||
    listAt(message, 'attachments').some((attachment) => textAt(attachment, 'description') === text)
  )
}

function refIn(place: Place, called: DiscordCallResult): SendResult<MessageRef> {
  if (called.kind !== 'ok') return sentOf(called)
  return { kind: 'ok', value: { place, id: textAt(called.value, 'id') } }
}

/** Discord’s threads are channels; a thread on a message has that message’s id. */
export class Threads {
  constructor(private readonly api: Api) {}

  /** The thread on a message, or the channel if there can be no thread. */
  async on({ place, id }: MessageRef, name: string): Promise<SendResult<Place>> {
    const called = await this.api.call({
      method: 'post',
      route: Routes.threads(place.channel, id),
      body: {
        name: clip(name.trim() || '…', DISCORD_LIMITS.threadNameChars),
        auto_archive_duration: ThreadAutoArchiveDuration.OneWeek,
      },
    })
    const isThere = called.kind === 'refused' && called.code === CODES.threadExists
    if (called.kind === 'ok' || isThere)
      return { kind: 'ok', value: { ...place, thread: id, link: linkTo(place.team, id) } }
    const isRefused = called.kind === 'refused' && called.code !== UNAUTHORIZED
    if (isRefused) return { kind: 'ok', value: { ...place, thread: place.channel } }
    return sentOf(called)
  }

  /** Messages in an archived thread can be edited only after it is reopened. */
  async wake(thread: string): Promise<boolean> {
    const route = Routes.channel(thread)
    return (await this.api.call({ method: 'patch', route, body: { archived: false } })).kind === 'ok'
  }
}
