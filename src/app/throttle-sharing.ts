import { DatabaseAway } from '../db/away.ts'
import { openOwnConnection, type OwnConnection } from '../db/own-connection.ts'
import type { Db } from '../db/schema.ts'
import {
  leaveShares,
  listLearnt,
  readNotice,
  renewShare,
  SHARES_CHANNEL,
  tellOfLimits,
} from '../db/workflows/shares.ts'
import type { Clock } from '../engine/clock.ts'
import type { LearntNews, LearntState } from '../engine/learnt-together.ts'
import { DEFAULT_SHARE_TIMING, type ShareTiming } from '../engine/shares.ts'
import type { Throttle } from '../engine/throttle.ts'
import type { Sharing } from '../engine/throttle-share.ts'
import type { Timing } from '../engine/timing.ts'

export interface SharingOptions {
  db: Db
  /** of the same Postgres database, for a connection that listens */
  url: string
  /** this process, and no other */
  machine: string
  clock: Clock
  timing: Timing
  shareTiming?: Partial<ShareTiming>
  onFault: (fault: unknown) => void
}

/** This machine's part of what all machines may use of the workflows: one line a workflow, while it has calls of it. */
export class ThrottleSharing {
  readonly #workflows = new Map<string, SharedWorkflow>()
  readonly #timing: ShareTiming
  #listening: OwnConnection | undefined
  #learnt = new Map<string, LearntState>()
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(private readonly options: SharingOptions) {
    const { windowMs, runEndsMs, growEveryMs } = options.timing
    const rest = { windowMs: windowMs * WINDOW_MARGIN, runEndsMs, growEveryMs }
    this.#timing = { ...DEFAULT_SHARE_TIMING, ...rest, ...options.shareTiming }
  }

  /** @param open makes the throttle, which tells when there is something to tell the others */
  join(workflowId: string, open: (sharing: Sharing) => Throttle): Throttle {
    const { url } = this.options
    this.#listening ??= openOwnConnection({
      url,
      channel: SHARES_CHANNEL,
      onNotified: (notice) => this.#noticed(notice),
    })
    const shared = new SharedWorkflow(workflowId, this.options, this.#timing)
    this.#workflows.set(workflowId, shared)
    return shared.join(open)
  }

  /** @param notice undefined: some may have been missed */
  #noticed(notice: string | undefined): void {
    const { machine } = this.options
    const workflows = notice === undefined ? this.#workflows.keys() : [readNotice(notice, machine)]
    for (const id of workflows) if (id !== undefined) this.#workflows.get(id)?.look()
  }

  /**
   * What all machines have learnt of a workflow, also where this one does not call it. Known from a moment ago: asking
   * makes it ask the database, so that nothing is asked while nobody looks.
   */
  learntOf(workflowId: string): LearntState | undefined {
    const { clock, db, onFault } = this.options
    const now = clock.monotonicNow()
    if (now - this.#askedAt >= LEARNT_FOR_MS) {
      this.#askedAt = now
      void listLearnt(db).then(
        (learnt) => (this.#learnt = learnt),
        (fault: unknown) => fault instanceof DatabaseAway || onFault(fault),
      )
    }
    return this.#learnt.get(workflowId)
  }

  /** People have set other limits: all machines are told. */
  limitsChanged(workflowId: string): void {
    const { db, onFault } = this.options
    // Those that are not told find it when they renew their lines.
    void tellOfLimits(db, workflowId).catch(
      (fault: unknown) => fault instanceof DatabaseAway || onFault(fault),
    )
  }

  /** Call it after the last call: what this machine held is left to the others. */
  async close(): Promise<void> {
    await Promise.all([...this.#workflows.values()].map((shared) => shared.close()))
    await this.#listening?.close()
    if (this.#workflows.size === 0) return
    // If the database is away, its lines expire by themselves.
    await leaveShares(this.options.db, this.options.machine).catch(this.options.onFault)
  }
}

/** Calls do not all take the same time to the server; see MARGIN in pacer.ts. */
const WINDOW_MARGIN = 1.02
const LEARNT_FOR_MS = 2_000
/** However many lanes begin and end, the line is not renewed more often. */
const LEAST_GAP_MS = 20

class SharedWorkflow {
  #throttle: Throttle | undefined
  /** undefined: this machine has no line */
  #cancel: (() => void) | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #renewing: Promise<void> | undefined
  #again = false
  #lastAt = Number.NEGATIVE_INFINITY
  /** what the others could not be told */
  #unsent: LearntNews = {}
  #isClosed = false

  constructor(
    private readonly workflowId: string,
    private readonly options: SharingOptions,
    private readonly timing: ShareTiming,
  ) {}

  join(open: (sharing: Sharing) => Throttle): Throttle {
    return (this.#throttle = open({ changed: () => this.#soon(LEAST_GAP_MS) }))
  }

  /** Another machine wants or leaves something, or has learnt something. */
  look(): void {
    this.#soon(LEAST_GAP_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#renewing
  }

  /** @param gapMs after the last renewal at the soonest */
  #soon(gapMs: number): void {
    if (this.#isClosed) return
    if (this.#renewing) {
      this.#again = true
      return
    }
    const { clock } = this.options
    const now = clock.monotonicNow()
    const at = Math.max(now, this.#lastAt + gapMs)
    if (at >= this.#dueAt) return
    this.#cancel?.()
    this.#dueAt = at
    this.#cancel = clock.after(at - now, () => {
      this.#dueAt = Number.POSITIVE_INFINITY
      this.#again = false
      this.#renewing = this.#renewAndGoOn()
    })
  }

  async #renewAndGoOn(): Promise<void> {
    const nextMs = await this.#renew()
    this.#renewing = undefined
    if (this.#again) this.#soon(LEAST_GAP_MS)
    if (nextMs !== undefined) this.#soon(nextMs)
  }

  /** Never rejects. @returns ms until the next time; undefined: not before there is something to tell */
  async #renew(): Promise<number | undefined> {
    const { db, clock, machine, onFault } = this.options
    const { leaseMs, marginMs, renewMs } = this.timing
    const report = this.#throttle?.report(machine)
    if (!report) return undefined
    const sentAt = clock.monotonicNow()
    this.#lastAt = sentAt
    const news = { ...this.#unsent, ...report.news }
    try {
      const answer = await renewShare(db, this.workflowId, { ...report, news }, this.timing)
      this.#unsent = {}
      if (!answer) return undefined
      this.#throttle?.take(answer, machine, sentAt + leaseMs - marginMs)
      const isIdle = report.lanes === 0 && Object.values(report.parts).every(({ held }) => held <= 0)
      return isIdle ? undefined : Math.max(LEAST_GAP_MS, Math.min(renewMs, answer.turnEndsInMs ?? renewMs))
    } catch (fault) {
      this.#unsent = news
      if (!(fault instanceof DatabaseAway)) onFault(fault)
      return renewMs
    }
  }
}
