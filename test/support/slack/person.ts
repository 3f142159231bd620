import { listAt, textAt, valueAt } from '../../../src/bots/json-path.ts'
import { FIELD_ACTION } from '../../../src/bots/slack/render-form.ts'
import { until } from '../bot.ts'
import { BOT_TOKEN, type PersonName } from './emulated.ts'
import type { LocalSlack } from './local-slack.ts'
import { buttonsOf, elementsOf, eventOf, type Message, messagesIn } from './message.ts'
import { faultInSuggestions, optionsIn } from './check-blocks.ts'
import { PersonWire, TEAM } from './person-wire.ts'
import type { Delivery } from './sockets.ts'
import type { OpenedView } from './views.ts'

/** Somebody in the local Slack: what they do goes over the wire as Slack sends it, what they see is in the emulator. */
export class SlackPerson {
  readonly id: string
  readonly token: string
  readonly #wire: PersonWire

  constructor(
    readonly slack: LocalSlack,
    readonly name: PersonName,
  ) {
    this.#wire = new PersonWire(slack, name)
    this.id = this.#wire.id
    this.token = this.#wire.token
  }

  /** The direct message with the bot. */
  async directChannel(): Promise<string> {
    const opened = await this.slack.as(BOT_TOKEN, 'conversations.open', { users: this.id })
    return textAt(opened, 'channel', 'id')
  }

  channel(name: string): string {
    return this.slack.channels.get(name) ?? ''
  }

  /** A file in a message of this channel, and nobody told of it yet. */
  async upload(channel: string, bytes: Uint8Array, name: string, text = ''): Promise<Message> {
    const id = await this.#wire.store(bytes, name)
    await this.#wire.as('files.completeUploadExternal', {
      files: [{ id, title: name }],
      channel_id: channel,
      initial_comment: text,
    })
    const messages = await this.messages(channel)
    const message = messages.find(({ files }) => files.some((file) => file.id === id))
    if (!message) throw new Error('the emulator has lost a file')
    return message
  }

  /** A file dropped into the direct message with the bot. */
  async drop(bytes: Uint8Array, name: string): Promise<Message> {
    const message = await this.upload(await this.directChannel(), bytes, name)
    await this.tellOf(message)
    return message
  }

  /** Several files dropped into the direct message with the bot, in one message. */
  async dropAll(files: { name: string; bytes: Uint8Array }[]): Promise<Message> {
    const message = await this.put(await this.directChannel(), files)
    await this.tellOf(message)
    return message
  }

  /** Several files in one message of this channel, and nobody told of it yet. @param under in the thread of it */
  async put(
    channel: string,
    files: { name: string; bytes: Uint8Array }[],
    { text = '', under }: { text?: string; under?: Pick<Message, 'ts'> } = {},
  ): Promise<Message> {
    const stored: Message[] = []
    for (const { name, bytes } of files) stored.push(await this.upload(channel, bytes, name, text))
    const [first] = stored
    if (!first) throw new Error('no files')
    return { ...first, files: stored.flatMap((one) => one.files), ...(under && { thread: under.ts }) }
  }

  /** The event of a message in the direct message. @param eventId the same again: Slack's retry */
  tellOf(message: Message, eventId?: string, channel_type = 'im'): Promise<Delivery> {
    const subtype = message.files.length > 0 ? { subtype: 'file_share' } : {}
    return this.#wire.event({ type: 'message', channel_type, ...subtype, ...eventOf(message) }, eventId)
  }

  /** The event of an edit of a message in the direct message: https://docs.slack.dev/reference/events/message/message_changed */
  tellOfEdit(before: Message, now: Message, channel_type = 'im', eventId?: string): Promise<Delivery> {
    const { channel, ...message } = this.#asSaid(now)
    const { channel: _, ...previous } = this.#asSaid(before)
    const edited = { user: this.id, ts: `${now.ts}9` }
    return this.#wire.eventOfSlack(
      {
        type: 'message',
        subtype: 'message_changed',
        hidden: true,
        channel,
        channel_type,
        ts: `${now.ts}9`,
        event_ts: `${now.ts}9`,
        message: { ...message, edited },
        previous_message: previous,
      },
      eventId,
    )
  }

  /** What Slack sends of every file in a channel of the bot: https://docs.slack.dev/reference/events/file_shared */
  tellOfFile(channel: string, id: string): Promise<Delivery> {
    const event = { type: 'file_shared', channel_id: channel, file_id: id, file: { id }, user_id: this.id }
    return this.#wire.eventOfSlack({ ...event, event_ts: '1.9' })
  }

  /** A message with another one in it, as “Share message” makes it. */
  forwarded(
    to: Pick<Message, 'channel' | 'ts'> & Partial<Message>,
    { files, ...original }: Message,
  ): Message {
    const attachment = {
      ts: original.ts,
      author_id: original.user,
      channel_id: original.channel,
      channel_team: TEAM,
      is_msg_unfurl: true,
      is_share: true,
      text: original.text,
      fallback: original.text,
      from_url: `https://emulate.slack.com/archives/${original.channel}/p${original.ts.replace('.', '')}`,
      message_blocks: [],
      files: files.map((file) => ({ ...file, mode: 'hosted' })),
      id: 1,
    }
    const empty = { thread: '', text: '', user: this.id, blocks: [], files: [] }
    return { ...empty, ...to, attachments: [attachment] }
  }

  #asSaid(message: Message) {
    const { channel, event_ts: _, ...said } = eventOf(message)
    return { channel, type: 'message', ...said, user: this.id, team: TEAM }
  }

  /** A file in a channel with a mention of the bot. */
  async mention(channel: string, bytes: Uint8Array, name: string): Promise<Message> {
    const message = await this.upload(channel, bytes, name, `<@${this.slack.botUser}> please`)
    await this.tellOfMention(message)
    return message
  }

  /** @param more such as a subtype, or that it was edited */
  tellOfMention(message: Message, eventId?: string, more: object = {}): Promise<Delivery> {
    return this.#wire.event({ type: 'app_mention', ...eventOf(message), ...more }, eventId)
  }

  /** Words in a channel. */
  async say(channel: string, text: string): Promise<Message> {
    const posted = await this.#wire.as('chat.postMessage', { channel, text })
    return { channel, ts: textAt(posted, 'ts'), thread: '', text, user: this.id, blocks: [], files: [] }
  }

  /** Every message of a channel, threads included, as they stand. */
  async messages(channel: string): Promise<Message[]> {
    return messagesIn(await this.#wire.as('conversations.history', { channel, limit: 999 }), channel)
  }

  async thread(channel: string, ts: string): Promise<Message[]> {
    return messagesIn(await this.#wire.as('conversations.replies', { channel, ts }), channel)
  }

  click(message: Message, label: string): Promise<Delivery> {
    const button = elementsOf(message).find((element) => textAt(element, 'text', 'text') === label)
    if (!button) throw new Error(`no button “${label}” among ${buttonsOf(message).join(', ')}`)
    return this.#act(message, button)
  }

  /** @param placeholder of the select; the label is typed into one that asks for its options */
  async choose(message: Message, placeholder: string, label: string): Promise<Delivery> {
    const select = this.#select(message, placeholder)
    const isAsked = textAt(select, 'type') === 'external_select'
    const options = isAsked ? await this.suggestions(message, placeholder, label) : optionsIn(select)
    const chosen = options.find((option) => textAt(option, 'text', 'text') === label)
    if (!chosen) throw new Error(`no “${label}” in “${placeholder}”`)
    const action = { type: textAt(select, 'type'), action_id: textAt(select, 'action_id') }
    return this.#act(message, { ...action, selected_option: chosen })
  }

  /** What a select shows for what is being typed into it. */
  async suggestions(message: Message, placeholder: string, typed: string): Promise<unknown[]> {
    return optionsIn(await this.suggested(message, placeholder, typed))
  }

  /** The same with the groups. Slack shows nothing that breaks its limits or comes after 3 s. */
  async suggested(message: Message, placeholder: string, typed: string): Promise<unknown> {
    const { channel, ts, thread } = message
    const { sentAt, ackedAt, response } = await this.#wire.suggestion({
      action_id: textAt(this.#select(message, placeholder), 'action_id'),
      value: typed,
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel,
        ...(thread && { thread_ts: thread }),
      },
      channel: { id: channel },
      message: { type: 'message', ...eventOf(message) },
    })
    const fault = faultInSuggestions(response) ?? (ackedAt - sentAt > 3_000 ? 'too late' : undefined)
    if (fault) this.slack.refused.push(`block_suggestion: ${fault}`)
    return fault ? { options: [] } : response
  }

  #select(message: Message, placeholder: string): object | undefined {
    return elementsOf(message).find((element) => textAt(element, 'placeholder', 'text') === placeholder)
  }

  openHome(channel: string): Promise<Delivery> {
    return this.#wire.event({ type: 'app_home_opened', channel, tab: 'home' })
  }

  clickHome(label: string): Promise<Delivery> {
    const home = this.slack.views.homes.findLast(({ user }) => user === this.id)
    const blocks: unknown = valueAt(home?.view, 'blocks')
    const button = elementsOf({ blocks: Array.isArray(blocks) ? blocks : [] }).find(
      (element) => textAt(element, 'text', 'text') === label,
    )
    if (!home || !button) throw new Error(`no button “${label}” on the home tab`)
    const container = { type: 'view', view_id: home.id }
    return this.#wire.interactive('block_actions', { container, view: { id: home.id }, actions: [button] })
  }

  command(channel: string, text: string): Promise<Delivery> {
    return this.#wire.command(channel, text)
  }

  /** “Run as batch” in the menu of a message. */
  runAsBatch(message: Message): Promise<Delivery> {
    return this.#wire.interactive('message_action', {
      callback_id: 'batch_from_message',
      response_url: this.#wire.responseUrl,
      message_ts: message.ts,
      channel: { id: message.channel },
      message: { type: 'message', ...eventOf(message) },
    })
  }

  newBatch(): Promise<Delivery> {
    return this.#wire.interactive('shortcut', { callback_id: 'batch_new' })
  }

  /** The form that is open for this person, as soon as it is. */
  async form(): Promise<OpenedView> {
    const mine = () => this.slack.views.opened.findLast(({ user }) => user === this.id)
    const form = await until(mine, (one) => one !== undefined)
    if (!form) throw new Error('unreachable')
    return form
  }

  async submit(
    form: OpenedView,
    texts: Record<string, string>,
    ...sent: { name: string; bytes: Uint8Array }[]
  ): Promise<Delivery> {
    const blocks: unknown = valueAt(form.view, 'blocks')
    const values: Record<string, object> = {}
    for (const block of Array.isArray(blocks) ? blocks : []) {
      const id = textAt(block, 'block_id')
      const type = textAt(block, 'element', 'type')
      const value = texts[id] ?? textAt(block, 'element', 'initial_value')
      const isFile = type === 'file_input'
      if (isFile && sent.length > Number(valueAt(block, 'element', 'max_files') ?? 10))
        throw new Error('Slack takes no more files in this field')
      const files = isFile ? await this.#storedPrivately(sent) : []
      values[id] = {
        [FIELD_ACTION]: isFile
          ? { type, files }
          : type === 'static_select'
            ? { type, selected_option: chosenIn(valueAt(block, 'element'), texts[id]) }
            : { type, value: value || null },
      }
    }
    const view = { id: form.id, ...Object(form.view), state: { values } }
    return this.#wire.interactive('view_submission', { view })
  }

  async #storedPrivately(files: { name: string; bytes: Uint8Array }[]) {
    const stored: { id: string; name: string }[] = []
    for (const file of files) stored.push({ id: await this.#wire.storePrivately(file), name: file.name })
    return stored
  }

  #act({ channel, ts, thread, ...message }: Message, action: object): Promise<Delivery> {
    const threaded = thread ? { thread_ts: thread } : {}
    return this.#wire.interactive('block_actions', {
      response_url: this.#wire.responseUrlOf({ channel, ts }),
      container: { type: 'message', message_ts: ts, channel_id: channel, ...threaded },
      channel: { id: channel },
      message: { type: 'message', ...eventOf({ channel, ts, thread, ...message }) },
      actions: [action],
    })
  }
}

/** The option with this label, or the one that was chosen at first. */
function chosenIn(select: unknown, label: string | undefined): unknown {
  const initial = valueAt(select, 'initial_option') ?? null
  if (label === undefined) return initial
  const chosen = listAt(select, 'options').find((option) => textAt(option, 'text', 'text') === label)
  if (!chosen) throw new Error(`no “${label}” to choose`)
  return chosen
}
