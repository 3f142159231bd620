import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import { type Interaction, privateChannel } from './interactions.ts'
import type { LocalDiscord } from './local-discord.ts'
import { componentsOf, customIdOf } from './seen.ts'
import { directChannel } from './routes.ts'
import {
  type Attachment,
  IDS,
  memberPayload,
  type Message,
  messagePayload,
  snowflake,
  type User,
  userPayload,
} from './world.ts'

/** Somebody in the local Discord: what they do goes over the gateway as Discord sends it. */
export class DiscordPerson {
  readonly user: User
  readonly direct: string

  constructor(
    readonly discord: LocalDiscord,
    readonly name: 'mei' | 'jo',
    readonly locale = 'en-US',
  ) {
    this.user = {
      id: name === 'mei' ? '600000000000000001' : '600000000000000002',
      username: name,
      bot: false,
    }
    this.direct = directChannel(discord, this.user.id)
    if (!discord.roles.has(this.user.id)) discord.roles.set(this.user.id, [])
  }

  /** A file in a message of this channel, and nobody told of it yet. */
  put(channel: string, files: Attachment[], content = '', replyTo?: string): Message {
    const message: Message = {
      id: snowflake(),
      channel,
      author: this.user,
      content,
      flags: 0,
      components: [],
      attachments: files,
      mentions: content.includes(`<@${IDS.app}>`) ? [IDS.app] : [],
      ...(replyTo !== undefined && { replyTo }),
      edits: 0,
    }
    this.discord.messages.set(message.id, message)
    return message
  }

  /** The event of a message. Without the message content intent, only what is meant for the bot has its content. */
  tellOf(message: Message, event: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE' = 'MESSAGE_CREATE'): Message {
    const { discord, user } = this
    const type = discord.channels.get(message.channel)?.type ?? 0
    const isOurs = type === 1 || message.mentions.includes(IDS.app)
    const referenced = discord.messages.get(message.replyTo ?? '')
    const isShown = type === 1 || discord.showsReferenced || referenced?.author.id === IDS.app
    const shown = referenced && (isShown ? referenced : blanked(referenced))
    const seen = isOurs ? message : blanked(message)
    const { user: _user, ...member } = Object(memberPayload(user, discord.roles.get(user.id)))
    discord.gateway.dispatch(event, {
      ...messagePayload({ ...seen, ...(shown && { referenced: shown }) }),
      channel_type: type,
      ...(type !== 1 && { guild_id: IDS.guild, member }),
    })
    return message
  }

  /** The event of an edit, after which the message has these files. */
  edit(message: Message, files: Attachment[], content = message.content): Message {
    Object.assign(message, { attachments: files, content, edits: message.edits + 1 })
    return this.tellOf(message, 'MESSAGE_UPDATE')
  }

  /** A message that forwards another one; it has no words of its own. */
  forward(channel: string, forwards: Message): Message {
    return this.tellOf(Object.assign(this.put(channel, []), { forwards }))
  }

  /** A new post of the forum: a thread whose first message has its id. */
  post(files: Attachment[], content: string): Message {
    const { id } = this.put(IDS.forum, [], content)
    this.discord.messages.delete(id)
    const thread = { id, type: 11, name: 'autumn', parent: IDS.forum }
    this.discord.channels.set(id, thread)
    this.discord.gateway.dispatch('THREAD_CREATE', { ...this.discord.payloadOf(thread), newly_created: true })
    const message = { ...this.put(id, files, content), id }
    this.discord.messages.set(id, message)
    return this.tellOf(message)
  }

  /** A file in a channel with a mention of the bot. */
  mention(channel: string, bytes: Uint8Array, name: string): Message {
    return this.tellOf(this.put(channel, [this.discord.keep(name, bytes)], `<@${IDS.app}> please`))
  }

  /** A file dropped into the direct message with the bot. */
  drop(bytes: Uint8Array, name: string): Message {
    return this.tellOf(this.put(this.direct, [this.discord.keep(name, bytes)]))
  }

  say(channel: string, text: string): Message {
    return this.tellOf(this.put(channel, [], text))
  }

  /** `/batch …` */
  command(
    channel: string,
    verb: string,
    options: Record<string, string> = {},
    ...given: Attachment[]
  ): Interaction {
    const values = Object.entries(options).map(([name, value]) => ({ name, type: 3, value }))
    const files = given.map(({ id }, i) => ({ name: i === 0 ? 'file' : `file${i + 1}`, type: 11, value: id }))
    return this.act(channel, 2, {
      id: snowflake(),
      name: 'batch',
      type: 1,
      options: [{ name: verb, type: 1, options: [...files, ...values] }],
      ...(given.length > 0 && {
        resolved: { attachments: Object.fromEntries(given.map((file) => [file.id, file])) },
      }),
    })
  }

  /** While a command is typed. */
  type(channel: string, verb: string, name: string, value: string): Interaction {
    const option = { name, type: 3, value, focused: true }
    const options = [{ name: verb, type: 1, options: [option] }]
    return this.act(channel, 4, { id: snowflake(), name: 'batch', type: 1, options })
  }

  /** “Run batch” in the menu of a message. */
  runBatch(message: Message): Interaction {
    const resolved = { messages: { [message.id]: messagePayload(message) } }
    const data = { id: snowflake(), name: 'Run batch', type: 3, target_id: message.id, resolved }
    return this.act(message.channel, 2, data)
  }

  click(message: Message, label: string): Interaction {
    return this.clickId(message, customIdOf(message, label))
  }

  /** Sends a click that was made on this message before, whatever stands there now. */
  clickId(message: Message, custom_id: string): Interaction {
    return this.act(this.#channelOf(message), 3, { custom_id, component_type: 2, id: 9 }, message)
  }

  choose(message: Message, placeholder: string, label: string): Interaction {
    const select = componentsOf(message).find((one) => textAt(one, 'placeholder') === placeholder)
    const option = listAt(select, 'options').find((one) => textAt(one, 'label') === label)
    if (!option) throw new Error(`no “${label}” in “${placeholder}”`)
    const values = [textAt(option, 'value')]
    const data = { custom_id: textAt(select, 'custom_id'), component_type: 3, values, id: 9 }
    return this.act(this.#channelOf(message), 3, data, message)
  }

  /** The form that this click opened, as soon as it has. */
  async form(click: Interaction): Promise<unknown> {
    await this.discord.until(
      () => click.modal,
      (modal) => modal !== undefined,
    )
    return click.modal
  }

  submit(
    message: Message,
    form: unknown,
    texts: Record<string, string>,
    ...files: Attachment[]
  ): Interaction {
    const components = listAt(form, 'components').map((label, i) => {
      const input = valueAt(label, 'component')
      const [custom_id, type] = [textAt(input, 'custom_id'), valueAt(input, 'type')]
      const value = texts[custom_id] ?? textAt(input, 'value')
      const answer =
        type === 19
          ? { values: files.map(({ id }) => id) }
          : type === 3
            ? { values: chosenIn(input, texts[custom_id]) }
            : { value }
      return { type: 18, id: i * 2 + 1, component: { type, id: i * 2 + 2, custom_id, ...answer } }
    })
    const data = {
      custom_id: textAt(form, 'custom_id'),
      components,
      ...(files.length > 0 && {
        resolved: { attachments: Object.fromEntries(files.map((file) => [file.id, file])) },
      }),
    }
    return this.act(this.#channelOf(message), 5, data, message)
  }

  /** What only this person was told in a channel, in order. */
  told(channel: string): Message[] {
    return this.discord
      .messagesIn(privateChannel(this.user.id, channel))
      .filter(({ components }) => components.length > 0)
  }

  act(channel: string, type: number, data: object, source?: Message): Interaction {
    const { discord, user } = this
    const interaction: Interaction = {
      id: snowflake(),
      token: `token-${snowflake()}`,
      user: user.id,
      channel,
      at: discord.time.now(),
      ackedAt: undefined,
      kind: undefined,
      source,
      original: undefined,
      modal: undefined,
      choices: [],
    }
    discord.interactions.set(interaction.token, interaction)
    const where = discord.channels.get(channel)
    const isDirect = where?.type === 1
    const guild = {
      guild_id: IDS.guild,
      guild: { id: IDS.guild, locale: discord.guildLocale, features: [] },
      guild_locale: discord.guildLocale,
      member: memberPayload(user, discord.roles.get(user.id)),
    }
    discord.gateway.dispatch('INTERACTION_CREATE', {
      id: interaction.id,
      application_id: IDS.app,
      type,
      data,
      token: interaction.token,
      version: 1,
      channel_id: channel,
      channel: where ? discord.payloadOf(where) : { id: channel, type: 0 },
      locale: this.locale,
      app_permissions: String(discord.permissionsIn(channel)),
      entitlements: [],
      authorizing_integration_owners: { '0': IDS.guild },
      context: isDirect ? 1 : 0,
      attachment_size_limit: discord.maxUploadBytes,
      ...(isDirect ? { user: userPayload(user) } : guild),
      ...(source && { message: messagePayload(source) }),
    })
    return interaction
  }

  #channelOf({ channel }: Message): string {
    return channel.split(':')[2] ?? channel
  }
}

/** The value of the option with this label, or of the one that was chosen at first. */
function chosenIn(select: unknown, label: string | undefined): string[] {
  const chosen = listAt(select, 'options').filter((option) =>
    label === undefined ? valueAt(option, 'default') === true : textAt(option, 'label') === label,
  )
  if (label !== undefined && chosen.length === 0) throw new Error(`no “${label}” to choose`)
  return chosen.map((option) => textAt(option, 'value'))
}

/** Of a message that is not for the bot, it is shown nothing but that it exists. */
function blanked(message: Message): Message {
  const { forwards: _forwards, stickers: _stickers, ...rest } = message
  return { ...rest, content: '', attachments: [], components: [] }
}
