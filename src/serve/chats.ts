import { within } from '../engine/clock.ts'
import { SLACK_EVENTS } from '../admin/http/app.ts'
import { DiscordBot } from '../bots/discord/app.ts'
import type { DiscordChatHandlers } from '../bots/discord/handlers.ts'
import type { ChatHealth } from '../bots/chat-health.ts'
import type { FirstTime } from '../bots/slack/acknowledge.ts'
import { SlackBot, type SlackOptions } from '../bots/slack/app.ts'
import type { Leader } from '../db/leader.ts'
import { takeLease } from '../db/leases.ts'
import { ChatOps } from './chat-ops.ts'
import type { ChatState } from './health.ts'
import { warnOfChats } from './examine-chats.ts'
import { pageAddress } from './page-address.ts'
import { SlackArrivals } from './slack-arrivals.ts'
import { waitingMessagesIn } from './waiting-messages.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { SlackConfig, DiscordConfig } from '../app/config.ts'

/** A chat that does not answer must not delay the end. */
const EXAMINING_MS = 1_000

/**
 * The chats in the settings. Slack may be on several machines: an event reaches any of them. Discord has one connection,
 * and one machine reports tasks: that which leads.
 */
export class Chats {
  readonly #slack: SlackBot | undefined
  readonly #discord: DiscordBot | undefined
  readonly #ops: ChatOps
  readonly #arrivals: SlackArrivals | undefined
  #examining: Promise<void> | undefined
  readonly #discordHandlers: DiscordChatHandlers | undefined
  #hasStarted = false
  /** Discord does not take the token */
  #isRejected = false

  /** @param note receives a line for each chat, which says if it is connected, and a line or more for each fault */
  constructor(
    private readonly bot: Rowbot,
    private readonly note: (line: string) => void,
    /** that of several machines; default: this is the only process */
    private readonly leader?: Leader,
  ) {
    const { config, clock } = bot
    this.#arrivals = config.slack && new SlackArrivals(bot, note)
    const firstTime = leader && firstTimeIn(bot)
    const waiting = leader && ((team: string) => waitingMessagesIn(bot.db, team))
    this.#slack =
      config.slack && slackBotOf(bot, config.slack, { arrivals: this.#arrivals, firstTime, waiting })
    this.#discord = config.discord && discordBotOf(bot, config.discord, leader && (() => leader.isCurrent()))
    const slack = this.#slack?.chat
    const discord = this.#discord?.chat
    this.#ops = new ChatOps(bot, {
      chats: { ...(slack && { slack }), ...(discord && { discord }) },
      isAdmin: ({ id }) => config.admins.includes(id),
      clock,
      ...(leader && { leader }),
    })
    this.#discordHandlers = discord && this.#ops.handlersFor('discord', discord)
  }

  /** @throws UserError if a chat does not accept its tokens */
  async start(): Promise<void> {
    const { note } = this
    const slack = this.#slack
    const discord = this.#discord
    try {
      if (slack) await slack.start(this.#ops.handlersFor('slack', slack.chat))
      if (!this.leader) await this.#connectDiscord()
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
    if (discord && !this.leader) note(`Discord: ${wordOf(discord.healthy())}`)
    this.#arrivals?.start()
    // Not awaited: a chat that is slow to answer delays nothing.
    this.#examining = warnOfChats(this.bot, note).catch((fault: unknown) =>
      this.bot.log.error({ err: fault }, 'the set-up of the chats could not be checked'),
    )
  }

  /** This machine leads from now on: it connects to Discord, and reports tasks. */
  async beLeader(): Promise<void> {
    this.#ops.report()
    try {
      await this.#connectDiscord()
    } catch (fault) {
      // Nobody else could connect either, with the same token; Slack goes on.
      this.bot.log.error({ err: fault }, 'Discord rejects the bot')
      this.note(`Discord: ${fault instanceof Error ? fault.message : String(fault)}`)
      this.#isRejected = true
      return
    }
    if (this.#discord && this.leader?.isCurrent()) this.note(`Discord: ${wordOf(this.#discord.healthy())}`)
  }

  /** Another machine may lead by now. What was begun is finished. */
  async beLeaderNoMore(): Promise<void> {
    await this.#discord?.stop()
  }

  async #connectDiscord(): Promise<void> {
    this.#isRejected = false
    if (this.#discord && this.#discordHandlers) await this.#discord.start(this.#discordHandlers)
  }

  /** For /readyz. */
  states(): Record<'slack' | 'discord', ChatState> {
    const standsBy = this.#discord && this.#hasStarted && this.leader?.isCurrent() === false
    const discord = this.#isRejected ? 'fatal' : standsBy ? 'standby' : this.#stateOf(this.#discord)
    return { slack: this.#stateOf(this.#slack), discord }
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

/** Slack resends an event for five minutes. */
const SEEN_FOR_MS = 600_000

/** Whether an event has reached no other machine. */
function firstTimeIn({ db, log }: Rowbot): FirstTime {
  return async (key) => {
    try {
      return (await takeLease(db, `slack-event:${key}`, SEEN_FOR_MS)) !== undefined
    } catch (err) {
      log.warn({ err }, 'whether an event of Slack was had before could not be looked up')
      return true // rather twice than not at all
    }
  }
}

interface SlackParts {
  arrivals: SlackArrivals | undefined
  firstTime: FirstTime | undefined
  waiting: SlackOptions['waiting']
}

/** The Slack bot from the settings; not started. */
export function slackBotOf(
  { config, log }: Rowbot,
  { botToken, appToken, signingSecrets, allowGuests, apiUrl }: SlackConfig,
  { arrivals, firstTime, waiting }: Partial<SlackParts> = {},
): SlackBot {
  return new SlackBot({
    botToken,
    signingSecrets,
    allowGuests,
    ...(arrivals && { arrived: (appId, kind) => arrivals.arrived(appId, kind) }),
    ...(firstTime && { firstTime }),
    ...(waiting && { waiting }),
    ...(appToken && { appToken }),
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    maxFilesBytes: config.limits.maxFilesBytes,
    log,
  })
}

/** The Discord bot from the settings; not started. */
export function discordBotOf(
  { config, log }: Rowbot,
  { apiUrl, ...discord }: DiscordConfig,
  isOurs?: () => boolean,
): DiscordBot {
  return new DiscordBot({
    ...discord,
    ...(isOurs && { isOurs }),
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    maxFilesBytes: config.limits.maxFilesBytes,
    log,
  })
}
