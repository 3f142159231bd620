import { setTimeout } from 'node:timers/promises'
import { openOwnConnection, type OwnConnection } from '../db/own-connection.ts'
import { type TaskJob, type Jobs, LEASE, type LeaseTiming } from './jobs.ts'
import type { Queue } from './queue.ts'
import { type RunnerOptions, RunningTasks } from './running-tasks.ts'

export interface PgBossQueueOptions extends RunnerOptions {
  url: string
  jobs: Jobs
  /** the most tasks that this process runs at once */
  most: number
  lease?: LeaseTiming
  /** Tells the other processes that a task waits or was changed. */
  tellOthers: () => Promise<void>
}

/** Notifications of this name say that a task waits or was changed. */
export const TASKS_CHANGED = 'rowbot_tasks'
/** Processes that run tasks hold this lock together, so that others can see that there is one: “rowb”, in ASCII. */
export const RUNNER_LOCK = 0x72_6f_77_62
/** The one that stops what the dead have left: “rows”. */
const STOPPER_LOCK = 0x72_6f_77_73

/**
 * So much longer a process waits for each task that it has already, before it looks for the next one: the one with the
 * fewest is the first.
 */
const WAIT_PER_TASK_MS = 2
const LONGEST_WAIT_MS = 50
/** After a fault: how often it is seen whether the task may be tried again. */
const UNTIL_TAKEN_MS = 100

/** Several processes run the tasks of one database, each task in one of them. */
export class PgBossQueue implements Queue {
  readonly #running: RunningTasks
  readonly #held = new Map<string, TaskJob>()
  readonly #handling = new Set<Promise<void>>()
  readonly #lease: LeaseTiming
  #connection: OwnConnection | undefined
  #round: Promise<void> | undefined
  #again = false
  #leaving = false
  #closed = false
  #cancelLook: (() => void) | undefined
  #cancelBeat: (() => void) | undefined
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(private readonly options: PgBossQueueOptions) {
    this.#lease = options.lease ?? LEASE
    this.#running = new RunningTasks(options, () => this.#look())
  }

  start(): void {
    this.#connection = openOwnConnection({
      url: this.options.url,
      channel: TASKS_CHANGED,
      sharedLock: RUNNER_LOCK,
      onNotified: () => this.#look(),
    })
    this.#beat()
    this.#look()
  }

  wake(): void {
    this.#look()
    void this.options.tellOthers().catch(() => {}) // they find it at their next poll
  }

  async stop(graceMs: number): Promise<void> {
    this.#leaving = true
    await this.#round // it may be taking a task at this moment
    const drained = this.#running.drain(graceMs)
    this.#look() // a person may stop a task while its last rows finish
    await drained
    await Promise.all(this.#handling)
    this.#closed = true
    this.#cancelLook?.()
    this.#cancelBeat?.()
    await this.#round
    await this.#connection?.close()
  }

  #look(): void {
    if (this.#closed) return
    if (this.#round) this.#again = true
    else this.#round = this.#rounds()
  }

  async #rounds(): Promise<void> {
    this.#cancelLook?.()
    do {
      this.#again = false
      try {
        await this.#poll()
      } catch (fault) {
        this.options.onFault(fault, '')
      }
    } while (this.#again && !this.#closed)
    this.#round = undefined
    if (!this.#closed) this.#cancelLook = this.options.clock.after(this.#lease.pollMs, () => this.#look())
  }

  async #poll(): Promise<void> {
    const found = await this.options.store.findAll(this.#running.ids)
    const tasks = new Map(found.map((task) => [task.id, task]))
    await this.#running.follow((id) => tasks.get(id))
    if (this.#leaving) return
    await this.#sweep()
    await this.#takeSome()
  }

  async #takeSome(): Promise<void> {
    while (!this.#leaving && this.#held.size < this.options.most) {
      await setTimeout(Math.min(this.#held.size * WAIT_PER_TASK_MS, LONGEST_WAIT_MS))
      const job = await this.options.jobs.next()
      if (!job) return
      const handling = this.#handle(job).finally(() => this.#handling.delete(handling))
      this.#handling.add(handling)
    }
  }

  /** Runs the job's task to whatever end it comes to here. Never rejects. */
  async #handle(job: TaskJob): Promise<void> {
    const { taskId } = job
    const { jobs, store } = this.options
    this.#held.set(taskId, job)
    const cancelYield = this.options.clock.after(this.#lease.yieldMs, () => this.#running.leave(taskId))
    try {
      await this.#untilMayTake(taskId)
      // It may run here already: this process was silent, so that its job was given to somebody, which is itself.
      if (!this.#running.ended(taskId) && !this.#leaving) await this.#running.take(taskId)
      await this.#running.ended(taskId)
      const task = await store.find(taskId)
      if (task?.status === 'pending' || task?.status === 'running') await jobs.giveBack(job)
      else await jobs.end(job)
    } catch (fault) {
      this.options.onFault(fault, taskId) // its job is given to somebody when it has been silent for long enough
    }
    cancelYield()
    if (this.#held.get(taskId) === job) this.#held.delete(taskId)
    await this.options.tellOthers().catch(() => {})
    this.#look()
  }

  async #untilMayTake(taskId: string): Promise<void> {
    while (!this.#running.mayTake(taskId) && !this.#leaving) await setTimeout(UNTIL_TAKEN_MS)
  }

  /** What a process that died at the wrong moment has left: tasks without a job, and runs that are to be stopped. */
  async #sweep(): Promise<void> {
    const now = this.options.clock.monotonicNow()
    if (now - this.#sweptAt < this.#lease.sweepMs) return
    this.#sweptAt = now
    const { jobs } = this.options
    for (const id of await jobs.listForgotten()) await jobs.send(id)
    if (!(await this.#connection?.tryLock(STOPPER_LOCK))) return
    const held = new Set(await jobs.listHeld())
    await this.#running.stopRuns(({ taskId }) => held.has(taskId))
  }

  async #sayAlive(): Promise<void> {
    try {
      if (!(await this.options.jobs.beat([...this.#held.values()]))) this.#look()
    } catch (fault) {
      this.options.onFault(fault, '')
    }
  }

  #beat(): void {
    if (this.#closed) return
    void this.#sayAlive()
    this.#cancelBeat = this.options.clock.after(this.#lease.beatMs, () => this.#beat())
  }
}
