import type { Clock } from '../engine/clock.ts'
import { LEAVING, STOPPED } from '../engine/following.ts'
import { TaskRun } from '../engine/task-run.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { WorkflowRuntime, RunnerServices } from '../engine/services.ts'
import type { RunnerStore } from './runner-store.ts'

/** Who runs which task. Here: this process, every task of its database. */
export interface Queue {
  start(): void
  /** A task waits or was changed: look at once. */
  wake(): void
  /** Begins no further row, waits `graceMs` for those in flight, then leaves them to the next runner. */
  stop(graceMs: number): Promise<void>
}

export interface LocalQueueOptions {
  store: RunnerStore
  services: RunnerServices
  /** @throws UserError when the workflow cannot be used: the task stops with its sentence */
  runtimeOf: (task: Task) => Promise<WorkflowRuntime>
  clock: Clock
  /** A bug or a broken disk: the task is left for later. Gives the id under which the log has it. */
  onFault(fault: unknown, taskId: string): string
  /** before a task that faulted is taken again */
  afterFaultMs: number
  /** between two looks at what other processes have changed */
  pollEveryMs?: number
}

interface Running {
  task: Task
  /** once its workflow is known */
  run?: TaskRun
  /** told before that */
  abortReason?: symbol
  ended: Promise<void>
}

const POLL_EVERY_MS = 250
const FAULTS_IN_A_ROW = 3

export class LocalQueue implements Queue {
  readonly #running = new Map<string, Running>()
  readonly #notBefore = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  #cancelPoll: (() => void) | undefined
  #polling: Promise<void> | undefined
  #pollAgain = false
  /** takes no further task */
  #leaving = false
  #closed = false

  constructor(private readonly options: LocalQueueOptions) {}

  start(): void {
    this.wake()
  }

  wake(): void {
    if (this.#polling) this.#pollAgain = true
    else if (!this.#closed) this.#polling = this.#round()
  }

  async stop(graceMs: number): Promise<void> {
    this.#leaving = true
    await this.#polling // it may be taking one just now
    const all = [...this.#running.values()]
    for (const { run } of all) run?.drain()
    const cancel = this.options.clock.after(graceMs, () => {
      for (const running of all) abort(running, LEAVING)
    })
    // Looked at to the last: a task may be stopped by a person while its last rows finish.
    this.wake()
    await Promise.all(all.map(({ ended }) => ended))
    cancel()
    this.#closed = true
    this.#cancelPoll?.()
    await this.#polling
  }

  /** Looks until nobody has asked for another look meanwhile, then sets the alarm for the next one. */
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

  /** One look at the database: follow what people have changed, take what waits. */
  async #poll(): Promise<void> {
    const open = new Map((await this.options.store.open()).map((task) => [task.id, task]))
    for (const running of this.#running.values()) {
      await this.#follow(running, open.get(running.task.id))
    }
    for (const task of open.values()) {
      if (this.#leaving) return
      if (!this.#running.has(task.id) && this.#mayTake(task)) await this.#take(task)
    }
  }

  /**
   * Stopped or deleted by a person: what is in flight is stopped at Dify. Another epoch all the same: another runner has
   * taken it over, and what is in flight is now that one's to ask after. Another state: paused, or it goes on already.
   */
  async #follow(running: Running, open: Task | undefined): Promise<void> {
    const { task, run } = running
    const now = open ?? (await this.options.store.find(task.id))
    if (!now || (now.stoppedEpoch ?? 0) > task.epoch) abort(running, STOPPED)
    else if (now.epoch !== task.epoch) abort(running, LEAVING)
    else if (this.#leaving || (now.status !== 'running' && now.status !== 'pending')) run?.drain()
    else if (now.status === 'pending') await this.#resume(running)
    else if (await this.options.store.hasWaiting(task)) run?.resume() // rows that were put back in line need lanes again
  }

  /** Paused and resumed while its last rows are still in flight: it need not wait for them. */
  async #resume({ task, run }: Running): Promise<void> {
    if (run?.resume()) await this.options.store.rejoin(task)
  }

  #mayTake(task: Task): boolean {
    return (this.#notBefore.get(task.id) ?? 0) <= this.options.clock.monotonicNow()
  }

  async #take(waiting: Task): Promise<void> {
    const task = await this.options.store.take(waiting.id)
    if (!task) return
    const running: Running = { task, ended: Promise.resolve() }
    this.#running.set(task.id, running)
    running.ended = this.#end(running)
  }

  /** Runs it to its end, whatever that is. Never rejects. */
  async #end(running: Running): Promise<void> {
    const { id } = running.task
    try {
      await this.#run(running)
      this.#faults.delete(id)
    } catch (fault) {
      await this.#faulted(running.task, this.options.onFault(fault, id))
    }
    this.#running.delete(id)
    this.options.services.report(id)
    this.wake()
  }

  /** Tried again in a while; a task that faults again and again is told of, instead of being tried for ever. */
  async #faulted(task: Task, logId: string): Promise<void> {
    const faults = (this.#faults.get(task.id) ?? 0) + 1
    this.#faults.set(task.id, faults)
    this.#notBefore.set(task.id, this.options.clock.monotonicNow() + this.options.afterFaultMs)
    if (faults < FAULTS_IN_A_ROW) return
    this.#faults.delete(task.id)
    const error = `Something in Rowbot itself goes wrong with this task (${logId}). The log has the details.`
    await this.options.store.halt(task, error).catch((fault: unknown) => this.options.onFault(fault, task.id))
  }

  async #run(running: Running): Promise<void> {
    const { store, services, runtimeOf } = this.options
    const { task } = running
    const runtime = await runtimeOf(task).catch(async (fault: unknown) => {
      if (!(fault instanceof UserError)) throw fault
      await store.halt(task, sentences(fault))
    })
    if (!runtime) return

    services.report(task.id)
    const run = new TaskRun(task, runtime, services, ({ error, hint }) =>
      store.halt(task, `${error} ${hint}`),
    )
    running.run = run
    if (running.abortReason) run.abort(running.abortReason)
    if (this.#leaving) run.drain()
    const ending = await run.run()
    if (ending === 'halted' || (await store.complete(task))) return
    // It was told to leave, or a person has put failed rows back in line meanwhile: it waits for whoever is next.
    await store.release(task)
  }
}

function abort(running: Running, reason: symbol): void {
  running.abortReason = reason
  running.run?.abort(reason)
}

function sentences({ message, hint }: UserError): string {
  return hint ? `${message} ${hint}` : message
}
