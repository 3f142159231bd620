import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { MessageRef, Person, Place } from '../../messages/people.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import { SIZES } from '../../messages/smaller.ts'
import type { Chat, Once, SendResult } from '../chat.ts'
import { textAt } from '../json-path.ts'
import { call, type SlackCallResult, sentOf, TOKEN_REFUSALS } from './call.ts'
import { backgroundClient, type ClientOptions } from './clients.ts'
import type { Log } from '../log.ts'
import { mrkdwn, textOf } from './mrkdwn.ts'
import { SlackPosts } from './posts.ts'
import { clip, SLACK_LIMITS } from './limits.ts'
import { blocksWithin, type TableStyle } from './render.ts'
import { SlackReplies } from './replies.ts'
import { Uploads } from './uploads.ts'

/** Slack for the chat handlers and the reporter. */
export class SlackChat implements Chat {
  /** the error code with which Slack rejects our token now */
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

  /**
   * Privately in the place; if the bot may not do that, as a response to the person’s action, or in a direct message.
   */
  async tell(place: Place, { id }: Pick<Person, 'id' | 'name'>, prompt: Prompt): Promise<SendResult> {
    const { channel, thread } = place
    const where = { channel, user: id, ...(thread && { thread_ts: thread }) }
    const called = await this.#send('chat.postEphemeral', prompt, { ...where, link_names: false })
    if (called.kind === 'ok') return OK
    const sent = sentOf(called)
    if (called.kind !== 'refused' || (sent.kind !== 'gone' && !STRANGE_PLACES.has(called.error))) return sent
    const message = { text: textOf(prompt), blocks: blocksWithin(prompt, this.#stamp(), 'text').blocks }
    if (await this.replies.answer(channel, id, message)) return OK
    return this.#tellDirectly(id, prompt)
  }

  /** Shows a prompt in place of the message that was clicked. @param url the click’s response_url */
  showHere(url: string, prompt: Prompt): Promise<boolean> {
    const { blocks } = blocksWithin(prompt, this.#stamp(), 'table')
    return this.replies.replace(url, { text: textOf(prompt), blocks })
  }

  async upload(
    place: Place,
    file: { name: string; content: Blob },
    line: Line,
    once: Once,
  ): Promise<SendResult> {
    return this.#uploads.upload(place, file, mrkdwn(line), once)
  }

  maxFileBytes(): Promise<number> {
    return Promise.resolve(SLACK_LIMITS.fileBytes)
  }

  async direct({ id }: Pick<Person, 'id' | 'name'>): Promise<SendResult<Place>> {
    const opened = await this.#openDirect(id)
    if (opened.kind !== 'ok') return opened
    return { kind: 'ok', value: { platform: 'slack', team: '', channel: opened.value } }
  }

  /** The direct message channel with a person: files can be uploaded to a channel, not to a person. */
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
   * Sends as much of the prompt as fits; if Slack refuses a block, without the newest kinds of block; if it is too long
   * after all, a smaller one; then as text only. A refused message was not posted, so trying again cannot post it twice.
   */
  async #send(method: string, prompt: Prompt, args: object): Promise<SlackCallResult> {
    const stamp = this.#stamp()
    const text = textOf(prompt)
    let tables: TableStyle = 'table'
    let size = 0
    for (;;) {
      const fitted = blocksWithin(prompt, stamp, tables, size)
      const called = await call(this.#client, method, { ...args, text, blocks: fitted.blocks })
      this.#noteToken(called)
      if (called.kind !== 'refused') return called
      const { error } = called
      if (!TOO_LONG.has(error) && !REFUSED_BLOCKS.has(error)) return called
      this.#log.warn({ method, error, size: fitted.size }, 'Slack refused the blocks of a message')
      const isNewTable = REFUSED_BLOCKS.has(error) && tables === 'table'
      if (isNewTable) tables = 'text'
      else if (TOO_LONG.has(error) && fitted.size < SIZES - 1) size = fitted.size + 1
      else return this.#sendText(method, clip(text, SHORT_CHARS), args)
    }
  }

  /** The last way to say it. Blocks of an earlier version must not stay in an edited message. */
  async #sendText(method: string, text: string, args: object): Promise<SlackCallResult> {
    const called = await call(this.#client, method, { ...args, text, blocks: [] })
    this.#noteToken(called)
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
/** Nothing in a message may ping anyone or unfurl. */
const CALM = { unfurl_links: false, unfurl_media: false, link_names: false }
const TOO_LONG = new Set(['msg_blocks_too_long', 'msg_too_long'])
/** A text that no limit of Slack’s refuses. */
const SHORT_CHARS = 2_000
const REFUSED_BLOCKS = new Set(['invalid_blocks', 'invalid_blocks_format', 'invalid_block'])
/** The person is not in the channel. */
const STRANGE_PLACES = new Set(['user_not_in_channel', 'not_implemented', 'missing_scope'])
