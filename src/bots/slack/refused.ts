import { type Fix, whyUnanswered } from '../doctor-result.ts'
import type { SlackCallResult } from './call.ts'
import { addScope, COPY_BOT_TOKEN, onAppPage } from './app-page.ts'

/** Why a call of the doctor failed: the end of a sentence, with its full stop. */
export function reasonOf(called: Exclude<SlackCallResult, { kind: 'ok' }>): string {
  if (called.kind !== 'refused') return whyUnanswered(called)
  return REASONS[called.error] ?? `it says “${called.error}”.`
}

const REASONS: Record<string, string> = {
  invalid_auth: 'there is no such token.',
  token_revoked: 'it was revoked.',
  token_expired: 'it has expired.',
  account_inactive: 'the app was removed from the workspace.',
  not_allowed_token_type: 'it is a token of another kind.',
}

/** What to do if a call with the bot token failed. @param scope that the call needs */
export function fixOf(
  called: Exclude<SlackCallResult, { kind: 'ok' }>,
  appId: string | undefined,
  scope?: string,
): Fix {
  if (called.kind !== 'refused')
    return { where: 'Check this machine’s network and proxy, and https://slack-status.com' }
  if (called.error === 'missing_scope' && scope) return addScope(appId, scope)
  return onAppPage(appId, FIXES[called.error] ?? COPY_BOT_TOKEN)
}

const INSTALL = 'Install App → Install to Workspace, then copy the new token into SLACK_BOT_TOKEN in .env'
const FIXES: Record<string, string> = {
  token_revoked: INSTALL,
  account_inactive: INSTALL,
  token_expired:
    'OAuth & Permissions: token rotation must be off (it cannot be turned off again: make a new app from the manifest)',
}
