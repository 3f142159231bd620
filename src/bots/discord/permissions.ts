import { PermissionFlagsBits } from 'discord.js'

/** The permissions that the bot needs, by their names in Discord’s settings. */
const NAMES = {
  ViewChannel: 'View Channel',
  SendMessages: 'Send Messages',
  CreatePublicThreads: 'Create Public Threads',
  SendMessagesInThreads: 'Send Messages in Threads',
  AttachFiles: 'Attach Files',
  ReadMessageHistory: 'Read Message History',
} as const
type Permission = keyof typeof NAMES

export const NEEDED = Object.keys(NAMES).reduce(
  (bits, name) => bits | PermissionFlagsBits[name as Permission], // the keys of NAMES
  0n,
)

/** A channel that can have threads, one that cannot (voice), or a thread. */
export type Ground = 'channel' | 'plain' | 'thread'

const ON: Record<Ground, Permission[]> = {
  channel: [
    'ViewChannel',
    'SendMessages',
    'CreatePublicThreads',
    'SendMessagesInThreads',
    'AttachFiles',
    'ReadMessageHistory',
  ],
  plain: ['ViewChannel', 'SendMessages', 'AttachFiles', 'ReadMessageHistory'],
  thread: ['ViewChannel', 'SendMessagesInThreads', 'AttachFiles', 'ReadMessageHistory'],
}

/** Names of the missing permissions. */
export function missing(has: bigint, ground: Ground): string[] {
  if ((has & PermissionFlagsBits.Administrator) !== 0n) return []
  return ON[ground].filter((name) => (has & PermissionFlagsBits[name]) === 0n).map((name) => NAMES[name])
}

/** Not needed for anything to work: without it links are shown without a preview. */
export const EMBED_LINKS = PermissionFlagsBits.EmbedLinks

/** The link by which a server’s admin adds the bot, with exactly these permissions. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(NEEDED),
  })
  return `https://discord.com/oauth2/authorize?${query.toString()}`
}
