/** The scope that each method needs: docs.slack.dev/reference/methods. */
const NEEDED: Record<string, string> = {
  'bots.info': 'users:read',
  'chat.delete': 'chat:write',
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

/** Undefined: the method needs none, or it is there. */
export function missingScope(method: string, granted: string[]): string | undefined {
  const needed = NEEDED[method]
  return needed === undefined || granted.includes(needed) ? undefined : needed
}
