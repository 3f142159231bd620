import type { SandboxRun } from './run.ts'
import { WORKER_DOWN } from './sandbox-fault.ts'

/**
 * Those that run workflows and chatflows, as Dify's Celery workers do. Without a free one an accepted call waits, and
 * nobody can see that it does.
 */
export class Workers {
  readonly #running = new Set<SandboxRun>()
  #waiting: (() => void)[] = []
  #areThere = true

  /** @param most how many run at once */
  constructor(readonly most: number) {}

  /**
   * Begins a run as soon as one is free.
   * @param queuedMs how long this one waits whoever is free; null: until workers come back
   */
  take(begin: () => SandboxRun, queuedMs?: number | null): SandboxRun | Promise<SandboxRun> {
    if (queuedMs === undefined && this.#isFree) return this.#run(begin)
    const { promise, resolve } = Promise.withResolvers<SandboxRun>()
    const wait = () => {
      this.#waiting.push(() => resolve(this.#run(begin)))
      this.#next()
    }
    if (queuedMs === undefined) wait()
    else if (queuedMs !== null) setTimeout(wait, queuedMs)
    else this.#waiting.push(() => resolve(this.#run(begin)))
    return promise
  }

  /** SIGKILL: what they run is “running” for ever. Others take their place. */
  kill(): void {
    for (const run of this.#running) run.die()
    this.#running.clear()
    this.#next()
  }

  /** SIGTERM: what they run is stopped. Others take their place. */
  shutDown(): void {
    for (const run of this.#running) run.stop(WORKER_DOWN)
  }

  leave(): void {
    this.#areThere = false
  }

  comeBack(): void {
    this.#areThere = true
    this.#next()
  }

  get #isFree(): boolean {
    return this.#areThere && this.#running.size < this.most
  }

  #run(begin: () => SandboxRun): SandboxRun {
    const run = begin()
    if (run.status !== 'running') return run
    this.#running.add(run)
    run.whenOver(() => {
      this.#running.delete(run)
      this.#next()
    })
    return run
  }

  #next(): void {
    while (this.#isFree && this.#waiting.length > 0) this.#waiting.shift()?.()
  }
}
