import type { Run } from './run.ts'

/** Who is told how many calls wait in Dify's queue, so that no more are sent than begin within seconds. */
interface Paced {
  readonly limit: number
  queued?(runs: number): void
}

/** What one workflow's calls tell of the queue that they wait in at Dify: taken, and not yet begun by a worker. */
export class DifyQueue {
  readonly #waiting = new Set<string>()
  #lastBegun = Number.NEGATIVE_INFINITY

  constructor(private readonly paced: Paced) {}

  get size(): number {
    return this.#waiting.size
  }

  accepted({ user }: Run): void {
    this.#waiting.add(user)
    this.#tell()
  }

  /** @param acceptedAt on the clock that never jumps */
  begun({ user }: Run, acceptedAt: number): void {
    this.#lastBegun = Math.max(this.#lastBegun, acceptedAt)
    this.#leave(user)
  }

  /** Its end is known, or nobody here waits for it any more. */
  left({ user }: Run): void {
    this.#leave(user)
  }

  /** A call that Dify took then or later has begun: the queue is in order, so one from long before must be lost. */
  hasBegunFrom(acceptedAt: number): boolean {
    return this.#lastBegun >= acceptedAt
  }

  #leave(user: string): void {
    if (this.#waiting.delete(user)) this.#tell()
  }

  #tell(): void {
    this.paced.queued?.(this.size)
  }
}
