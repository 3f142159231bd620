import { ChannelType, PermissionFlagsBits, Routes } from 'discord.js'
import { bad, type DoctorResult, fine, type Fix, warning } from '../doctor-result.ts'
import { listAt, textAt, valueAt } from '../json-path.ts'
import type { Log } from '../log.ts'
import { Api } from './api.ts'
import { CODES } from './call.ts'
import { type DiscordSettings, reasonOf, tokenFixOf } from './doctor.ts'
import { EMBED_LINKS, type Ground, inviteLink, missing } from './permissions.ts'

/**
 * Computes what the bot may do in one channel: from its roles on the server, and from what the channel itself allows
 * and denies. Posts nothing.
 */
export async function examineDiscordChannel(
  { token, apiUrl }: DiscordSettings,
  channelId: string,
  log: Log,
): Promise<DoctorResult[]> {
  if (!token) return [] // examineDiscord says that it is missing
  if (!/^\d{15,21}$/.test(channelId))
    return [
      bad(`“${channelId}” is not the id of a Discord channel.`, {
        where:
          'Discord → User Settings → Advanced → Developer Mode: on; then right-click the channel → Copy Channel ID',
      }),
    ]
  const api = new Api({ token, ...(apiUrl && { apiUrl }) }, log)
  const bot = await api.call({ method: 'get', route: Routes.user() })
  if (bot.kind !== 'ok') return [bad(`The channel could not be checked: ${reasonOf(bot)}`, tokenFixOf(bot))]
  const botId = textAt(bot.value, 'id')
  const channel = await api.call({ method: 'get', route: Routes.channel(channelId) })
  if (channel.kind === 'ok') return examineChannel(api, channel.value, botId)
  if (channel.kind === 'refused' && channel.code === CODES.missingAccess)
    return [
      bad(`The bot lacks View Channel in ${channelId}: it does not see the channel at all.`, {
        where: 'The channel → Edit Channel → Permissions → Add members or roles: the bot → View Channel ✓',
      }),
    ]
  if (channel.kind === 'refused' && channel.code === CODES.unknownChannel)
    return [
      bad(`There is no channel ${channelId}, or the bot is not in its server.`, {
        where: 'Right-click the channel → Copy Channel ID; or invite the bot to the server with this link',
        paste: inviteLink(botId),
      }),
    ]
  return [bad(`The channel could not be checked: ${reasonOf(channel)}`, tokenFixOf(channel))]
}

async function examineChannel(api: Api, channel: unknown, botId: string): Promise<DoctorResult[]> {
  const guildId = textAt(channel, 'guild_id')
  if (!guildId) return [fine('This is a direct message: no permission is needed.')]
  const type = Number(valueAt(channel, 'type'))
  const isThread = THREADS.has(type)
  // A thread has no permissions of its own, but those of the channel that it is in.
  const parent = isThread
    ? await api.call({ method: 'get', route: Routes.channel(textAt(channel, 'parent_id')) })
    : undefined
  const guild = await api.call({ method: 'get', route: Routes.guild(guildId) })
  const member = await api.call({ method: 'get', route: Routes.guildMember(guildId, botId) })
  for (const called of [parent, guild, member])
    if (called && called.kind !== 'ok')
      return [bad(`The channel could not be checked: ${reasonOf(called)}`, tokenFixOf(called))]
  if (guild.kind !== 'ok' || member.kind !== 'ok' || (parent && parent.kind !== 'ok')) return []
  const permissions = permissionsOf({
    guild: guild.value,
    roles: listAt(member.value, 'roles').map(String),
    channel: parent ? parent.value : channel,
    botId,
  })
  const place = { name: textAt(channel, 'name'), server: textAt(guild.value, 'name') }
  return [
    ...examineState(channel, place.name),
    ...examinePermissions(permissions, isThread ? 'thread' : (GROUNDS[type] ?? 'channel'), place),
  ]
}

const THREADS = new Set<number>([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
])
/** Channels without threads. */
const GROUNDS: Record<number, Ground> = {
  [ChannelType.GuildVoice]: 'plain',
  [ChannelType.GuildStageVoice]: 'plain',
}

/** A locked thread takes no messages, whatever the bot may do otherwise. */
function examineState(channel: unknown, name: string): DoctorResult[] {
  if (valueAt(channel, 'thread_metadata', 'locked') !== true) return []
  return [
    bad(`The thread ${name} is locked: nobody but moderators can write in it.`, {
      where: 'The thread → ⋯ → Unlock Thread; or use another one',
    }),
  ]
}

interface Permissions {
  /** on the whole server, by the bot’s roles */
  onServer: bigint
  inChannel: bigint
}

function examinePermissions(
  { onServer, inChannel }: Permissions,
  ground: Ground,
  { name, server }: { name: string; server: string },
): DoctorResult[] {
  const byRole = new Set(missing(onServer, ground))
  const results = missing(inChannel, ground).map((permission) =>
    bad(`In ${name} the bot lacks ${permission}.`, fixOf(permission)),
  )
  const hasEmbeds = (inChannel & (EMBED_LINKS | PermissionFlagsBits.Administrator)) !== 0n
  return [
    ...(results.length > 0 ? results : [fine(`In ${name} the bot has every permission that it needs.`)]),
    ...(hasEmbeds
      ? []
      : [
          warning(
            `In ${name} the bot lacks Embed Links: links are shown without a preview. Nothing else needs it.`,
            fixOf('Embed Links'),
          ),
        ]),
  ]

  function fixOf(permission: string): Fix {
    return byRole.has(permission)
      ? {
          where: `${server} → Server Settings → Roles → the bot’s role → Permissions → ${permission}: on (its role does not have it)`,
        }
      : {
          where: `${name} → Edit Channel → Permissions → Advanced → the bot’s role → ${permission} ✓ (the channel denies it)`,
        }
  }
}

interface Membership {
  guild: unknown
  /** ids of the bot’s roles */
  roles: string[]
  channel: unknown
  botId: string
}

/** https://docs.discord.com/developers/topics/permissions#permission-overwrites */
export function permissionsOf({ guild, roles, channel, botId }: Membership): Permissions {
  const guildId = textAt(guild, 'id')
  const all = new Set([guildId, ...roles]) // the role of everyone has the server’s id
  const onServer = listAt(guild, 'roles')
    .filter((role) => all.has(textAt(role, 'id')))
    .reduce((bits: bigint, role) => bits | bitsAt(role, 'permissions'), 0n)
  if ((onServer & PermissionFlagsBits.Administrator) !== 0n) return { onServer, inChannel: onServer }
  const overwrites = listAt(channel, 'permission_overwrites')
  // In this order: everyone’s, those of all roles together, the bot’s own. The later one wins.
  const inChannel = [[guildId], roles, [botId]].reduce((bits, ids) => {
    const some = overwrites.filter((overwrite) => ids.includes(textAt(overwrite, 'id')))
    const denied = some.reduce((sum: bigint, one) => sum | bitsAt(one, 'deny'), 0n)
    const allowed = some.reduce((sum: bigint, one) => sum | bitsAt(one, 'allow'), 0n)
    return (bits & ~denied) | allowed
  }, onServer)
  // Who does not see a channel can do nothing in it.
  return { onServer, inChannel: (inChannel & PermissionFlagsBits.ViewChannel) === 0n ? 0n : inChannel }
}

function bitsAt(value: unknown, key: string): bigint {
  return BigInt(textAt(value, key) || '0')
}
