/** What the bot may do in Slack, and what does not work without it. The manifest asks for the same. */
export const SCOPES: Record<string, string> = {
  'app_mentions:read': 'mentions with a file are not heard',
  'chat:write': 'nothing can be answered',
  commands: '/batch and “Run as batch” are not there',
  'files:read': 'no file can be read',
  'files:write': 'no result can be sent',
  'im:history': 'files in direct messages are not heard',
  'im:write': 'nobody can be told anything in a direct message',
  'users:read': 'nobody’s name, language or belonging is known',
}
