import type { Rowbot } from '../app/rowbot.ts'
import { type Leader, Leadership, LeaderSwitch } from '../db/leader.ts'
import { BOT_LEASE } from '../db/leases.ts'
import { connectPostgres } from '../db/postgres.ts'
import type { Db } from '../db/schema.ts'
import type { Notifier } from '../notify/notifier.ts'
import { watchApps } from './app-watch.ts'
import type { Chats } from './chats.ts'
import { pageWizardOf } from './admin-options.ts'
import { startCleanupOfDatabase } from './cleanup.ts'

/** Renewals have a connection of their own, and must not wait long for a broken one. */
const LEASE_CONNECTION = { connections: 1, waitMs: 1_000, answerMs: 2_000 }

export interface BotRoleOptions {
  bot: Rowbot
  /** receives a line for each chat, and one when it leads or does so no more */
  note: (line: string) => void
  /** for tests: shorter */
  leaseMs?: number
}

/**
 * The chats, notifications of others, and what is done from time to time. Several machines may have this role: people’s
 * clicks in Slack are answered by the machine that they reach. What must be done once is done by the one that leads: it
 * reports tasks, delivers results, notifies others, is connected to Discord, cleans up, and looks after workflows. Another
 * one takes over within twelve seconds.
 */
export class BotRole {
  chats: Chats | undefined
  #notifier: Notifier | undefined
  /** aborted when it leads no more */
  #duties = new AbortController()
  readonly #leader = new LeaderSwitch(BOT_LEASE)
  #leadership: { is: Leadership; leases: Db } | undefined
  #hasStopped = false

  constructor(private readonly options: BotRoleOptions) {}

  /** @throws UserError if a chat does not accept its tokens */
  async start(): Promise<void> {
    const { bot, note } = this.options
    const { slack, discord, databaseUrl } = bot.config
    if (databaseUrl === undefined) await this.#startNotifier()
    if (slack ?? discord) {
      const { Chats } = await import('./chats.ts') // the chats are large
      if (this.#hasStopped) return
      const chats = new Chats(bot, note, databaseUrl === undefined ? undefined : this.#leader)
      this.chats = chats
      await chats.start()
    }
    if (databaseUrl !== undefined && !this.#hasStopped) this.#stand(databaseUrl)
  }

  /** For /readyz. */
  word(): 'leads' | 'stands by' | undefined {
    return this.#leadership && (this.#leadership.is.isLeader ? 'leads' : 'stands by')
  }

  async stop(): Promise<void> {
    this.#hasStopped = true
    await this.chats?.stop()
    await this.#notifier?.stop()
    const { is, leases } = this.#leadership ?? {}
    // Last: what was being sent is written as the leader.
    await is?.stop()
    await leases?.destroy()
    this.#duties.abort()
  }

  #stand(url: string): void {
    const { bot, leaseMs } = this.options
    const leases = connectPostgres(url, LEASE_CONNECTION)
    const is = new Leadership({
      name: BOT_LEASE,
      leases,
      db: bot.db,
      clock: bot.clock,
      elected: (leader) => this.#elected(leader),
      lost: () => this.#lost(),
      onFault: (err) => bot.log.warn({ err }, 'which machine leads could not be asked'),
      ...(leaseMs !== undefined && { leaseMs }),
    })
    this.#leadership = { is, leases }
    is.start()
  }

  #elected(leader: Leader): void {
    if (this.#hasStopped) return // nothing is begun that nobody would end; the lease is given back in a moment
    const { bot, note } = this.options
    this.#leader.current = leader
    this.#duties = new AbortController()
    const { signal } = this.#duties
    bot.log.info({}, 'this machine leads')
    note('This machine leads: it reports tasks and delivers results.')
    const { db, clock, log } = bot
    const { retention } = bot.config
    startCleanupOfDatabase({ db, clock, log, wizard: pageWizardOf(bot), retention }, signal)
    watchApps(bot, signal)
    const failed = (err: unknown) => bot.log.error({ err }, 'a duty of the leader could not begin')
    this.#startNotifier().catch(failed)
    this.chats?.beLeader().catch(failed)
  }

  #lost(): void {
    const { bot, note } = this.options
    this.#leader.current = undefined
    this.#duties.abort()
    const failed = (err: unknown) => bot.log.error({ err }, 'a duty of the former leader could not end')
    this.#notifier?.stop().catch(failed)
    this.#notifier = undefined
    if (this.#hasStopped) return
    bot.log.warn({}, 'this machine leads no more')
    note('Another machine leads.')
    this.chats?.beLeaderNoMore().catch(failed)
  }

  async #startNotifier(): Promise<void> {
    const { bot } = this.options
    const { notifierOf } = await import('./notifications.ts') // loads the page’s API, which is large
    if (this.#hasStopped || (bot.isShared && !this.#leader.isCurrent())) return
    this.#notifier = notifierOf(bot)
    this.#notifier.start()
  }
}
