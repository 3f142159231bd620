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

/** What a queue needs to run tasks. */
export interface RunnerOptions {
  store: RunnerStore
  services: RunnerServices
  /** @throws UserError if the workflow cannot be used: the task stops and shows that error */
  runtimeOf: (task: Task) => Promise<WorkflowRuntime>
  clock: Clock
  /** A bug or a broken disk: the task is tried again later. @returns the id of the log entry */
  onFault(fault: unknown, taskId: string): string
  /** ms before such a task is taken again */
  afterFaultMs: number
}

interface Running {
  task: Task
  /** undefined until its workflow is loaded */
  run?: TaskRun
  /** set if it was aborted before that */
  abortReason?: symbol
  /** it starts no further row: another process is to have it */
  isLeft: boolean
  ended: Promise<void>
}

const FAULTS_IN_A_ROW = 3

/** The tasks that run in this process. A queue decides which. */
export class RunningTasks {
  readonly #running = new Map<string, Running>()
  readonly #notBefore = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  /** true: they start no further row */
  #leaving = false

  /** @param onEnded a task has ended here, for whatever reason */
  constructor(
    private readonly options: RunnerOptions,
    private readonly onEnded: () => void,
  ) {}

  get ids(): string[] {
    return [...this.#running.keys()]
  }

  /** When the task ends here; undefined: it does not run here. */
  ended(id: string): Promise<void> | undefined {
    return this.#running.get(id)?.ended
  }

  /** False: it has just failed by a fault, and is to be tried again later. */
  mayTake(id: string): boolean {
    return (this.#notBefore.get(id) ?? 0) <= this.options.clock.monotonicNow()
  }

  /** Takes the task, if it waits or its runner is dead, and runs it. False: it can not be taken any more. */
  async take(id: string): Promise<boolean> {
    const task = await this.options.store.take(id)
    if (!task) return false
    const running: Running = { task, isLeft: false, ended: Promise.resolve() }
    this.#running.set(id, running)
    running.ended = this.#end(running)
    return true
  }

  /** Applies what happened to each of them, as the database has them now. */
  async follow(found: (id: string) => Task | undefined): Promise<void> {
    for (const running of this.#running.values()) await this.#follow(running, found(running.task.id))
  }

  /** Lets the task go to another process: it starts no further row here. */
  leave(id: string): void {
    const running = this.#running.get(id)
    if (!running) return
    running.isLeft = true
    running.run?.drain()
  }

  /** Starts no further row, waits up to `graceMs` for rows in flight, then leaves them to the next runner. */
  async drain(graceMs: number): Promise<void> {
    this.#leaving = true
    const all = [...this.#running.values()]
    for (const { run } of all) run?.drain()
    const cancel = this.options.clock.after(graceMs, () => {
      for (const running of all) abort(running, LEAVING)
    })
    await Promise.all(all.map(({ ended }) => ended))
    cancel()
  }

  /** Watches the runs that are to be stopped at Dify and that nobody watches. */
  async stopRuns(isHeldElsewhere: (run: Run) => boolean = () => false): Promise<void> {
    const { services, runtimeOf, store } = this.options
    const isHeld = (run: Run) => this.#isHeld(run) || isHeldElsewhere(run)
    await services.stopped.takeOver(services, isHeld, async ({ taskId }) => {
      const task = await store.find(taskId)
      if (!task) throw new UnknownTask(taskId)
      return runtimeOf(task)
    })
  }

  /** A lane may still have the run. */
  #isHeld({ taskId }: Run): boolean {
    const running = this.#running.get(taskId)
    return running !== undefined && running.run?.hasLanes !== false
  }

  /**
   * Stopped or deleted by a person: its runs are stopped at Dify. A new epoch without a stop: another runner has taken it
   * over, and its runs belong to that runner now. Otherwise it may have been paused, resumed or retried.
   */
  async #follow(running: Running, found: Task | undefined): Promise<void> {
    const { task, run } = running
    const now = found ?? (await this.options.store.find(task.id))
    if (!now || (now.stoppedEpoch ?? 0) > task.epoch) abort(running, STOPPED)
    else if (now.epoch !== task.epoch) abort(running, LEAVING)
    else if (this.#leaving || running.isLeft || (now.status !== 'running' && now.status !== 'pending'))
      run?.drain()
    else if (now.status === 'pending') await this.#resume(running)
    else if (await this.options.store.hasWaiting(task)) run?.resume() // retried rows need lanes again
  }

  /** Paused and resumed while its last rows are in flight: it continues without waiting for them. */
  async #resume({ task, run }: Running): Promise<void> {
    if (run?.resume()) await this.options.store.rejoin(task)
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
    this.onEnded()
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
    if (this.#leaving || running.isLeft) run.drain()
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
