import { at, textAt } from '../../../src/bots/slack/call.ts'
import { FIELD_ACTION } from '../../../src/bots/slack/render-form.ts'
import { until } from '../bot.ts'
import { BOT_TOKEN, type PersonName } from './emulated.ts'
import type { LocalSlack, OpenedView } from './local-slack.ts'
import type { Delivery, Envelope } from './sockets.ts'

export const TEAM = 'T000000001'

/** A message as it stands in Slack. */
export interface Message {
  channel: string
  ts: string
  thread: string
  text: string
  user: string
  blocks: unknown[]
  files: { id: string; name: string }[]
}

/** Somebody in the local Slack: what they do goes over the wire as Slack sends it, what they see is in the emulator. */
export class SlackPerson {
  readonly id: string
  readonly token: string
  #events = 0

  constructor(
    readonly slack: LocalSlack,
    readonly name: PersonName,
  ) {
    this.id = slack.userIds.get(name) ?? ''
    this.token = `xoxp-${name}`
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
    const id = await this.#store(bytes, name)
    await this.slack.as(this.token, 'files.completeUploadExternal', {
      files: [{ id, title: name }],
      channel_id: channel,
      initial_comment: text,
    })
    return until(
      async () => (await this.messages(channel)).find(({ files }) => files.some((file) => file.id === id)),
      (message) => message !== undefined,
    ).then((message) => {
      if (!message) throw new Error('no message')
      return message
    })
  }

  /** A file dropped into the direct message with the bot. */
  async drop(bytes: Uint8Array, name: string): Promise<Message> {
    const channel = await this.directChannel()
    const message = await this.upload(channel, bytes, name)
    await this.tellOf(message)
    return message
  }

  /** The event of a message in the direct message. @param eventId the same again: Slack's retry */
  tellOf(message: Message, eventId = this.#eventId()): Promise<Delivery> {
    return this.#event(eventId, {
      type: 'message',
      ...(message.files.length > 0 && { subtype: 'file_share' }),
      channel_type: 'im',
      ...eventOf(message),
    })
  }

  /** A file in a channel with a mention of the bot. */
  async mention(channel: string, bytes: Uint8Array, name: string): Promise<Message> {
    const message = await this.upload(channel, bytes, name, `<@${this.slack.botUser}> please`)
    await this.tellOfMention(message)
    return message
  }

  tellOfMention(message: Message, eventId = this.#eventId()): Promise<Delivery> {
    return this.#event(eventId, { type: 'app_mention', ...eventOf(message) })
  }

  /** Words in a channel. */
  async say(channel: string, text: string): Promise<Message> {
    const posted = await this.slack.as(this.token, 'chat.postMessage', { channel, text })
    return { channel, ts: textAt(posted, 'ts'), thread: '', text, user: this.id, blocks: [], files: [] }
  }

  /** Every message of a channel, threads included, as they stand. */
  async messages(channel: string): Promise<Message[]> {
    return read(await this.slack.as(this.token, 'conversations.history', { channel, limit: 999 }), channel)
  }

  async thread(channel: string, ts: string): Promise<Message[]> {
    return read(await this.slack.as(this.token, 'conversations.replies', { channel, ts }), channel)
  }

  click(message: Message, label: string): Promise<Delivery> {
    const button = elementsOf(message).find((element) => textAt(element, 'text', 'text') === label)
    if (!button) throw new Error(`no button “${label}” among ${buttonsOf(message).join(', ')}`)
    return this.slack.deliver(this.#action(message, button))
  }

  /** Sends a click that was made on this message before, whatever stands there now. */
  clickId(message: Message, actionId: string): Promise<Delivery> {
    return this.slack.deliver(this.#action(message, { type: 'button', action_id: actionId }))
  }

  choose(message: Message, placeholder: string, label: string): Promise<Delivery> {
    const select = elementsOf(message).find(
      (element) => textAt(element, 'placeholder', 'text') === placeholder,
    )
    const options: unknown = at(select, 'options')
    const chosen = Array.isArray(options)
      ? options.find((option: unknown) => textAt(option, 'text', 'text') === label)
      : undefined
    if (!chosen) throw new Error(`no “${label}” in “${placeholder}”`)
    return this.slack.deliver(
      this.#action(message, {
        type: 'static_select',
        action_id: textAt(select, 'action_id'),
        selected_option: chosen,
      }),
    )
  }

  clickHome(label: string): Promise<Delivery> {
    const home = this.slack.homes.findLast(({ user }) => user === this.id)
    const blocks: unknown = at(home?.view, 'blocks')
    const button = elementsOf({ blocks: Array.isArray(blocks) ? blocks : [] }).find(
      (element) => textAt(element, 'text', 'text') === label,
    )
    if (!home || !button) throw new Error(`no button “${label}” on the home tab`)
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type: 'block_actions',
        ...this.#who(),
        trigger_id: this.slack.trigger(this.id),
        container: { type: 'view', view_id: home.id },
        view: { id: home.id, type: 'home' },
        actions: [button],
      },
    })
  }

  openHome(channel: string): Promise<Delivery> {
    return this.#event(this.#eventId(), { type: 'app_home_opened', user: this.id, channel, tab: 'home' })
  }

  command(channel: string, text: string): Promise<Delivery> {
    return this.slack.deliver({
      type: 'slash_commands',
      payload: {
        team_id: TEAM,
        channel_id: channel,
        user_id: this.id,
        user_name: this.name,
        command: '/batch',
        text,
        api_app_id: 'A1',
        response_url: `${this.slack.url}/respond/${this.id}`,
        trigger_id: this.slack.trigger(this.id),
      },
    })
  }

  /** “Run as batch” in the menu of a message. */
  runAsBatch(message: Message): Promise<Delivery> {
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type: 'message_action',
        callback_id: 'batch_from_message',
        ...this.#who(),
        action_ts: String(performance.now()),
        trigger_id: this.slack.trigger(this.id),
        response_url: `${this.slack.url}/respond/${this.id}`,
        message_ts: message.ts,
        channel: { id: message.channel },
        message: { type: 'message', ...eventOf(message) },
      },
    })
  }

  newBatch(): Promise<Delivery> {
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type: 'shortcut',
        callback_id: 'batch_new',
        ...this.#who(),
        action_ts: String(performance.now()),
        trigger_id: this.slack.trigger(this.id),
      },
    })
  }

  /** The form that is open for this person, as soon as it is. @param after how many there were before */
  async form(after = 0): Promise<OpenedView> {
    const mine = () => this.slack.views.filter(({ user }) => user === this.id)
    const views = await until(mine, (all) => all.length > after)
    const last = views.at(-1)
    if (!last) throw new Error('no form')
    return last
  }

  async submit(
    form: OpenedView,
    texts: Record<string, string>,
    file?: { name: string; bytes: Uint8Array },
  ): Promise<Delivery> {
    const blocks: unknown = at(form.view, 'blocks')
    const values: Record<string, object> = {}
    for (const block of Array.isArray(blocks) ? blocks : []) {
      const id = textAt(block, 'block_id')
      const type = textAt(block, 'element', 'type')
      if (type === 'file_input' && file) {
        const stored = await this.#private(file)
        values[id] = { [FIELD_ACTION]: { type, files: [{ id: stored, name: file.name }] } }
      } else {
        const value = texts[id] ?? textAt(block, 'element', 'initial_value')
        values[id] = { [FIELD_ACTION]: { type, value: value || null } }
      }
    }
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type: 'view_submission',
        ...this.#who(),
        trigger_id: this.slack.trigger(this.id),
        view: { id: form.id, ...Object(form.view), state: { values } },
      },
    })
  }

  #action(message: Message, action: object): Envelope {
    return {
      type: 'interactive',
      payload: {
        type: 'block_actions',
        ...this.#who(),
        trigger_id: this.slack.trigger(this.id),
        response_url: `${this.slack.url}/respond/${this.id}`,
        container: {
          type: 'message',
          message_ts: message.ts,
          channel_id: message.channel,
          ...(message.thread && { thread_ts: message.thread }),
        },
        channel: { id: message.channel },
        message: { type: 'message', ...eventOf(message) },
        actions: [action],
      },
    }
  }

  #who() {
    const traits = this.slack.traits.get(this.id)
    const home = textAt(traits, 'team_id') || TEAM
    return { team: { id: TEAM }, user: { id: this.id, name: this.name, team_id: home }, api_app_id: 'A1' }
  }

  #event(eventId: string, event: object): Promise<Delivery> {
    const team = textAt(this.slack.traits.get(this.id), 'team_id') || TEAM
    return this.slack.deliver({
      type: 'events_api',
      payload: {
        type: 'event_callback',
        team_id: TEAM,
        api_app_id: 'A1',
        event_id: eventId,
        event_time: 1,
        authorizations: [{ team_id: TEAM, user_id: this.slack.botUser, is_bot: true }],
        event: { ...event, user_team: team },
      },
    })
  }

  #eventId(): string {
    this.#events += 1
    return `Ev${this.name}${this.#events}`
  }

  /** A file that nobody else sees, as one sent with a form. */
  async #private({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<string> {
    const id = await this.#store(bytes, name)
    await this.slack.as(this.token, 'files.completeUploadExternal', { files: [{ id, title: name }] })
    this.slack.owners.set(id, this.token)
    return id
  }

  async #store(bytes: Uint8Array, name: string): Promise<string> {
    const asked = await this.slack.as(this.token, 'files.getUploadURLExternal', {
      filename: name,
      length: bytes.byteLength,
    })
    const url = textAt(asked, 'upload_url').replace(this.slack.url, this.slack.emulator)
    await fetch(url, { method: 'POST', body: bytes })
    return textAt(asked, 'file_id')
  }
}

/** Everything a message says, as a person would read it. */
export function saysOf({ blocks, text }: Pick<Message, 'blocks' | 'text'>): string {
  const said = blocks.flatMap(textsOf).join('')
  return said || text
}

export function buttonsOf(message: Pick<Message, 'blocks'>): string[] {
  return elementsOf(message)
    .filter((element) => textAt(element, 'type') === 'button')
    .map((element) => textAt(element, 'text', 'text'))
}

export function actionIdOf(message: Pick<Message, 'blocks'>, label: string): string {
  const found = elementsOf(message).find((element) => textAt(element, 'text', 'text') === label)
  return textAt(found, 'action_id')
}

function elementsOf({ blocks }: Pick<Message, 'blocks'>): object[] {
  return blocks.flatMap((block) => {
    const elements = textAt(block, 'type') === 'actions' ? at(block, 'elements') : []
    return Array.isArray(elements) ? elements : []
  })
}

function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (typeof node !== 'object' || node === null) return []
  const type = textAt(node, 'type')
  if (type === 'header') return [textAt(node, 'text', 'text'), '\n']
  if (type === 'user') return [`@${textAt(node, 'user_id')}`]
  if (type === 'actions') return []
  if (type === 'text' || type === 'link' || type === 'raw_text')
    return [textAt(node, 'text'), type === 'raw_text' ? '|' : '']
  return [...textsOf(at(node, 'elements')), ...textsOf(at(node, 'rows')), type === 'rich_text' ? '\n' : '']
}

function eventOf({ channel, ts, thread, text, user, files }: Message) {
  return {
    channel,
    ts,
    event_ts: ts,
    user,
    text,
    ...(thread && { thread_ts: thread }),
    ...(files.length > 0 && { files }),
  }
}

function read(answer: unknown, channel: string): Message[] {
  const messages = at(answer, 'messages')
  return (Array.isArray(messages) ? messages : []).map((message: unknown) => {
    const [files, blocks] = [at(message, 'files'), at(message, 'blocks')]
    return {
      channel,
      ts: textAt(message, 'ts'),
      thread: textAt(message, 'thread_ts'),
      text: textAt(message, 'text'),
      user: textAt(message, 'user'),
      blocks: Array.isArray(blocks) ? blocks : [],
      files: (Array.isArray(files) ? files : []).map((file: unknown) => ({
        id: textAt(file, 'id'),
        name: textAt(file, 'name'),
      })),
    }
  })
}
