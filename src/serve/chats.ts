import { within } from '../engine/clock.ts'
import { SLACK_EVENTS } from '../admin/http/app.ts'
import { DiscordBot } from '../bots/discord/app.ts'
import type { ChatHealth } from '../bots/chat-health.ts'
import { SlackBot } from '../bots/slack/app.ts'
import { ChatOps } from './chat-ops.ts'
import type { ChatState } from './health.ts'
import { warnOfChats } from './examine-chats.ts'
import { pageAddress } from './page-address.ts'
import { SlackArrivals } from './slack-arrivals.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { SlackConfig, DiscordConfig } from '../app/config.ts'

/** A chat that does not answer must not delay the end. */
const EXAMINING_MS = 1_000

/** The chats in the settings. Only the runner starts them: with two processes, both would report each task. */
export class Chats {
  readonly #slack: SlackBot | undefined
  readonly #discord: DiscordBot | undefined
  readonly #ops: ChatOps
  readonly #arrivals: SlackArrivals | undefined
  #examining: Promise<void> | undefined
  #hasStarted = false

  /** @param note receives a line for each chat, which says if it is connected, and a line or more for each fault */
  constructor(
    private readonly bot: Rowbot,
    private readonly note: (line: string) => void,
  ) {
    const { config, clock } = bot
    this.#arrivals = config.slack && new SlackArrivals(bot, note)
    this.#slack = config.slack && slackBotOf(bot, config.slack, this.#arrivals)
    this.#discord = config.discord && discordBotOf(bot, config.discord)
    const slack = this.#slack?.chat
    const discord = this.#discord?.chat
    this.#ops = new ChatOps(bot, {
      chats: { ...(slack && { slack }), ...(discord && { discord }) },
      isAdmin: ({ id }) => config.admins.includes(id),
      clock,
    })
  }

  /** @throws UserError if a chat does not accept its tokens */
  async start(): Promise<void> {
    const { note } = this
    const slack = this.#slack
    const discord = this.#discord
    try {
      if (slack) await slack.start(this.#ops.handlersFor('slack', slack.chat))
      if (discord) await discord.start(this.#ops.handlersFor('discord', discord.chat))
      await this.#ops.start()
    } catch (fault) {
      await this.stop() // the other chat may have started already
      throw fault
    }
    this.#hasStarted = true
    const { http, slack: settings } = this.bot.config
    if (slack && !settings?.appToken)
      note(`Slack: waiting for events at ${pageAddress(http)}${SLACK_EVENTS}.`)
    else if (slack) note(`Slack: ${wordOf(slack.healthy())}`)
    if (discord) note(`Discord: ${wordOf(discord.healthy())}`)
    this.#arrivals?.start()
    // Not awaited: a chat that is slow to answer delays nothing.
    this.#examining = warnOfChats(this.bot, note).catch((fault: unknown) =>
      this.bot.log.error({ err: fault }, 'the set-up of the chats could not be checked'),
    )
  }

  /** For /readyz. */
  states(): Record<'slack' | 'discord', ChatState> {
    return { slack: this.#stateOf(this.#slack), discord: this.#stateOf(this.#discord) }
  }

  /** For /readyz: what a connection alone does not prove. */
  remarks(): Record<string, string> {
    return this.#arrivals && this.#hasStarted ? { slackEvents: this.#arrivals.word() } : {}
  }

  /** Handles Slack’s HTTP requests; before the bot has started, asks Slack to resend them. */
  slackEvents(request: Request): Promise<Response> {
    return this.#slack?.handle(request) ?? Promise.resolve(new Response(null, { status: 404 }))
  }

  async stop(): Promise<void> {
    await Promise.all([this.#slack?.stop(), this.#discord?.stop()])
    await this.#ops.stop()
    await this.#arrivals?.stop()
    await within(EXAMINING_MS, this.#examining)
  }

  #stateOf(chat: SlackBot | DiscordBot | undefined): ChatState {
    if (!chat) return 'off'
    if (!this.#hasStarted) return 'starting'
    return chat.healthy().state
  }
}

/** A chat that has not connected yet keeps trying, and must not be called connected. */
function wordOf(health: ChatHealth): string {
  return health.state === 'connected' ? 'connected.' : `not connected yet. ${health.sentence}`
}

/** The Slack bot from the settings; not started. */
export function slackBotOf(
  { config, log }: Rowbot,
  { botToken, appToken, signingSecrets, allowGuests, apiUrl }: SlackConfig,
  arrivals?: SlackArrivals,
): SlackBot {
  return new SlackBot({
    botToken,
    signingSecrets,
    allowGuests,
    ...(arrivals && { arrived: (appId, kind) => arrivals.arrived(appId, kind) }),
    ...(appToken && { appToken }),
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    maxFilesBytes: config.limits.maxFilesBytes,
    log,
  })
}

/** The Discord bot from the settings; not started. */
export function discordBotOf({ config, log }: Rowbot, { apiUrl, ...discord }: DiscordConfig): DiscordBot {
  return new DiscordBot({
    ...discord,
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    maxFilesBytes: config.limits.maxFilesBytes,
    log,
  })
}
