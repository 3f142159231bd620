import type { Clock } from './clock.ts'
import type { Run } from './run.ts'

/** Who is told how many calls wait in Dify's queue, so that no more are sent than begin within seconds. */
interface Paced {
  readonly limit: number
  queued?(runs: number): void
}

/** What one workflow's calls tell of the queue that they wait in at Dify: taken, and not yet begun by a worker. */
export class DifyQueue {
  /** by user: since when, on the clock that never jumps */
  readonly #waiting = new Map<string, number>()
  #lastStarted = Number.NEGATIVE_INFINITY

  /** @param longestMs what waits longer must be lost */
  constructor(
    private readonly paced: Paced,
    private readonly clock: Clock,
    private readonly longestMs: number,
  ) {}

  get size(): number {
    const from = this.clock.monotonicNow() - this.longestMs
    for (const [user, since] of this.#waiting) if (since < from) this.#waiting.delete(user)
    return this.#waiting.size
  }

  /** @param at as for all of these, on the clock that never jumps */
  accepted({ user }: Run, at: number): void {
    this.#waiting.set(user, at)
    this.#tell()
  }

  started({ user }: Run, acceptedAt: number): void {
    this.#lastStarted = Math.max(this.#lastStarted, acceptedAt)
    this.#leave(user)
  }

  /** Its end is known, or it is given up. */
  left({ user }: Run): void {
    this.#leave(user)
  }

  /** A call that Dify took then or later has begun: the queue is in order, so one from long before must be lost. */
  hasStartedSince(acceptedAt: number): boolean {
    return this.#lastStarted >= acceptedAt
  }

  #leave(user: string): void {
    if (this.#waiting.delete(user)) this.#tell()
  }

  #tell(): void {
    this.paced.queued?.(this.size)
  }
}
