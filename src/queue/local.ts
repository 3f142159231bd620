import type { Clock } from '../engine/clock.ts'
import { UnknownTask } from '../engine/engine.ts'
import { LEAVING, STOPPED } from '../engine/following.ts'
import { TaskRun } from '../engine/task-run.ts'
import type { Run } from '../engine/run.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { WorkflowRuntime, RunnerServices } from '../engine/services.ts'
import type { RunnerStore } from './runner-store.ts'
import { say, type Sentence } from '../engine/sentence.ts'

/** Decides which process runs which task. Here: this process runs every task of its database. */
export interface Queue {
  start(): void
  /** A task waits or was changed: check now, not only at the next poll. */
  wake(): void
  /** Starts no further row, waits up to `graceMs` for rows in flight, then leaves them to the next runner. */
  stop(graceMs: number): Promise<void>
}

export interface LocalQueueOptions {
  store: RunnerStore
  services: RunnerServices
  /** @throws UserError if the workflow cannot be used: the task stops and shows that error */
  runtimeOf: (task: Task) => Promise<WorkflowRuntime>
  clock: Clock
  /** A bug or a broken disk: the task is tried again later. @returns the id of the log entry */
  onFault(fault: unknown, taskId: string): string
  /** ms before such a task is taken again */
  afterFaultMs: number
  /** ms between two checks for changes by other processes */
  pollEveryMs?: number
}

interface Running {
  task: Task
  /** undefined until its workflow is loaded */
  run?: TaskRun
  /** set if it was aborted before that */
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
  /** true: takes no further task */
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
    await this.#polling // it may be taking a task at this moment
    const all = [...this.#running.values()]
    for (const { run } of all) run?.drain()
    const cancel = this.options.clock.after(graceMs, () => {
      for (const running of all) abort(running, LEAVING)
    })
    // Polling continues to the end: a person may stop a task while its last rows finish.
    this.wake()
    await Promise.all(all.map(({ ended }) => ended))
    cancel()
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
    for (const running of this.#running.values()) {
      await this.#follow(running, open.get(running.task.id))
    }
    for (const task of open.values()) {
      if (this.#leaving) return
      if (!this.#running.has(task.id) && this.#mayTake(task)) await this.#take(task)
    }
    const { services, runtimeOf } = this.options
    if (this.#leaving) return
    await services.stopped.takeOver(services, this.#isHeld, async ({ taskId }) => {
      const task = await this.options.store.find(taskId)
      if (!task) throw new UnknownTask(taskId)
      return runtimeOf(task)
    })
  }

  /** A lane may still have the run. */
  readonly #isHeld = ({ taskId }: Run): boolean => {
    const running = this.#running.get(taskId)
    return running !== undefined && running.run?.hasLanes !== false
  }

  /**
   * Applies what happened to a running task. Stopped or deleted by a person: its runs are stopped at Dify. A new epoch
   * without a stop: another runner has taken it over, and its runs belong to that runner now. Otherwise it may have been
   * paused, resumed or retried.
   */
  async #follow(running: Running, open: Task | undefined): Promise<void> {
    const { task, run } = running
    const now = open ?? (await this.options.store.find(task.id))
    if (!now || (now.stoppedEpoch ?? 0) > task.epoch) abort(running, STOPPED)
    else if (now.epoch !== task.epoch) abort(running, LEAVING)
    else if (this.#leaving || (now.status !== 'running' && now.status !== 'pending')) run?.drain()
    else if (now.status === 'pending') await this.#resume(running)
    else if (await this.options.store.hasWaiting(task)) run?.resume() // retried rows need lanes again
  }

  /** Paused and resumed while its last rows are in flight: it continues without waiting for them. */
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

  /** Runs the task until it ends, for whatever reason. Never rejects. */
  async #end(running: Running): Promise<void> {
    const { id } = running.task
    try {
      await this.#run(running)
      this.#faults.delete(id)
    } catch (fault) {
      await this.#faulted(running.task, this.options.onFault(fault, id))
    }
    this.#running.delete(id)
    this.wake()
  }

  /** The task is tried again after a while. After several faults in a row it stops and says so. */
  async #faulted(task: Task, logId: string): Promise<void> {
    const faults = (this.#faults.get(task.id) ?? 0) + 1
    this.#faults.set(task.id, faults)
    this.#notBefore.set(task.id, this.options.clock.monotonicNow() + this.options.afterFaultMs)
    if (faults < FAULTS_IN_A_ROW) return
    this.#faults.delete(task.id)
    const error = say('rowbot-failed-often', { log: logId })
    await this.options.store.halt(task, error).catch((fault: unknown) => this.options.onFault(fault, task.id))
  }

  async #run(running: Running): Promise<void> {
    const { store, services, runtimeOf } = this.options
    const { task } = running
    const runtime = await runtimeOf(task).catch(async (fault: unknown) => {
      if (!(fault instanceof UserError)) throw fault
      await store.halt(task, withHint(fault.says.message, fault.says.hint))
    })
    if (!runtime) return

    const run = new TaskRun(task, runtime, services, ({ error, hint }) =>
      store.halt(task, withHint(error, hint)),
    )
    running.run = run
    if (running.abortReason) run.abort(running.abortReason)
    if (this.#leaving) run.drain()
    const ending = await run.run()
    if (ending === 'halted' || (await store.complete(task))) return
    // It was told to leave, or a person has retried failed rows meanwhile: the task waits for the next runner.
    await store.release(task)
  }
}

function abort(running: Running, reason: symbol): void {
  running.abortReason = reason
  running.run?.abort(reason)
}

function withHint(error: Sentence, hint: Sentence | undefined): Sentence {
  return hint === undefined ? error : say('with-hint', { error, hint })
}
