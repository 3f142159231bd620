import { ChatOps } from '../chat-ops.ts'
import type { Rowbot } from '../rowbot.ts'
import { serveSlackEvents, slackBotOf, SLACK_EVENTS } from '../slack.ts'
import type { Screen } from './screen.ts'

/**
 * Starts the chats that the settings name. Only for the process that runs the tasks: two would both report them.
 * @returns what stops them
 * @throws UserError when a chat does not accept its tokens
 */
export async function serveChats(bot: Rowbot, screen: Screen): Promise<() => Promise<void>> {
  const { slack: settings, http } = bot.config
  if (!settings) return async () => {}
  const slack = slackBotOf(bot, settings)
  const ops = new ChatOps(bot, { chats: { slack: slack.chat }, isAdmin: () => false, clock: bot.clock })
  const server = settings.appToken ? undefined : serveSlackEvents(bot, slack)
  await slack.start(ops.deskOf(slack.chat))
  await ops.start()
  screen.note(
    server
      ? `Slack: waiting for events at http://${http.host}:${http.port}${SLACK_EVENTS}.`
      : 'Slack: connected.',
  )
  return async () => {
    await slack.stop()
    await server?.stop()
    await ops.stop()
  }
}
