import { bad, type DoctorResult, fine } from '../chat-health.ts'
import { valueAt, textAt } from '../json-path.ts'
import { call, type SlackCallResult } from './call.ts'
import { interactiveClient } from './clients.ts'
import type { Log } from '../log.ts'

export interface SlackSettings {
  botToken?: string
  appToken?: string
  signingSecrets: string[]
  apiUrl?: string
}

const INSTALL_AGAIN = 'Add it under “OAuth & Permissions”, then “Reinstall to Workspace”.'

/** What is well and what is missing of the Slack set-up, asked of Slack itself. Nothing is posted. */
export async function examineSlack(settings: SlackSettings, log: Log): Promise<DoctorResult[]> {
  const { botToken, appToken, signingSecrets } = settings
  if (!botToken && !appToken && signingSecrets.length === 0)
    return [fine('Slack is off: no SLACK_… setting is given.')]
  return [...(await examineBot(settings, log)), ...(await examineWay(settings, log))]
}

async function examineBot({ botToken, apiUrl }: SlackSettings, log: Log): Promise<DoctorResult[]> {
  if (!botToken)
    return [bad('SLACK_BOT_TOKEN is missing. It is under “OAuth & Permissions” and begins with xoxb-.')]
  if (!botToken.startsWith('xoxb-'))
    return [bad(`SLACK_BOT_TOKEN must begin with xoxb-; this one is ${kindOf(botToken)}.`)]
  const called = await call(clientOf(botToken, apiUrl, log), 'auth.test', {})
  if (called.kind !== 'ok') return [bad(`Slack does not take SLACK_BOT_TOKEN: ${reasonOf(called)}`)]
  const named = fine(
    `Slack knows the bot as @${textAt(called.value, 'user')} in the workspace ${textAt(called.value, 'team')}.`,
  )
  return [named, ...examineScopes(valueAt(called.value, 'response_metadata', 'scopes'))]
}

/** Slack names the scopes of a token in the headers of every answer. */
function examineScopes(header: unknown): DoctorResult[] {
  if (!Array.isArray(header)) return [fine('Slack did not say which permissions the bot has.')]
  const missing = Object.entries(SCOPES).filter(([scope]) => !header.includes(scope))
  if (missing.length === 0) return [fine('The bot has every permission that it needs.')]
  return missing.map(([scope, without]) =>
    bad(`The permission ${scope} is missing: ${without}. ${INSTALL_AGAIN}`),
  )
}

/** How events come in: over Socket Mode, or over HTTP. */
async function examineWay(
  { appToken, signingSecrets, apiUrl }: SlackSettings,
  log: Log,
): Promise<DoctorResult[]> {
  if (!appToken && signingSecrets.length === 0)
    return [
      bad(
        'Nothing can come in: give SLACK_APP_TOKEN (xapp-…, for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP).',
      ),
    ]
  if (!appToken)
    return [
      fine(
        'Events come over HTTP: Slack must be able to reach /slack/events at the address in the manifest.',
      ),
    ]
  if (!appToken.startsWith('xapp-'))
    return [bad(`SLACK_APP_TOKEN must begin with xapp-; this one is ${kindOf(appToken)}.`)]
  const called = await call(clientOf(appToken, apiUrl, log), 'apps.connections.open', {})
  if (called.kind === 'ok') return [fine('Socket Mode opens: events come in without a public address.')]
  if (called.kind === 'refused' && called.error === 'missing_scope')
    return [
      bad(
        'SLACK_APP_TOKEN lacks the permission connections:write. Make a new one under “Basic Information → App-Level Tokens”.',
      ),
    ]
  return [
    bad(
      `Slack does not open a connection for SLACK_APP_TOKEN: ${reasonOf(called)} Is Socket Mode on, and the token of this app?`,
    ),
  ]
}

function clientOf(token: string, apiUrl: string | undefined, log: Log) {
  return interactiveClient({ token, log, ...(apiUrl && { apiUrl }) })
}

function reasonOf(called: Exclude<SlackCallResult, { kind: 'ok' }>): string {
  switch (called.kind) {
    case 'limited':
      return `it asks to wait ${Math.ceil(called.retryAfterMs / 1_000)} s. Try again then.`
    case 'unsure':
      return `it cannot be reached (${called.error}).`
    case 'refused':
      return REASONS[called.error] ?? `it says “${called.error}”.`
  }
}

const REASONS: Record<string, string> = {
  invalid_auth: 'there is no such token. Copy it again.',
  token_revoked: 'it was revoked. Install the app again and copy the new one.',
  token_expired: 'it has expired. Turn token rotation off, install the app again and copy the new one.',
  account_inactive: 'the app was removed from the workspace. Install it again.',
  not_allowed_token_type: 'it is of another kind. Copy the one that begins as it should.',
}

/** Never the token itself. */
function kindOf(token: string): string {
  if (token.startsWith('xapp-')) return 'an app-level token'
  if (token.startsWith('xoxb-')) return 'a bot token'
  return token.startsWith('xoxp-') ? 'a user’s token' : 'none of Slack’s'
}

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
