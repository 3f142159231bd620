import { type DoctorResult, fine, warning, bad } from '../doctor-result.ts'
import { addScope } from './app-page.ts'

/** What does not work without each scope. The manifest asks for the same scopes, and for optional ones. */
export const SCOPES: Record<string, string> = {
  'app_mentions:read': 'mentions with a file do not arrive',
  'chat:write': 'nothing can be answered',
  commands: '/batch and “Run as batch” are not there',
  'files:read': 'no file can be read',
  'files:write': 'no result can be sent',
  'im:history': 'files in direct messages do not arrive',
  'im:write': 'no direct message can be sent',
  'users:read': 'names, languages and workspaces of people are unknown',
}

/**
 * Scopes without which everything works. The manifest asks for the first, as an optional one; not for the others,
 * because they also let the bot read what is not meant for it.
 */
export const OPTIONAL_SCOPES: Record<string, string> = {
  'channels:join': 'where it was removed from a public channel it goes back before a result goes elsewhere',
  'channels:history': 'after an outage of Slack it can see which messages it has posted in public channels',
  'groups:history': 'the same in private channels',
}

/** @param granted as Slack lists them with every answer */
export function examineScopes(granted: unknown, appId: string | undefined): DoctorResult[] {
  if (!Array.isArray(granted))
    return [warning('Slack did not say which permissions the bot has: they could not be checked.')]
  const missing = Object.entries(SCOPES).filter(([scope]) => !granted.includes(scope))
  if (missing.length > 0)
    return missing.map(([scope, without]) =>
      bad(`The permission ${scope} is missing: ${without}.`, addScope(appId, scope)),
    )
  const left = Object.entries(OPTIONAL_SCOPES).filter(([scope]) => !granted.includes(scope))
  const more = left.map(([scope, adds]) => `${scope}: ${adds}`).join('; ')
  return [fine(`The bot has every permission that it needs.${more && ` It may be given more (${more}).`}`)]
}
