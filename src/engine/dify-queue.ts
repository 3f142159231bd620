import type { Clock } from './clock.ts'
import type { Run } from './run.ts'
import type { Timing } from './timing.ts'

/** A call that Dify has accepted and that no worker has started. Times are on the monotonic clock. */
interface WaitingCall {
  acceptedAt: number
  /** how many calls had started by then */
  startsBefore: number
  /** the most runs at once since then */
  mostRunning: number
  /** it has waited too long, and the limit was set by it */
  isJudged: boolean
}

/**
 * Dify's own queue, as far as the calls of one workflow show it. Dify accepts every call at once, but a run starts only
 * when a worker is free. Any further call only makes the queue longer, for everybody who uses that server.
 *
 * Once a call has waited for a few seconds there is a limit: as many calls as Dify was seen to run at once, or to start in
 * those seconds, and a few more that wait, so that no worker is idle. It rises when more run at once than it assumed.
 *
 * A call can be lost in the queue, and it takes half an hour to be sure of that. Lost calls must not use up the limit. So a
 * call no longer counts once one that was accepted later has started. And while nothing runs or starts, one more call is
 * sent every minute, because all the waiting ones may be lost.
 */
export class DifyQueue {
  /** by the call's `user`, in the order of acceptance */
  readonly #waiting = new Map<string, WaitingCall>()
  /** by the call's `user`: when its run started, in this order */
  readonly #running = new Map<string, number>()
  /** when the latest of the calls that have started was accepted */
  #lastStarted = Number.NEGATIVE_INFINITY
  #starts = 0
  /** undefined: no call has waited for long so far, so there is no limit */
  #limit: { workers: number; spare: number } | undefined
  /** when a call was last sent, started or ended */
  #changedAt = Number.NEGATIVE_INFINITY

  /** @param onChange called when the next call may be allowed now */
  constructor(
    private readonly clock: Clock,
    private readonly timing: Pick<Timing, 'queueMs' | 'overtakenMs' | 'startsWithinMs' | 'runEndsMs'>,
    private readonly onChange: () => void,
  ) {}

  /** How many calls wait in it, lost ones included. */
  get size(): number {
    this.#forget(this.clock.monotonicNow())
    return this.#waiting.size
  }

  /**
   * When the next call may be sent; Infinity: not before one starts or ends.
   * @param underWay calls sent and not over
   */
  nextAt(now: number, underWay: number): number {
    this.#judge(now)
    if (!this.#limit) return now
    const { workers, spare } = this.#limit
    const lost = [...this.#waiting.values()].filter((call) => this.#isOvertaken(call)).length
    if (underWay - lost < workers + spare) return now
    if (this.#running.size === 0) return this.#changedAt + this.timing.overtakenMs
    const oneMore = [...this.#running.values()][workers]
    return oneMore === undefined ? Number.POSITIVE_INFINITY : oneMore + SURELY_RUNS_MS
  }

  sent(now: number): void {
    this.#changedAt = now
  }

  /** @param acceptedAt on the monotonic clock, as are all times here */
  accepted({ user }: Run, acceptedAt: number): void {
    this.#judge(this.clock.monotonicNow())
    if (this.#waiting.has(user)) return
    this.#waiting.set(user, { acceptedAt, startsBefore: this.#starts, mostRunning: 0, isJudged: false })
  }

  started({ user }: Run, acceptedAt: number): void {
    const now = this.clock.monotonicNow()
    this.#judge(now)
    this.#lastStarted = Math.max(this.#lastStarted, acceptedAt)
    this.#waiting.delete(user)
    if (this.#running.has(user)) return
    this.#running.set(user, now)
    this.#starts++
    this.#changed(now)
  }

  /** The end of its run is known, or nobody here follows it any longer. */
  left({ user }: Run): void {
    const now = this.clock.monotonicNow()
    this.#judge(now)
    if (this.#waiting.delete(user) || this.#running.delete(user)) this.#changed(now)
  }

  /** Whether a call that was accepted then or later has started. If so, one from long before is presumed lost. */
  hasStartedSince(acceptedAt: number): boolean {
    return this.#lastStarted >= acceptedAt
  }

  #changed(now: number): void {
    this.#changedAt = now
    if (this.#limit) this.onChange()
  }

  /** Adapts the limit. Called before every change, to see the state that lasted until then. */
  #judge(now: number): void {
    this.#forget(now)
    const running = [...this.#running.values()].filter(
      (startedAt) => now - startedAt >= SURELY_RUNS_MS,
    ).length
    // More run than was assumed, so workers are free. Doubled: a limit that is too low is gone within a few starts.
    if (this.#limit && running > this.#limit.workers) {
      this.#limit = { workers: running, spare: this.#limit.spare * 2 }
    }
    for (const call of this.#waiting.values()) {
      call.mostRunning = Math.max(call.mostRunning, running)
      if (call.isJudged || now - call.acceptedAt < this.timing.startsWithinMs) continue
      call.isJudged = true
      if (this.#isOvertaken(call)) continue
      const workers = Math.max(call.mostRunning, this.#starts - call.startsBefore)
      this.#limit = { workers, spare: LEAST_SPARE + Math.floor(workers / WORKERS_A_SPARE) }
    }
  }

  #isOvertaken({ acceptedAt }: WaitingCall): boolean {
    return acceptedAt < this.#lastStarted
  }

  /** Forgets calls whose end was never reported here, for example because another process follows them now. */
  #forget(now: number): void {
    const { queueMs, runEndsMs } = this.timing
    for (const [user, { acceptedAt }] of this.#waiting) {
      if (acceptedAt < now - queueMs) this.#waiting.delete(user)
    }
    for (const [user, startedAt] of this.#running) if (startedAt < now - runEndsMs) this.#running.delete(user)
  }
}

/** A worker's next run may be reported before the end of its last one. So a run counts only after this time. */
const SURELY_RUNS_MS = 1_000
/** Two, since one of them may be lost. */
const LEAST_SPARE = 2
/** One more spare call for every so many workers: several may become free at the same time. */
const WORKERS_A_SPARE = 4
