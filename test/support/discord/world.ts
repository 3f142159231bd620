/** What there is in the local Discord, as its payloads have it. */

export const IDS = {
  app: '900000000000000001',
  guild: '800000000000000001',
  /** a role of some people on the server */
  buyers: '810000000000000001',
  merch: '700000000000000001',
  voice: '700000000000000002',
  forumPost: '700000000000000003',
  forum: '700000000000000004',
  owner: '600000000000000009',
} as const
export const TOKEN = 'OTAwMDAwMDAwMDAwMDAwMDAx.GfAkEt.local-discord-token-of-no-worth'

/** https://docs.discord.com/developers/topics/permissions */
export const BITS = {
  view: 1n << 10n,
  send: 1n << 11n,
  attach: 1n << 15n,
  history: 1n << 16n,
  threads: 1n << 35n,
  sendInThreads: 1n << 38n,
} as const
/** Not needed, and there unless somebody takes it away. */
export const EMBED_LINKS = 1n << 14n
export const EVERYTHING = Object.values(BITS).reduce((all, bit) => all | bit, EMBED_LINKS)

export interface Channel {
  id: string
  /** 0 text, 1 direct, 2 voice, 11 thread, 12 private thread, 15 forum */
  type: number
  name: string
  parent?: string
  archived?: boolean
  locked?: boolean
  /** beyond what the channel denies to everybody */
  overwrites?: { id: string; type: 0 | 1; allow: string; deny: string }[]
  recipient?: User
}

export interface User {
  id: string
  username: string
  bot: boolean
}

export interface Attachment {
  id: string
  filename: string
  size: number
  url: string
  description?: string
  title?: string
  ephemeral?: boolean
}

export interface Message {
  id: string
  channel: string
  author: User
  content: string
  flags: number
  components: unknown[]
  attachments: Attachment[]
  nonce?: string
  mentions: string[]
  /** id of the message that it replies to */
  replyTo?: string
  /** that message, as far as the bot is shown it */
  referenced?: Message
  /** the message that it forwards */
  forwards?: Message
  stickers?: { id: string; name: string }[]
  edits: number
}

export const BOT: User = { id: IDS.app, username: 'rowbot', bot: true }
export const EPHEMERAL = 64
export const V2 = 1 << 15

let made = 0n

/** Ids grow, as Discord's do; their time is now. */
export function snowflake(): string {
  made += 1n
  return String((BigInt(Date.now() - 1_420_070_400_000) << 22n) | (made & 0x3f_ffffn))
}

/** Of the people there, by their ids. */
const NAMES: Record<string, string> = { '600000000000000001': 'mei', '600000000000000002': 'jo' }

export function userPayload({ id, username, bot }: User): object {
  const name = username[0] ? username[0].toUpperCase() + username.slice(1) : username
  return { id, username, global_name: bot ? null : name, discriminator: '0', avatar: null, bot }
}

export function memberPayload(user: User, roles: string[] = []): object {
  return {
    user: userPayload(user),
    roles,
    joined_at: '2026-01-01T00:00:00.000000+00:00',
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    nick: null,
    avatar: null,
    flags: 0,
    permissions: String(EVERYTHING),
    communication_disabled_until: null,
  }
}

export function isThread(type: number): boolean {
  return type === 11 || type === 12
}

export function channelPayload(channel: Channel, denied = 0n): object {
  const { id, type, name, parent, recipient, archived, locked, overwrites = [] } = channel
  if (type === 1)
    return { id, type, last_message_id: null, recipients: recipient ? [userPayload(recipient)] : [] }
  const thread = {
    owner_id: IDS.app,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    thread_metadata: {
      archived: archived ?? false,
      archive_timestamp: '2026-01-01T00:00:00.000000+00:00',
      auto_archive_duration: 10_080,
      locked: locked ?? false,
    },
  }
  return {
    id,
    type,
    name,
    guild_id: IDS.guild,
    parent_id: parent ?? null,
    position: 0,
    nsfw: false,
    topic: null,
    last_message_id: null,
    rate_limit_per_user: 0,
    flags: 0,
    permission_overwrites: [
      ...(denied === 0n ? [] : [{ id: IDS.guild, type: 0, allow: '0', deny: String(denied) }]),
      ...overwrites,
    ],
    ...(isThread(type) && thread),
  }
}

export function guildPayload(
  channels: object[],
  threads: object[],
  { locale, everyone, premiumTier }: { locale: string; everyone: bigint; premiumTier: number },
): object {
  return {
    id: IDS.guild,
    name: 'Merch & Co',
    icon: null,
    splash: null,
    owner_id: IDS.owner,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [rolePayload(IDS.guild, '@everyone', everyone), rolePayload(IDS.buyers, 'Buyers', everyone)],
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    system_channel_flags: 0,
    joined_at: '2026-01-01T00:00:00.000000+00:00',
    large: false,
    unavailable: false,
    member_count: 3,
    voice_states: [],
    members: [memberPayload(BOT)],
    channels,
    threads,
    presences: [],
    max_members: 500_000,
    premium_tier: premiumTier,
    premium_subscription_count: 0,
    preferred_locale: locale,
    nsfw_level: 0,
    stage_instances: [],
    guild_scheduled_events: [],
    premium_progress_bar_enabled: false,
  }
}

function rolePayload(id: string, name: string, bits: bigint): object {
  const permissions = String(bits)
  const looks = { color: 0, hoist: false, managed: false, mentionable: false }
  return { id, name, position: id === IDS.guild ? 0 : 1, permissions, flags: 0, ...looks }
}

export function messagePayload(message: Message): object {
  const { id, channel, author, flags, mentions, replyTo, forwards, referenced } = message
  return {
    id,
    channel_id: channel,
    author: userPayload(author),
    ...contentPayload(message),
    flags,
    mentions: mentions.map((id) =>
      userPayload(id === BOT.id ? BOT : { id, username: NAMES[id] ?? id, bot: false }),
    ),
    tts: false,
    mention_everyone: false,
    pinned: false,
    type: replyTo === undefined ? 0 : 19,
    ...(replyTo !== undefined && {
      message_reference: { type: 0, channel_id: channel, message_id: replyTo },
      ...(referenced && { referenced_message: messagePayload(referenced) }),
    }),
    ...(forwards && {
      message_reference: { type: 1, channel_id: forwards.channel, message_id: forwards.id },
      message_snapshots: [
        { message: { ...contentPayload(forwards), flags: forwards.flags, type: 0, mentions: [] } },
      ],
    }),
  }
}

/** What a snapshot has, too: https://docs.discord.com/developers/resources/message#message-snapshot-object */
function contentPayload({ content, components, attachments, stickers, edits }: Message): object {
  const when = '2026-01-01T00:00:00.000000+00:00'
  return {
    content,
    components,
    attachments,
    embeds: [],
    mention_roles: [],
    timestamp: when,
    edited_timestamp: edits > 0 ? when : null,
    ...(stickers && { sticker_items: stickers.map((one) => ({ ...one, format_type: 1 })) }),
  }
}
