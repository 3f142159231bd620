import { SlackBot } from './bots/slack/app.ts'
import type { SlackConfig } from './config.ts'
import type { Rowbot } from './rowbot.ts'

export const SLACK_EVENTS = '/slack/events'

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

/** A server for what Slack sends over HTTP, as long as there is no other to mount it on. */
export function serveSlackEvents({ config }: Rowbot, slack: SlackBot) {
  return Bun.serve({
    hostname: config.http.host,
    port: config.http.port,
    fetch: (request) =>
      new URL(request.url).pathname === SLACK_EVENTS
        ? slack.handle(request)
        : new Response(null, { status: 404 }),
  })
}
