import type { SandboxRun } from './run.ts'
import { WORKER_DOWN } from './sandbox-fault.ts'

/**
 * They run workflows and chatflows, like Dify's Celery workers. Without a free worker an accepted call waits, and no
 * API call shows that it does.
 */
export class Workers {
  readonly #running = new Set<SandboxRun>()
  #waiting: (() => void)[] = []
  #areThere = true

  /** @param most how many run at once */
  constructor(readonly most: number) {}

  /**
   * Starts a run as soon as a worker is free.
   * @param queuedMs how long this run waits even if workers are free; null: until workers come back
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

  /** SIGKILL: their runs stay “running” for ever. New workers take their place. */
  kill(): void {
    for (const run of this.#running) run.die()
    this.#running.clear()
    this.#next()
  }

  /** SIGTERM: their runs are stopped. New workers take their place. */
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
