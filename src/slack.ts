import { SlackBot } from './bots/slack/app.ts'
import type { SlackConfig } from './config.ts'
import type { Rowbot } from './rowbot.ts'

/** The bot in Slack, as the settings want it; not started. */
export function slackBotOf({ config, log }: Rowbot, { appToken, apiUrl, ...slack }: SlackConfig): SlackBot {
  return new SlackBot({
    ...slack,
    ...(appToken && { appToken }),
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    log,
  })
}
