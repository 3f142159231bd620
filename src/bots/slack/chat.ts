import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { MessageRef, Person, Place } from '../../messages/people.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import { SIZES } from '../../messages/smaller.ts'
import type { Chat, Once, SendResult } from '../chat.ts'
import type { ClickedMessage } from '../handlers/clicked-message.ts'
import { addressedTo, tellInOneWay } from '../ways-to-tell.ts'
import { textAt } from '../json-path.ts'
import { call, type SlackCallResult, sentOf, TOKEN_REFUSALS } from './call.ts'
import { backgroundClient, type ClientOptions } from './clients.ts'
import type { Log } from '../log.ts'
import { mrkdwn, textOf } from './mrkdwn.ts'
import { SlackPosts } from './posts.ts'
import { clip, SLACK_LIMITS } from './limits.ts'
import { blocksWithin, type TableStyle } from './render.ts'
import { type ReplyUrl, SlackReplies } from './replies.ts'
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
   * Privately in the place; if Slack does not let the bot do that, as a response to the person’s action, in a direct
   * message, or at last where others read it.
   */
  tell(place: Place, person: Pick<Person, 'id' | 'name'>, prompt: Prompt): Promise<SendResult> {
    const { channel, thread } = place
    const { id } = person
    const where = { channel, ...(thread && { thread_ts: thread }) }
    const send = async (method: string, shown: Prompt, args: object) => {
      const called = await this.#send(method, shown, args)
      return called.kind === 'ok' ? OK : sentOf(called)
    }
    return tellInOneWay(
      [
        {
          name: 'privately',
          tell: () => send('chat.postEphemeral', prompt, { ...where, user: id, link_names: false }),
        },
        { name: 'as a response', tell: () => this.#respond(channel, id, prompt) },
        { name: 'in a direct message', tell: () => this.#tellDirectly(id, prompt) },
        {
          name: 'in the place',
          tell: () => send('chat.postMessage', addressedTo(person, prompt), { ...where, ...CALM }),
        },
      ],
      { user: id, prompt, log: this.#log },
    )
  }

  /** Undefined: nothing was clicked, or Slack gave no way to answer. */
  clicked(reply: ReplyUrl | undefined): ClickedMessage | undefined {
    if (!reply?.message) return undefined
    const show = (prompt: Prompt) => {
      const { blocks } = blocksWithin(prompt, this.#stamp(), 'table')
      return reply.replace({ text: textOf(prompt), blocks })
    }
    return { id: reply.message, show }
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

  /** Needs the scope `channels:join`. Nobody can join a private channel. */
  async rejoin({ channel }: Place, error: string): Promise<boolean> {
    if (!NOT_IN_IT.has(error) || !channel.startsWith('C')) return false
    return (await call(this.#client, 'conversations.join', { channel })).kind === 'ok'
  }

  /** The direct message channel with a person; if Slack does not open it now, the person, who can get messages too. */
  async directChannel(user: string): Promise<string> {
    const opened = await this.#openDirect(user)
    return opened.kind === 'ok' ? opened.value : user
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

  async #respond(channel: string, user: string, prompt: Prompt): Promise<SendResult> {
    const { blocks } = blocksWithin(prompt, this.#stamp(), 'text')
    const isShown = await this.replies.last(channel, user)?.tell({ text: textOf(prompt), blocks })
    return isShown ? OK : { kind: 'gone', error: 'there is no response_url that works' }
  }

  async #tellDirectly(user: string, prompt: Prompt): Promise<SendResult> {
    const channel = await this.directChannel(user)
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
/** The bot is not in the channel. */
const NOT_IN_IT = new Set(['not_in_channel', 'channel_not_found', 'posting_to_channel_denied'])
