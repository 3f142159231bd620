import type { Logger } from 'pino'
import { type FolderLock, lockFolder } from '../db/folder-lock.ts'
import type { Db } from '../db/schema.ts'
import { createRowStore } from '../db/store.ts'
import { createWriter, type Write } from '../db/writer.ts'
import type { Clock } from '../engine/clock.ts'
import type { RunnerServices } from '../engine/services.ts'
import { StoppedRuns } from '../engine/stopped-runs.ts'
import type { Timing } from '../engine/timing.ts'
import type { Cluster } from '../queue/cluster.ts'
import { LocalQueue } from '../queue/local.ts'
import type { Queue } from '../queue/queue.ts'
import { createRunnerStore } from '../queue/runner-store.ts'
import type { RunnerOptions } from '../queue/running-tasks.ts'
import { judgingRunnerStore } from './judging-store.ts'
import type { Metrics } from './metrics.ts'
import { observedRows, observedRunnerStore } from './observed-stores.ts'
import type { OutputFiles } from './output-files.ts'
import type { Traces } from './traces.ts'
import type { WorkflowRuntimes } from './workflow-runtimes.ts'

export interface RunnerParts {
  db: Db
  clock: Clock
  timing: Timing
  log: Logger
  runtimes: WorkflowRuntimes
  outputFiles: OutputFiles
  /** undefined: one process runs all tasks, the one that has the lock of the data folder */
  cluster: Cluster | undefined
  /** path of that lock */
  lock: string
  tasksAtOnce: number
  /** when this process opened the database, ms since 1970 */
  openedAt: number
  /** told of all that happens to rows and tasks */
  observers: Pick<Metrics, 'settled'> & Pick<Traces, 'called' | 'ended'>
}

/** The runner of this process: runs tasks, and fetches files among their outputs. Runs nothing before `start`. */
export class OwnRunner {
  #lock: FolderLock | undefined
  #queue: Queue | undefined
  #stopped: StoppedRuns | undefined
  /** what fetches files of outputs in this process, besides the tasks that run */
  readonly #fetching = new Set<Promise<void>>()
  /** aborted when rows in flight have had their time */
  #leaving = new AbortController()

  constructor(private readonly parts: RunnerParts) {}

  /**
   * Becomes the runner of this data folder: runs tasks that wait, and those that a dead process left running. False
   * if another process is the runner.
   */
  start(): boolean {
    if (this.#queue) return true
    if (!this.parts.cluster) {
      this.#lock = lockFolder(this.parts.lock)
      if (!this.#lock) return false
    }
    const { db, log, runtimes, timing, clock, cluster, tasksAtOnce, outputFiles, observers } = this.parts
    if (this.#leaving.signal.aborted) this.#leaving = new AbortController()
    const newWriter = () =>
      createWriter(db, {
        leaving: this.#leaving.signal,
        onAway: (err) => log.warn({ err }, 'the database cannot be written: rows wait'),
      })
    const write = newWriter()
    const services = this.#services(write)
    this.#stopped = services.stopped
    const options: RunnerOptions = {
      store: observedRunnerStore(
        judgingRunnerStore(createRunnerStore(db, clock, write, newWriter()), db, (err, taskId) =>
          log.error({ err, taskId }, 'the outputs of a task could not be judged'),
        ),
        log,
        (task) => observers.ended(task),
      ),
      services,
      runtimeOf: runtimes.of,
      clock,
      afterFaultMs: timing.afterFaultMs,
      onFault: (fault, taskId) => {
        const id = crypto.randomUUID().slice(0, 8)
        log.error({ err: fault, taskId, id }, 'a task was interrupted by a fault')
        return id
      },
    }
    this.#queue = cluster ? cluster.queue(options, tasksAtOnce) : new LocalQueue(options)
    this.#queue.start()
    this.#fetch(outputFiles.fetchOn(this.#leaving.signal))
    return true
  }

  /** The runner of this process, if there is one, checks now for what has changed; another's finds it by itself. */
  wake(): void {
    if (this.#queue) this.#queue.wake()
    else void this.parts.cluster?.tell().catch(() => {}) // they find it at their next poll
  }

  get isRunning(): boolean {
    return this.#queue !== undefined
  }

  /** True while this process, or another, runs the tasks of this database. */
  async anyIsRunning(): Promise<boolean> {
    if (this.#queue) return true
    if (this.parts.cluster) return this.parts.cluster.hasRunner()
    const lock = lockFolder(this.parts.lock)
    lock?.release()
    return lock === undefined
  }

  /** Starts no further rows; after `graceMs`, rows in flight are left to the next runner. */
  async stop(graceMs: number): Promise<void> {
    const cancel = this.parts.clock.after(graceMs, () => this.#leaving.abort())
    await this.#queue?.stop(graceMs)
    await this.#stopped?.close()
    this.#leaving.abort()
    await Promise.all(this.#fetching)
    cancel()
    this.#queue = undefined
    this.#lock?.release()
    this.#lock = undefined
  }

  /**
   * A task's files wait to be fetched again: begins at once, and does not wait for the end. If another process is the
   * runner, that one will find them.
   */
  fetchFiles(taskId: string): void {
    // Whoever runs tasks finds them at its next look. A rejection that nobody handles would end the process.
    void this.#fetchHere(taskId).catch((err: unknown) =>
      this.parts.log.error({ err, taskId }, 'files of outputs could not be fetched at once'),
    )
  }

  async #fetchHere(taskId: string): Promise<void> {
    if (!this.#queue && (await this.anyIsRunning())) return
    if (this.#leaving.signal.aborted) this.#leaving = new AbortController()
    this.#fetch(this.parts.outputFiles.fetch({ taskId }, this.#leaving.signal))
  }

  #fetch(fetching: Promise<void>): void {
    const tracked = fetching.finally(() => this.#fetching.delete(tracked))
    this.#fetching.add(tracked)
  }

  /** What the tasks that run in this process need. */
  #services(write: Write): RunnerServices & { stopped: StoppedRuns } {
    const { db, timing, log, clock, openedAt, outputFiles, observers } = this.parts
    const rows = observedRows(createRowStore(db, write), {
      log,
      counted: (settled) => observers.settled(settled),
      called: (taskId, call) => observers.called(taskId, call),
    })
    const stopped = new StoppedRuns(clock, timing, rows, (err) =>
      log.error({ err }, 'a run could not be stopped'),
    )
    return { rows, outputFiles, stopped, openedAt, clock, timing, random: Math.random }
  }
}
