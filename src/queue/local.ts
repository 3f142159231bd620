import type { Queue } from './queue.ts'
import { type RunnerOptions, RunningTasks } from './running-tasks.ts'

export interface LocalQueueOptions extends RunnerOptions {
  /** ms between two checks for changes by other processes */
  pollEveryMs?: number
}

const POLL_EVERY_MS = 250

/** This process runs every task of its database. */
export class LocalQueue implements Queue {
  readonly #running: RunningTasks
  #cancelPoll: (() => void) | undefined
  #polling: Promise<void> | undefined
  #pollAgain = false
  /** true: takes no further task */
  #leaving = false
  #closed = false

  constructor(private readonly options: LocalQueueOptions) {
    this.#running = new RunningTasks(options, () => this.wake())
  }

  start(): void {
    this.wake()
  }

  wake(): void {
    if (this.#polling) this.#pollAgain = true
    else if (!this.#closed) this.#polling = this.#round()
  }

  async stop(graceMs: number): Promise<void> {
    this.#leaving = true
    await this.#polling // it may be taking a task at this moment
    const drained = this.#running.drain(graceMs)
    // Polling continues to the end: a person may stop a task while its last rows finish.
    this.wake()
    await drained
    this.#closed = true
    this.#cancelPoll?.()
    await this.#polling
  }

  /** Polls until nobody has asked for another poll meanwhile, then sets the timer for the next one. */
  async #round(): Promise<void> {
    this.#cancelPoll?.()
    do {
      this.#pollAgain = false
      try {
        await this.#poll()
      } catch (fault) {
        this.options.onFault(fault, '')
      }
    } while (this.#pollAgain && !this.#closed)
    this.#polling = undefined
    if (this.#closed) return
    this.#cancelPoll = this.options.clock.after(this.options.pollEveryMs ?? POLL_EVERY_MS, () => this.wake())
  }

  /** One poll of the database: applies what people have changed, and takes tasks that wait. */
  async #poll(): Promise<void> {
    const open = new Map((await this.options.store.open()).map((task) => [task.id, task]))
    await this.#running.follow((id) => open.get(id))
    for (const id of open.keys()) {
      if (this.#leaving) return
      if (!this.#running.ended(id) && this.#running.mayTake(id)) await this.#running.take(id)
    }
    if (!this.#leaving) await this.#running.stopRuns()
  }
}
