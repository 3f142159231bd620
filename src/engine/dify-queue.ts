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
 * Dify's own queue, as one workflow's calls show it: Dify accepts every call at once, but a run starts only when a worker
 * is free. More calls than the workers can start only make that queue longer, for everybody who uses the server. So once a
 * call has not started within a few seconds, no more calls are under way than Dify has been seen to run or start in
 * that time, and a few that wait, so that no worker is idle. The limit rises as soon as more run at once than it assumed.
 *
 * A call can be lost in the queue, and only half an hour later is it certain. Such calls must not use up the limit: a call
 * does not count once one that was accepted later has started. And if nothing runs or starts, one more call is sent
 * every minute, because all that wait may be lost.
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

  /** Its end is known, or nobody waits for it any longer. */
  left({ user }: Run): void {
    const now = this.clock.monotonicNow()
    this.#judge(now)
    if (this.#waiting.delete(user) || this.#running.delete(user)) this.#changed(now)
  }

  /** A call that was accepted then or later has started. The queue is in order, so one from long before must be lost. */
  hasStartedSince(acceptedAt: number): boolean {
    return this.#lastStarted >= acceptedAt
  }

  #changed(now: number): void {
    this.#changedAt = now
    if (this.#limit) this.onChange()
  }

  /** Adapts the limit. Called before every change, so that it sees how things were until then. */
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

  /** Calls whose end nobody told us, because another process follows them now. */
  #forget(now: number): void {
    const { queueMs, runEndsMs } = this.timing
    for (const [user, { acceptedAt }] of this.#waiting) {
      if (acceptedAt < now - queueMs) this.#waiting.delete(user)
    }
    for (const [user, startedAt] of this.#running) if (startedAt < now - runEndsMs) this.#running.delete(user)
  }
}

/** The start of a run is often heard before the end of the one that its worker ran before: for a moment both seem to run. */
const SURELY_RUNS_MS = 1_000
/** Two, since one of them may be lost. */
const LEAST_SPARE = 2
/** One more spare call for every so many workers: several may become free at the same time. */
const WORKERS_A_SPARE = 4
