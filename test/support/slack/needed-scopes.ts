import { READS } from './pages.ts'

/** The scope that each method needs: docs.slack.dev/reference/methods. */
const NEEDED: Record<string, string> = {
  'bots.info': 'users:read',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.join': 'channels:join',
  'conversations.open': 'im:write',
  'files.completeUploadExternal': 'files:write',
  'files.delete': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'files.info': 'files:read',
  'files.list': 'files:read',
  'users.info': 'users:read',
}

/**
 * Undefined: the method needs none, or it is there. What is read needs the scope of its kind of channel.
 * @param channel whose id it was given, if any
 */
export function missingScope(method: string, granted: string[], channel = ''): string | undefined {
  const needed = READS.has(method) ? historyOf(channel) : NEEDED[method]
  return needed === undefined || granted.includes(needed) ? undefined : needed
}

function historyOf(channel: string): string {
  if (channel.startsWith('D')) return 'im:history'
  return channel.startsWith('G') ? 'groups:history' : 'channels:history'
}
