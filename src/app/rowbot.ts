import pino, { type Logger } from 'pino'
import type { Actor } from './actor.ts'
import { taskAudit } from './audit.ts'
import type { Config } from './config.ts'
import { type AdminToken, type DataFolder, openDataFolder } from './data-folder.ts'
import { type FolderLock, lockFolder } from '../db/folder-lock.ts'
import { openDatabase } from '../db/open.ts'
import { LOCK_WAIT_MS } from '../db/sqlite.ts'
import type { Db } from '../db/schema.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { createRowStore, createTaskStore } from '../db/store.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import { createWriter, type Write } from '../db/writer.ts'
import { REAL_CLOCK } from '../engine/clock.ts'
import { Engine, type TaskStore } from '../engine/engine.ts'
import { DEFAULT_TIMING, type Timing } from '../engine/timing.ts'
import type { RANGES, Range } from '../engine/parameters.ts'
import { StoppedRuns } from '../engine/stopped-runs.ts'
import type { RunnerServices } from '../engine/services.ts'
import { FileStore } from '../files/file-store.ts'
import { ThrottleSharing } from './throttle-sharing.ts'
import { WorkflowRuntimes } from './workflow-runtimes.ts'
import type { Metrics } from './metrics.ts'
import type { NotifySettings } from './notify-settings.ts'
import { OutputFiles } from './output-files.ts'
import { judgingRunnerStore } from './judging-store.ts'
import { observedRows, observedRunnerStore, observedTasks } from './observed-stores.ts'
import { LocalQueue } from '../queue/local.ts'
import { createRunnerStore } from '../queue/runner-store.ts'

export interface RowbotOptions {
  config: Config
  log?: Logger
  /** for tests: shorter waits */
  timing?: Timing
  /** for tests: shorter waits for another program that has the database locked */
  lockWaitMs?: number
  /** for tests: shorter time limits than people may set */
  ranges?: Record<keyof typeof RANGES, Range>
}

/** Everything that is built from the config. Runs nothing before `startRunner`. */
export class Rowbot {
  /** acts on tasks without an actor; acts of people and programs go through tasks.ts */
  readonly engine: Engine
  /** the same for an actor: each act is audited in its own transaction */
  readonly engineFor: (actor: Actor) => Engine
  readonly clock = REAL_CLOCK
  readonly runtimes: WorkflowRuntimes
  /** files that came along with uploads */
  readonly files: FileStore
  /** fetches files among rows' outputs */
  readonly outputFiles: OutputFiles
  /** set once the page is served and metrics can be read */
  metrics: Metrics | undefined
  #lock: FolderLock | undefined
  #queue: LocalQueue | undefined
  #stopped: StoppedRuns | undefined
  /** what fetches files of outputs in this process, besides the tasks that run */
  readonly #fetching = new Set<Promise<void>>()
  /** aborted when rows in flight have had their time */
  #leaving = new AbortController()
  readonly #openedAt = REAL_CLOCK.now()

  static async open({
    config,
    log,
    timing = timingOf(config),
    lockWaitMs = LOCK_WAIT_MS,
    ranges,
  }: RowbotOptions): Promise<Rowbot> {
    const folder = openDataFolder(config.dataDir)
    // Before the database is made: if this process dies in between, there is no database without its key.
    const box = createSecretBox(folder.secret(config.secretKey))
    const db = await openDatabase({ url: config.databaseUrl, file: folder.database }, lockWaitMs)
    await discardDeadSubmissions(db, REAL_CLOCK.now())
    return new Rowbot(config, folder, db, box, log ?? fileLog(folder, config), timing, ranges)
  }

  private constructor(
    readonly config: Config,
    private readonly folder: DataFolder,
    readonly db: Db,
    readonly box: SecretBox,
    readonly log: Logger,
    readonly timing: Timing,
    ranges?: Record<keyof typeof RANGES, Range>,
  ) {
    this.files = new FileStore(folder.files)
    const sharing = config.databaseUrl === undefined ? undefined : this.#sharing(config.databaseUrl)
    const { fileHosts } = config.limits
    this.runtimes = new WorkflowRuntimes(db, box, REAL_CLOCK, timing, this.files, fileHosts, sharing)
    this.outputFiles = new OutputFiles({
      db,
      clock: REAL_CLOCK,
      runtimes: this.runtimes,
      files: this.files,
      limits: config.limits,
      log,
      retryMs: timing.retryBaseMs,
      everyMs: FETCH_EVERY_MS,
    })
    const runner = { wake: () => this.wake() }
    const engineOver = (tasks: TaskStore) => new Engine(observedTasks(tasks, log), runner, REAL_CLOCK, ranges)
    this.engine = engineOver(createTaskStore(db, REAL_CLOCK))
    this.engineFor = (actor) => engineOver(createTaskStore(db, REAL_CLOCK, taskAudit(actor, REAL_CLOCK)))
  }

  /**
   * Becomes the runner of this data folder: runs tasks that wait, and those that a dead process left running. False
   * if another process is the runner.
   */
  startRunner(): boolean {
    if (this.#queue) return true
    this.#lock = lockFolder(this.folder.lock)
    if (!this.#lock) return false
    const { db, log, runtimes, timing } = this
    if (this.#leaving.signal.aborted) this.#leaving = new AbortController()
    const write = createWriter(db, {
      leaving: this.#leaving.signal,
      onAway: (err) => log.warn({ err }, 'the database cannot be written: rows wait'),
    })
    const services = this.#services(write)
    this.#stopped = services.stopped
    this.#queue = new LocalQueue({
      store: observedRunnerStore(
        judgingRunnerStore(createRunnerStore(db, REAL_CLOCK, write), db, (err, taskId) =>
          log.error({ err, taskId }, 'the outputs of a task could not be judged'),
        ),
        log,
      ),
      services,
      runtimeOf: runtimes.of,
      clock: REAL_CLOCK,
      afterFaultMs: timing.afterFaultMs,
      onFault: (fault, taskId) => {
        const id = crypto.randomUUID().slice(0, 8)
        log.error({ err: fault, taskId, id }, 'a task was interrupted by a fault')
        return id
      },
    })
    this.#queue.start()
    this.#fetch(this.outputFiles.fetchOn(this.#leaving.signal))
    return true
  }

  /** Other machines may run tasks of this database, too: they share the limits of its workflows. */
  #sharing(url: string): ThrottleSharing {
    const { db, log, timing } = this
    return new ThrottleSharing({
      db,
      url,
      machine: crypto.randomUUID(),
      clock: REAL_CLOCK,
      timing,
      onFault: (err) => log.error({ err }, 'the limits of a workflow could not be shared'),
    })
  }

  /** What the tasks that run in this process need. */
  #services(write: Write): RunnerServices & { stopped: StoppedRuns } {
    const { db, timing, log } = this
    const rows = observedRows(createRowStore(db, write), {
      log,
      counted: (settled) => this.metrics?.settled(settled),
    })
    const stopped = new StoppedRuns(REAL_CLOCK, timing, rows, (err) =>
      log.error({ err }, 'a run could not be stopped'),
    )
    const openedAt = this.#openedAt
    const { outputFiles } = this
    return { rows, outputFiles, stopped, openedAt, clock: REAL_CLOCK, timing, random: Math.random }
  }

  /**
   * A task's files wait to be fetched again: begins at once, and does not wait for the end. If another process is the
   * runner, that one will find them.
   */
  fetchFiles(taskId: string): void {
    if (!this.#queue && this.hasRunner()) return
    if (this.#leaving.signal.aborted) this.#leaving = new AbortController()
    this.#fetch(this.outputFiles.fetch({ taskId }, this.#leaving.signal))
  }

  /** The runner of this process, if there is one, checks now for what has changed; another's finds it by itself. */
  wake(): void {
    this.#queue?.wake()
  }

  #fetch(fetching: Promise<void>): void {
    const tracked = fetching.finally(() => this.#fetching.delete(tracked))
    this.#fetching.add(tracked)
  }

  get runsTasks(): boolean {
    return this.#queue !== undefined
  }

  /** True while this process, or another, is the runner of this data folder. */
  hasRunner(): boolean {
    if (this.#queue) return true
    const lock = lockFolder(this.folder.lock)
    lock?.release()
    return lock === undefined
  }

  get notify(): NotifySettings {
    return this.config.notify
  }

  /** The admin token; makes it if there is none yet. */
  adminToken(): AdminToken {
    return this.folder.adminToken(this.config.http.adminToken)
  }

  /** Starts no further rows; after `graceMs`, rows in flight are left to the next runner. */
  async stopRunner(graceMs: number): Promise<void> {
    const cancel = REAL_CLOCK.after(graceMs, () => this.#leaving.abort())
    await this.#queue?.stop(graceMs)
    await this.#stopped?.close()
    this.#leaving.abort()
    await Promise.all(this.#fetching)
    cancel()
    this.#queue = undefined
    this.#lock?.release()
    this.#lock = undefined
  }

  async close(graceMs = 0): Promise<void> {
    await this.stopRunner(graceMs)
    await this.runtimes.close()
    await this.db.destroy()
  }
}

const FETCH_EVERY_MS = 2_000

function timingOf({ dify }: Config): Timing {
  const queueMs = dify.queueMinutes * 60_000
  return { ...DEFAULT_TIMING, queueMs, lookUpGraceMs: Math.min(DEFAULT_TIMING.lookUpGraceMs, queueMs) }
}

function fileLog(folder: DataFolder, { logLevel }: Config): Logger {
  return pino(
    { level: logLevel, base: null },
    pino.destination({ dest: folder.log, append: true, mode: 0o600 }),
  )
}
