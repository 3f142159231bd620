import { MessageFlags, Routes } from 'discord.js'
import QuickLRU from 'quick-lru'
import type { MessageRef, Person, Place } from '../../messages/people.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import type { Chat, Once, SendResult, Urgency } from '../chat.ts'
import type { Api } from './api.ts'
import type { Log } from '../log.ts'
import { addressedTo, tellInOneWay } from '../ways-to-tell.ts'
import { textAt, valueAt } from '../json-path.ts'
import { type DiscordCallResult, CODES, sentOf } from './call.ts'
import { channelOf, DiscordPosts, type MarkedSend, Threads } from './posts.ts'
import { DISCORD_LIMITS } from './limits.ts'
import { peopleIn } from './markdown.ts'
import { contentOf, messageOf } from './render.ts'
import { DiscordReplies } from './replies.ts'

const REMEMBERED = 1_000

/** Discord for the chat handlers and the reporter. */
export class DiscordChat implements Chat {
  readonly replies = new DiscordReplies()
  readonly #posts: DiscordPosts
  readonly #threads: Threads
  readonly #direct = new QuickLRU<string, string>({ maxSize: REMEMBERED })

  constructor(
    private readonly api: Api,
    private readonly log: Log,
  ) {
    this.#posts = new DiscordPosts(api)
    this.#threads = new Threads(api)
  }

  async post(place: Place, prompt: Prompt, once: Once): Promise<SendResult<MessageRef>> {
    return this.#posts.post(place, once, (route, nonce, { number }) =>
      this.api.call({ method: 'post', route, body: { ...bodyOf(prompt, number), ...nonce } }),
    )
  }

  async edit({ place, id }: MessageRef, prompt: Prompt, urgency: Urgency = 'awaited'): Promise<SendResult> {
    const channel = channelOf(place)
    const route = Routes.channelMessage(channel, id)
    const edit = () => this.api.call({ method: 'patch', route, body: bodyOf(prompt) }, urgency)
    let called = await edit()
    const sleeps = called.kind === 'refused' && called.code === CODES.archived
    if (sleeps && (await this.#threads.wake(channel))) called = await edit()
    return withoutValue(called)
  }

  /**
   * Privately in the place; if Discord can no longer do that, in a direct message, or at last where others read it:
   * that is better than silence. What others may read is answered on the spot.
   */
  tell(
    place: Place,
    person: Pick<Person, 'id' | 'name'>,
    prompt: Prompt,
    { isOpen = false }: { isOpen?: boolean } = {},
  ): Promise<SendResult> {
    const channel = channelOf(place)
    const isDirect = place.team === ''
    const here = isDirect ? prompt : addressedTo(person, prompt)
    const direct = { name: 'in a direct message', tell: () => this.#tellDirectly(person.id, prompt) }
    return tellInOneWay(
      [
        { name: 'as a response', tell: () => this.#respond(channel, person.id, prompt) },
        ...(isOpen && !isDirect ? [{ name: 'openly', tell: () => this.#send(channel, prompt) }] : []),
        ...(isDirect ? [] : [direct]),
        { name: 'in the place', tell: () => this.#send(channel, here) },
      ],
      { user: person.id, prompt, log: this.log },
    )
  }

  /** A server’s boosts allow more. They come and go, and one call is nothing beside a large file: nothing is cached. */
  async maxFileBytes({ team }: Place, size: number): Promise<number> {
    const { fileBytes, fileBytesOfTier } = DISCORD_LIMITS
    if (team === '' || size <= fileBytes) return fileBytes
    const called = await this.api.call({ method: 'get', route: Routes.guild(team) })
    // Discord does not answer now: then it shall refuse the file itself.
    if (called.kind === 'limited' || called.kind === 'unsure') return Infinity
    const tier = called.kind === 'ok' ? valueAt(called.value, 'premium_tier') : undefined
    return (typeof tier === 'number' ? fileBytesOfTier[tier] : undefined) ?? fileBytes
  }

  async direct({ id }: Pick<Person, 'id' | 'name'>): Promise<SendResult<Place>> {
    const opened = await this.#openDirect(id)
    if (opened.kind !== 'ok') return opened
    const channel = opened.value
    return { kind: 'ok', value: { platform: 'discord', team: '', channel, thread: channel } }
  }

  async upload(place: Place, { name, content }: FileToPost, line: Line, once: Once): Promise<SendResult> {
    const data = Buffer.from(await content.arrayBuffer()) // never a string: the library would take that for a path
    const send: MarkedSend['send'] = (route, nonce, { text }) =>
      this.api.upload({
        method: 'post',
        route,
        files: [{ name, data }],
        body: {
          content: contentOf(line),
          allowed_mentions: { parse: [], users: peopleIn([line]) },
          attachments: [{ id: '0', filename: name, description: text }],
          ...nonce,
        },
      })
    // What the line says depends on the place.
    const sent = await this.#posts.post(place, once, send, { stays: true })
    return sent.kind === 'ok' ? OK : sent
  }

  async branch(message: MessageRef, prompt: Prompt, name: string): Promise<SendResult<Place>> {
    const threaded = await this.#threads.on(message, name)
    if (threaded.kind !== 'ok') return threaded
    const edited = await this.edit(message, prompt)
    return edited.kind === 'ok' || edited.kind === 'gone' ? threaded : edited
  }

  async #respond(channel: string, user: string, prompt: Prompt): Promise<SendResult> {
    const isShown = await this.replies.answer(channel, user, messageOf(prompt))
    return isShown ? OK : { kind: 'gone', error: 'there is no interaction that can be answered' }
  }

  async #tellDirectly(user: string, prompt: Prompt): Promise<SendResult> {
    const opened = await this.#openDirect(user)
    return opened.kind === 'ok' ? this.#send(opened.value, prompt) : opened
  }

  async #openDirect(user: string): Promise<SendResult<string>> {
    const cached = this.#direct.get(user)
    if (cached) return { kind: 'ok', value: cached }
    const body = { recipient_id: user }
    const opened = await this.api.call({ method: 'post', route: Routes.userChannels(), body })
    if (opened.kind !== 'ok') return sentOf(opened)
    const channel = textAt(opened.value, 'id')
    this.#direct.set(user, channel)
    return { kind: 'ok', value: channel }
  }

  async #send(channel: string, prompt: Prompt): Promise<SendResult> {
    const route = Routes.channelMessages(channel)
    return withoutValue(await this.api.call({ method: 'post', route, body: bodyOf(prompt) }))
  }
}

interface FileToPost {
  name: string
  content: Blob
}

const OK: SendResult = { kind: 'ok', value: undefined }

function bodyOf(prompt: Prompt, marker?: number) {
  return { flags: MessageFlags.IsComponentsV2, ...messageOf(prompt, marker) }
}

function withoutValue(called: DiscordCallResult): SendResult {
  return called.kind === 'ok' ? OK : sentOf(called)
}
