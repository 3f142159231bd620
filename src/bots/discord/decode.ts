import {
  ChannelType,
  type Attachment,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type Message,
  type MessageComponentInteraction,
  type ModalSubmitInteraction,
  MessageFlags,
  MessageType,
} from 'discord.js'
import { FILE_OPTIONS } from './commands.ts'
import type { DiscordFileHint } from './files.ts'
import { type Ground, missing } from './permissions.ts'
import type { Answerable } from './replies.ts'

/** Who did something, and where. */
export interface DiscordOrigin {
  actor: DiscordUser
  /** a server; empty in a direct message */
  guild: string
  /** the channel or thread itself */
  channel: string
  /** the channel of a thread */
  parent: string | undefined
  /** a thread that only its members can read */
  isPrivate: boolean
  ground: Ground
  /** permissions that the bot lacks there */
  lacks: string[]
  /** the person’s language; messages do not carry it */
  locale: string | undefined
  guildLocale: string | undefined
}

export interface DiscordUser {
  id: string
  name: string
  /** empty in a direct message */
  roles: string[]
}

type Happened = Answerable | AutocompleteInteraction | Message

export function originOf(happened: Happened): DiscordOrigin {
  const { channel } = happened
  const guild = happened.guildId ?? ''
  const parent = channel?.isThread() ? (channel.parentId ?? undefined) : undefined
  const ground = groundOf(happened)
  const has = permissionsOf(happened)
  return {
    actor: actorOf(happened),
    guild,
    channel: happened.channelId ?? '',
    parent,
    ground,
    isPrivate: channel?.type === ChannelType.PrivateThread,
    lacks: guild === '' || has === undefined ? [] : missing(has, ground),
    locale: 'locale' in happened ? happened.locale : undefined,
    guildLocale: happened.guild?.preferredLocale,
  }
}

/** The chosen values; empty for a button. */
export function valuesOf(interaction: MessageComponentInteraction): string[] {
  return interaction.isStringSelectMenu() ? interaction.values : []
}

/** A form’s texts by field, and its files. */
export function answersOf({ fields }: ModalSubmitInteraction): {
  values: Record<string, string>
  files: DiscordFileHint[]
} {
  const values: Record<string, string> = {}
  const files: DiscordFileHint[] = []
  for (const field of fields.fields.values()) {
    if ('attachments' in field)
      files.push(...[...(field.attachments?.values() ?? [])].map((one) => hintOf(one)))
    else if ('values' in field && typeof field.values[0] === 'string')
      values[field.customId] = field.values[0]
    else if ('value' in field && typeof field.value === 'string') values[field.customId] = field.value
  }
  return { values, files }
}

/** A command’s files and its other options. */
export function optionsOf({ options }: ChatInputCommandInteraction) {
  const files = FILE_OPTIONS.flatMap((name) => options.getAttachment(name) ?? [])
  return {
    verb: options.getSubcommand(),
    argument: options.getString('task') ?? options.getString('workflow') ?? '',
    files: files.map((file) => hintOf(file)),
  }
}

/** The files of a message, and those of the message that it forwards. */
export function filesIn({ id, channelId, attachments, messageSnapshots }: Message): DiscordFileHint[] {
  const all = [attachments, ...[...messageSnapshots.values()].map((forwarded) => forwarded.attachments)]
  return all.flatMap((some) => [...some.values()].map((one) => hintOf(one, { channel: channelId, id })))
}

/**
 * The files of the message that this one replies to, unless the bot itself sent them. In a channel Discord may show the bot
 * nothing of a message that is not for it.
 */
export function filesRepliedTo(message: Message): DiscordFileHint[] {
  const replied = message.channel.messages.cache.get(repliedTo(message) ?? '')
  if (!replied || replied.author.id === message.client.user.id) return []
  return filesIn(replied)
}

/** The message that it replies to, and the thread that it is in. */
export function answeredBy(message: Message): string[] {
  const replied = repliedTo(message)
  return [...(replied ? [replied] : []), ...(message.channel.isThread() ? [message.channelId] : [])]
}

/** What a person can send in place of a file; `reply`: they mean the file of a message that the bot may not see. */
export type NoFile = 'voice' | 'sticker' | 'reply'

export function noFileIn(message: Message): NoFile | undefined {
  const all = [message, ...message.messageSnapshots.values()]
  if (all.some(({ flags }) => flags.has(MessageFlags.IsVoiceMessage))) return 'voice'
  if (filesIn(message).length > 0) return undefined
  if (all.some(({ stickers }) => stickers.size > 0)) return 'sticker'
  const isOfBot = message.mentions.repliedUser?.id === message.client.user.id
  return message.inGuild() && repliedTo(message) !== undefined && !isOfBot ? 'reply' : undefined
}

/** A forwarded message refers to another one, too. */
function repliedTo({ type, reference }: Message): string | undefined {
  return type === MessageType.Reply ? reference?.messageId : undefined
}

/** “status k7f2” → the verb and the rest, without the mention. */
export function commandIn({ content }: Message): { verb: string; argument: string } {
  const [verb = '', ...rest] = content
    .replace(/<@[^>]*>/g, ' ')
    .trim()
    .split(/\s+/)
  return { verb: verb.toLowerCase(), argument: rest.join(' ') }
}

function hintOf(
  { id, name, title, url, size }: Attachment,
  message?: DiscordFileHint['message'],
): DiscordFileHint {
  // Discord removes non-ASCII characters from the file name, and stores the original name as the title.
  const extension = /\.\w+$/.exec(name)?.[0] ?? ''
  const named = title ? `${title}${title.endsWith(extension) ? '' : extension}` : name
  return { id, name: named, url, size, ...(message && { message }) }
}

function actorOf(happened: Happened): DiscordUser {
  const user = 'author' in happened ? happened.author : happened.user
  const member = happened.member
  const nick = member && 'displayName' in member ? member.displayName : (member?.nick ?? undefined)
  return { id: user.id, name: nick ?? user.globalName ?? user.username, roles: rolesOf(member) }
}

function rolesOf(member: Happened['member']): string[] {
  if (!member) return []
  return Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()]
}

function groundOf({ channel }: Happened): Ground {
  if (channel?.isThread()) return 'thread'
  const canHoldThreads = channel !== null && 'threads' in channel
  return canHoldThreads ? 'channel' : 'plain'
}

function permissionsOf(happened: Happened): bigint | undefined {
  if (!('author' in happened)) return happened.appPermissions.bitfield
  const { channel, client } = happened
  return 'permissionsFor' in channel ? channel.permissionsFor(client.user)?.bitfield : undefined
}
