import { PermissionFlagsBits } from 'discord.js'

/** What the bot needs where it works, as Discord's own pages name it. */
const NAMES = {
  ViewChannel: 'View Channel',
  SendMessages: 'Send Messages',
  CreatePublicThreads: 'Create Public Threads',
  SendMessagesInThreads: 'Send Messages in Threads',
  AttachFiles: 'Attach Files',
  ReadMessageHistory: 'Read Message History',
} as const
type Name = keyof typeof NAMES

export const NEEDED = Object.keys(NAMES).reduce(
  (bits, name) => bits | PermissionFlagsBits[name as Name], // the keys of NAMES
  0n,
)

/** Where messages go: a channel that threads can hang in, one without (voice), or a thread itself. */
export type Ground = 'channel' | 'plain' | 'thread'

const ON: Record<Ground, Name[]> = {
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

/** The names of those that are missing. */
export function missing(has: bigint, ground: Ground): string[] {
  if ((has & PermissionFlagsBits.Administrator) !== 0n) return []
  return ON[ground].filter((name) => (has & PermissionFlagsBits[name]) === 0n).map((name) => NAMES[name])
}

/** Where a server’s admin lets the bot in, with these permissions and no others. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(NEEDED),
  })
  return `https://discord.com/oauth2/authorize?${query.toString()}`
}
