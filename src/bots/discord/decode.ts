import {
  ChannelType,
  type Attachment,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type Message,
  type MessageComponentInteraction,
  type ModalSubmitInteraction,
} from 'discord.js'
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

/** A command’s file and its other options. */
export function optionsOf({ options }: ChatInputCommandInteraction) {
  const file = options.getAttachment('file')
  return {
    verb: options.getSubcommand(),
    argument: options.getString('task') ?? options.getString('workflow') ?? '',
    file: file ? hintOf(file) : undefined,
  }
}

export function filesIn({ id, channelId, attachments }: Message): DiscordFileHint[] {
  return [...attachments.values()].map((one) => hintOf(one, { channel: channelId, id }))
}

/** The message that it replies to, and the thread that it is in. */
export function answeredBy({ reference, channel, channelId }: Message): string[] {
  const replied = reference?.messageId
  return [...(replied ? [replied] : []), ...(channel.isThread() ? [channelId] : [])]
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
