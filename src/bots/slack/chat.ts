import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { MessageRef, Person, Place } from '../../messages/people.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import type { Chat, Once, SendResult } from '../chat.ts'
import { textAt } from '../json-path.ts'
import { call, type SlackCallResult, sentOf } from './call.ts'
import { backgroundClient, type ClientOptions } from './clients.ts'
import { TOKEN_REFUSALS } from './identity.ts'
import type { Log } from '../log.ts'
import { mrkdwn, textOf } from './mrkdwn.ts'
import { SlackPosts } from './posts.ts'
import { blocksOf } from './render.ts'
import { SlackReplies } from './replies.ts'
import { Uploads } from './uploads.ts'

/** Slack, as the desk and the reporter know it. */
export class SlackChat implements Chat {
  /** the word that Slack refuses our token with just now */
  tokenRefusal: string | undefined
  readonly replies = new SlackReplies()
  readonly #client: WebClient
  readonly #log: Log
  readonly #posts: SlackPosts
  readonly #uploads: Uploads
  readonly #direct = new QuickLRU<string, string>({ maxSize: 1_000 })
  #stamps = 0

  constructor(options: ClientOptions) {
    this.#client = backgroundClient(options)
    this.#log = options.log
    this.#posts = new SlackPosts(this.#client)
    this.#uploads = new Uploads(this.#client)
  }

  async post(place: Place, prompt: Prompt, once: Once): Promise<SendResult<MessageRef>> {
    return this.#posts.post(place, once, (args) =>
      this.#send('chat.postMessage', prompt, { ...args, ...CALM }),
    )
  }

  async edit({ place, id }: MessageRef, prompt: Prompt): Promise<SendResult> {
    const called = await this.#send('chat.update', prompt, {
      channel: place.channel,
      ts: id,
      link_names: false,
    })
    return called.kind === 'ok' ? OK : sentOf(called)
  }

  /** Privately where they are; where the bot may not, as the answer to what they did, or in a direct message. */
  async tell(place: Place, { id }: Pick<Person, 'id' | 'name'>, prompt: Prompt): Promise<SendResult> {
    const { channel, thread } = place
    const where = { channel, user: id, ...(thread && { thread_ts: thread }) }
    const called = await this.#send('chat.postEphemeral', prompt, { ...where, link_names: false })
    if (called.kind === 'ok') return OK
    const sent = sentOf(called)
    if (called.kind !== 'refused' || (sent.kind !== 'gone' && !STRANGE_PLACES.has(called.error))) return sent
    const message = { text: textOf(prompt), blocks: blocksOf(prompt, this.#stamp(), 'text') }
    if (await this.replies.answer(channel, id, message)) return OK
    return this.#tellDirectly(id, prompt)
  }

  async upload(
    place: Place,
    file: { name: string; content: Blob },
    line: Line,
    once: Once,
  ): Promise<SendResult> {
    return this.#uploads.upload(place, file, mrkdwn(line), once)
  }

  /** The direct message with a person. Files can be uploaded to it, which they cannot to a person. */
  async directChannel(user: string): Promise<string> {
    const opened = await this.#openDirect(user)
    if (opened.kind !== 'ok') throw new Error(`no direct message with ${user}: ${JSON.stringify(opened)}`)
    return opened.value
  }

  async #openDirect(user: string): Promise<SendResult<string>> {
    const cached = this.#direct.get(user)
    if (cached) return { kind: 'ok', value: cached }
    const opened = await call(this.#client, 'conversations.open', { users: user })
    if (opened.kind !== 'ok') return sentOf(opened)
    const channel = textAt(opened.value, 'channel', 'id')
    this.#direct.set(user, channel)
    return { kind: 'ok', value: channel }
  }

  async #tellDirectly(user: string, prompt: Prompt): Promise<SendResult> {
    const opened = await this.#openDirect(user)
    if (opened.kind !== 'ok') return opened
    const channel = opened.value
    const called = await this.#send('chat.postMessage', prompt, { channel, ...CALM })
    return called.kind === 'ok' ? OK : sentOf(called)
  }

  /**
   * As it is meant; where Slack refuses a block, without the newest of them; at last in words alone. A refused message
   * was not posted, so that another try cannot make a second one.
   */
  async #send(method: string, prompt: Prompt, args: object): Promise<SlackCallResult> {
    const stamp = this.#stamp()
    const text = textOf(prompt)
    const ladder: KnownBlock[][] = [blocksOf(prompt, stamp), blocksOf(prompt, stamp, 'text'), []]
    let called: SlackCallResult = { kind: 'refused', error: 'nothing was sent' }
    for (const blocks of ladder) {
      called = await call(this.#client, method, { ...args, text, blocks })
      this.#noteToken(called)
      if (called.kind !== 'refused' || !REFUSED_BLOCKS.has(called.error)) return called
      this.#log.warn({ method, error: called.error }, 'Slack refused the blocks of a message')
    }
    return called
  }

  #noteToken(called: SlackCallResult): void {
    if (called.kind === 'ok') this.tokenRefusal = undefined
    else if (called.kind === 'refused' && TOKEN_REFUSALS.has(called.error)) this.tokenRefusal = called.error
  }

  #stamp(): string {
    this.#stamps += 1
    return `${Date.now().toString(36)}.${this.#stamps.toString(36)}`
  }
}

const OK: SendResult = { kind: 'ok', value: undefined }
/** Nothing in a message may ping or unfold. */
const CALM = { unfurl_links: false, unfurl_media: false, link_names: false }
const REFUSED_BLOCKS = new Set(['invalid_blocks', 'invalid_blocks_format', 'invalid_block'])
/** The person is not in the channel any more, or never was. */
const STRANGE_PLACES = new Set(['user_not_in_channel', 'not_implemented', 'missing_scope'])
