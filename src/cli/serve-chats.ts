import { ChatOps } from '../chat-ops.ts'
import { discordBotOf } from '../discord.ts'
import type { Rowbot } from '../rowbot.ts'
import { serveSlackEvents, slackBotOf, SLACK_EVENTS } from '../slack.ts'
import type { Screen } from './screen.ts'

/**
 * Starts the chats that the settings name. Only for the process that runs the tasks: two would both report them.
 * @returns what stops them
 * @throws UserError when a chat does not accept its tokens
 */
export async function serveChats(bot: Rowbot, screen: Screen): Promise<() => Promise<void>> {
  const { config, clock } = bot
  const slack = config.slack && slackBotOf(bot, config.slack)
  const discord = config.discord && discordBotOf(bot, config.discord)
  const ops = new ChatOps(bot, {
    chats: { ...(slack && { slack: slack.chat }), ...(discord && { discord: discord.chat }) },
    isAdmin: ({ id }) => config.admins.includes(id),
    clock,
  })
  const server = slack && !config.slack?.appToken ? serveSlackEvents(bot, slack) : undefined
  const stop = async () => {
    await Promise.all([slack?.stop(), discord?.stop()])
    await server?.stop()
    await ops.stop()
  }
  try {
    if (slack) await slack.start(ops.deskOf(slack.chat))
    if (discord) await discord.start(ops.deskOf(discord.chat))
    await ops.start()
  } catch (fault) {
    await stop() // of two chats, one may be running already
    throw fault
  }
  if (server)
    screen.note(`Slack: waiting for events at http://${server.hostname}:${server.port}${SLACK_EVENTS}.`)
  else if (slack) screen.note('Slack: connected.')
  if (discord) screen.note('Discord: connected.')
  return stop
}
