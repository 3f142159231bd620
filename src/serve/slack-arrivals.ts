import { ROWBOT } from '../engine/this-program.ts'
import { ARRIVAL_NAMES, type ArrivalKind } from '../bots/slack/arrivals.ts'
import { listArrivals, saveArrival } from '../db/chats/arrivals.ts'
import type { Rowbot } from '../app/rowbot.ts'

/** Each kind is written to the database at most this often. */
const WRITE_EVERY_MS = 5_000
/** Long enough for somebody to have tried the bot after setting it up. */
const SILENT_MS = 600_000

/**
 * Notes what arrives from Slack. A Slack app whose events or buttons are switched off connects and looks healthy, and
 * Slack cannot be asked for it: only something that has arrived proves that it works.
 */
export class SlackArrivals {
  readonly #since: number
  readonly #writtenAt = new Map<ArrivalKind, number>()
  readonly #writing = new Set<Promise<void>>()
  #cancel: (() => void) | undefined

  constructor(
    private readonly bot: Pick<Rowbot, 'db' | 'clock' | 'log'>,
    private readonly note: (line: string) => void,
  ) {
    this.#since = bot.clock.monotonicNow()
  }

  start(): void {
    this.#cancel = this.bot.clock.after(SILENT_MS, () => void this.#tracked(this.#warnIfSilent()))
  }

  arrived(appId: string, kind: ArrivalKind): void {
    const { clock, log, db } = this.bot
    const before = this.#writtenAt.get(kind)
    if (before === undefined) log.info({ kind, appId }, `first since the start: ${ARRIVAL_NAMES[kind]}`)
    const now = clock.monotonicNow()
    if (before !== undefined && now - before < WRITE_EVERY_MS) return
    this.#writtenAt.set(kind, now)
    void this.#tracked(saveArrival(db, { platform: 'slack', account: appId, kind, arrivedAt: clock.now() }))
  }

  /** For /readyz: a word or two. */
  word(): string {
    return this.#writtenAt.size > 0 ? 'arrive' : `none since the start (${this.#minutes()} min)`
  }

  async stop(): Promise<void> {
    this.#cancel?.()
    await Promise.all(this.#writing)
  }

  async #warnIfSilent(): Promise<void> {
    if (this.#writtenAt.size > 0) return
    const ever = await listArrivals(this.bot.db, { platform: 'slack', since: 0 })
    if (ever.length > 0) return // a quiet morning
    const line =
      `Nothing has ever arrived from Slack, ${this.#minutes()} min after the start. If somebody has written to the bot, ` +
      `its events are switched off: ${ROWBOT} doctor --listen says what is missing, and where to click.`
    this.bot.log.warn({}, line)
    this.note(line)
  }

  #minutes(): number {
    return Math.floor((this.bot.clock.monotonicNow() - this.#since) / 60_000)
  }

  async #tracked(work: Promise<void>): Promise<void> {
    const safe = work.catch((fault: unknown) =>
      this.bot.log.error({ err: fault }, 'what arrives from Slack could not be noted'),
    )
    this.#writing.add(safe)
    await safe
    this.#writing.delete(safe)
  }
}
