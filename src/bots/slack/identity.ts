import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import { textAt } from '../json-path.ts'
import { call } from './call.ts'

/** Who the bot is in Slack. */
export interface BotIdentity {
  team: string
  enterprise?: string
  userId: string
  botId: string
  /** the workspace’s URL, with a slash at the end */
  url: string
}

export function tokenRefusal(error: string): UserError {
  return new UserError(
    `Slack does not accept SLACK_BOT_TOKEN (${error}).`,
    'Copy the “Bot User OAuth Token” (xoxb-…) from the app’s page “OAuth & Permissions”.',
  )
}

/**
 * @returns why, while Slack cannot be reached
 * @throws UserError if the token will never work
 */
export async function whoAmI(client: WebClient): Promise<BotIdentity | { unreachable: string }> {
  const called = await call(client, 'auth.test', {})
  if (called.kind === 'refused') throw tokenRefusal(called.error)
  if (called.kind !== 'ok')
    return { unreachable: called.kind === 'unsure' ? called.error : 'it takes no more calls for now' }
  const enterprise = textAt(called.value, 'enterprise_id')
  return {
    team: textAt(called.value, 'team_id'),
    userId: textAt(called.value, 'user_id'),
    botId: textAt(called.value, 'bot_id'),
    url: textAt(called.value, 'url'),
    ...(enterprise && { enterprise }),
  }
}
