import { createHash } from 'node:crypto'
import { type RouteLike, Routes } from 'discord.js'
import type { MessageRef, Place } from '../../wizard/people.ts'
import type { Once, Sent } from '../chat.ts'
import type { Api } from './api.ts'
import { at, listAt, textAt } from '../at.ts'
import { type Called, CODES, sentOf } from './call.ts'
import { Bounded } from '../bounded.ts'

const REMEMBERED = 1_000
/** Of a thread or a channel, when we look whether a message is there: it would be among the last. */
const LOOK_AT = 50

/** How a message is sent, and known again: a number for its components, a text for its file. */
export interface Marked {
  send: (route: RouteLike, nonce: { nonce: string; enforce_nonce: true }, mark: Mark) => Promise<Called>
}
export interface Mark {
  number: number
  text: string
}

/**
 * Posts a message once, whatever becomes of the answer. Within some minutes Discord itself knows a nonce again and
 * gives the first message; after that, before a message is sent again, it is looked for by the mark that it carries.
 */
export class Posts {
  readonly #known = new Bounded<Promise<Sent<MessageRef>>>(REMEMBERED)
  readonly #unsure = new Bounded<true>(REMEMBERED)

  constructor(private readonly api: Api) {}

  async post(place: Place, once: Once, send: Marked['send']): Promise<Sent<MessageRef>> {
    const key = `${channelOf(place)}:${once.key}`
    const known = this.#known.get(key)
    if (known) return known
    const posting = this.#inThreadOrChannel(place, once, send)
    this.#known.set(key, posting)
    const sent = await posting
    if (sent.kind !== 'ok') this.#known.delete(key)
    return sent
  }

  /** A thread that somebody has deleted leaves the channel it hung in. */
  async #inThreadOrChannel(place: Place, once: Once, send: Marked['send']): Promise<Sent<MessageRef>> {
    const called = await this.#post(place, once, send)
    const isThreadGone = called.kind === 'refused' && called.code === CODES.unknownChannel
    const { channel, thread } = place
    const there = { ...place, thread: channel }
    if (!isThreadGone || !thread || thread === channel) return refIn(place, called)
    return refIn(there, await this.#post(there, once, send))
  }

  async #post(place: Place, once: Once, send: Marked['send']): Promise<Called> {
    const channel = channelOf(place)
    const key = `${channel}:${once.key}`
    const mark = markOf(once.key)
    if (once.again || this.#unsure.get(key)) {
      const found = await this.#find(channel, mark)
      if (found) return found
    }
    const nonce = { nonce: once.key, enforce_nonce: true } as const
    const called = await send(Routes.channelMessages(channel), nonce, mark)
    if (called.kind === 'unsure') this.#unsure.set(key, true)
    else this.#unsure.delete(key)
    return called
  }

  /** Undefined: it is not there, or the bot may not look. */
  async #find(channel: string, mark: Mark): Promise<Called | undefined> {
    const query = new URLSearchParams({ limit: String(LOOK_AT) })
    const called = await this.api.call({ method: 'get', route: Routes.channelMessages(channel), query })
    if (called.kind === 'refused') return undefined
    if (called.kind !== 'ok') return called
    const message = listAt(called.value).find((one) => carries(one, mark))
    return message === undefined ? undefined : { kind: 'ok', value: message }
  }
}

export function channelOf({ channel, thread }: Place): string {
  return thread ?? channel
}

/** The same for the same message. */
export function markOf(key: string): Mark {
  const number = createHash('sha256').update(key).digest().readUInt32BE() >>> 1
  return { number: number || 1, text: `Rowbot ${key}` }
}

function carries(message: unknown, { number, text }: Mark): boolean {
  return (
    listAt(message, 'components').some((component) => at(component, 'id') === number) ||
    listAt(message, 'attachments').some((attachment) => textAt(attachment, 'description') === text)
  )
}

function refIn(place: Place, called: Called): Sent<MessageRef> {
  if (called.kind !== 'ok') return sentOf(called)
  return { kind: 'ok', value: { place, id: textAt(called.value, 'id') } }
}
