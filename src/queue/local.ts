import type { Clock } from '../engine/clock.ts'
import { LEAVING, STOPPED } from '../engine/chase.ts'
import { TaskRun } from '../engine/runner.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { Line, World } from '../engine/world.ts'
import type { Shelf } from './runner-store.ts'

/** Who runs which task. Here: this process, every task of its database. */
export interface Queue {
  start(): void
  /** A task waits or was changed: look at once. */
  poke(): void
  /** Begins no further row, waits `graceMs` for those in flight, then leaves them to the next runner. */
  stop(graceMs: number): Promise<void>
}

export interface LocalOptions {
  shelf: Shelf
  world: World
  /** @throws UserError when the workflow cannot be used: the task stops with its sentence */
  lineOf: (task: Task) => Promise<Line>
  clock: Clock
  /** A bug or a broken disk: the task is left for later. Gives the id under which the log has it. */
  onFault(fault: unknown, taskId: string): string
  /** before a task that faulted is taken again */
  afterFaultMs: number
  /** between two looks at what other processes have changed */
  lookEveryMs?: number
}

interface Running {
  task: Task
  /** once its workflow is known */
  run?: TaskRun
  /** told before that */
  cutBy?: symbol
  ended: Promise<void>
}

const LOOK_EVERY_MS = 250
const FAULTS_IN_A_ROW = 3

export class LocalQueue implements Queue {
  readonly #running = new Map<string, Running>()
  readonly #notBefore = new Map<string, number>()
  readonly #faults = new Map<string, number>()
  #cancelLook: (() => void) | undefined
  #looking: Promise<void> | undefined
  #again = false
  /** takes no further task */
  #leaving = false
  #closed = false

  constructor(private readonly options: LocalOptions) {}

  start(): void {
    this.poke()
  }

  poke(): void {
    if (this.#looking) this.#again = true
    else if (!this.#closed) this.#looking = this.#round()
  }

  async stop(graceMs: number): Promise<void> {
    this.#leaving = true
    await this.#looking // it may be taking one just now
    const all = [...this.#running.values()]
    for (const { run } of all) run?.drain()
    const cancel = this.options.clock.after(graceMs, () => {
      for (const running of all) cut(running, LEAVING)
    })
    // Looked at to the last: a task may be stopped by a person while its last rows finish.
    this.poke()
    await Promise.all(all.map(({ ended }) => ended))
    cancel()
    this.#closed = true
    this.#cancelLook?.()
    await this.#looking
  }

  /** Looks until nobody has asked for another look meanwhile, then sets the alarm for the next one. */
  async #round(): Promise<void> {
    this.#cancelLook?.()
    do {
      this.#again = false
      try {
        await this.#look()
      } catch (fault) {
        this.options.onFault(fault, '')
      }
    } while (this.#again && !this.#closed)
    this.#looking = undefined
    if (this.#closed) return
    this.#cancelLook = this.options.clock.after(this.options.lookEveryMs ?? LOOK_EVERY_MS, () => this.poke())
  }

  /** One look at the database: follow what people have changed, take what waits. */
  async #look(): Promise<void> {
    const open = new Map((await this.options.shelf.open()).map((task) => [task.id, task]))
    for (const running of this.#running.values()) {
      await this.#follow(running, open.get(running.task.id))
    }
    for (const task of open.values()) {
      if (this.#leaving) return
      if (!this.#running.has(task.id) && this.#mayTake(task)) await this.#take(task)
    }
  }

  /** Another epoch or no task at all: it was stopped or deleted. Another state: it was paused, or goes on already. */
  async #follow(running: Running, open: Task | undefined): Promise<void> {
    const { task, run } = running
    const now = open ?? (await this.options.shelf.find(task.id))
    if (now?.epoch !== task.epoch) cut(running, STOPPED)
    else if (this.#leaving || (now.status !== 'running' && now.status !== 'pending')) run?.drain()
    else if (now.status === 'pending') await this.#goOn(running)
    else if (await this.options.shelf.hasWaiting(task)) run?.goOn() // rows that were put back in line need lanes again
  }

  /** Paused and resumed while its last rows are still in flight: it need not wait for them. */
  async #goOn({ task, run }: Running): Promise<void> {
    if (run?.goOn()) await this.options.shelf.rejoin(task)
  }

  #mayTake(task: Task): boolean {
    return (this.#notBefore.get(task.id) ?? 0) <= this.options.clock.monotonicNow()
  }

  async #take(waiting: Task): Promise<void> {
    const task = await this.options.shelf.take(waiting.id)
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
    this.options.world.report(id)
    this.poke()
  }

  /** Tried again in a while; a task that faults again and again is told of, instead of being tried for ever. */
  async #faulted(task: Task, logId: string): Promise<void> {
    const faults = (this.#faults.get(task.id) ?? 0) + 1
    this.#faults.set(task.id, faults)
    this.#notBefore.set(task.id, this.options.clock.monotonicNow() + this.options.afterFaultMs)
    if (faults < FAULTS_IN_A_ROW) return
    this.#faults.delete(task.id)
    const error = `Something in Rowbot itself goes wrong with this task (${logId}). The log has the details.`
    await this.options.shelf.halt(task, error).catch((fault: unknown) => this.options.onFault(fault, task.id))
  }

  async #run(running: Running): Promise<void> {
    const { shelf, world, lineOf } = this.options
    const { task } = running
    const line = await lineOf(task).catch(async (fault: unknown) => {
      if (!(fault instanceof UserError)) throw fault
      await shelf.halt(task, sentences(fault))
    })
    if (!line) return

    world.report(task.id)
    const run = new TaskRun(task, line, world, ({ error, hint }) => shelf.halt(task, `${error} ${hint}`))
    running.run = run
    if (running.cutBy) run.cut(running.cutBy)
    if (this.#leaving) run.drain()
    const ending = await run.run()
    if (ending === 'halted' || (await shelf.complete(task))) return
    // It was told to leave, or a person has put failed rows back in line meanwhile: it waits for whoever is next.
    await shelf.release(task)
  }
}

function cut(running: Running, reason: symbol): void {
  running.cutBy = reason
  running.run?.cut(reason)
}

function sentences({ message, hint }: UserError): string {
  return hint ? `${message} ${hint}` : message
}
