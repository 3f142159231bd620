import { EventEmitter } from 'node:events'
import pino, { type Logger } from 'pino'
import type { Actor } from './actor.ts'
import { taskAudit } from './audit.ts'
import type { Config } from './config.ts'
import { type AdminToken, type DataFolder, openDataFolder } from './data-folder.ts'
import { type FolderLock, lockFolder } from '../db/folder-lock.ts'
import { listNewerMigrations } from '../db/migrations.ts'
import { openDatabase } from '../db/open.ts'
import { LOCK_WAIT_MS } from '../db/sqlite.ts'
import type { Db } from '../db/schema.ts'
import { SharedTurns } from './shared-turns.ts'
import { openSealing, type Sealing } from '../db/sealed/data-key.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { createRowStore, createTaskStore, type RecordAct, type TaskAct } from '../db/store.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import { createWriter, type Write } from '../db/writer.ts'
import { type Clock, REAL_CLOCK } from '../engine/clock.ts'
import { Engine, type TaskStore } from '../engine/engine.ts'
import { DEFAULT_TIMING, type Timing } from '../engine/timing.ts'
import type { RANGES, Range } from '../engine/parameters.ts'
import { StoppedRuns } from '../engine/stopped-runs.ts'
import type { RunnerServices } from '../engine/services.ts'
import { FileStore } from '../files/file-store.ts'
import { fileEncryptionOf, fileHomesOf } from './file-homes.ts'
import { ownBox, sharedAdminToken, sharedBox } from './shared-secrets.ts'
import { ThrottleSharing } from './throttle-sharing.ts'
import { WorkflowRuntimes } from './workflow-runtimes.ts'
import type { Metrics } from './metrics.ts'
import type { Traces } from './traces.ts'
import type { NotifySettings } from './notify-settings.ts'
import { OutputFiles } from './output-files.ts'
import { judgingRunnerStore } from './judging-store.ts'
import { observedRows, observedRunnerStore, observedTasks } from './observed-stores.ts'
import { Cluster } from '../queue/cluster.ts'
import type { LeaseTiming } from '../queue/jobs.ts'
import { LocalQueue } from '../queue/local.ts'
import type { Queue } from '../queue/queue.ts'
import type { RunnerOptions } from '../queue/running-tasks.ts'
import { createRunnerStore } from '../queue/runner-store.ts'

export interface RowbotOptions {
  config: Config
  log?: Logger
  /** for tests: shorter waits */
  timing?: Timing
  /** for tests: other times after which a dead process's tasks are taken over */
  lease?: LeaseTiming
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
  readonly runtimes: WorkflowRuntimes
  /** files that came along with uploads */
  readonly files: FileStore
  /** fetches files among rows' outputs */
  readonly outputFiles: OutputFiles
  /** set once the page is served and metrics can be read */
  metrics: Metrics | undefined
  /** set where there is a collector of traces, before the first task runs */
  traces: Traces | undefined
  #lock: FolderLock | undefined
  #queue: Queue | undefined
  #stopped: StoppedRuns | undefined
  /** what fetches files of outputs in this process, besides the tasks that run */
  readonly #fetching = new Set<Promise<void>>()
  /** aborted when rows in flight have had their time */
  #leaving = new AbortController()
  readonly #openedAt: number
  #newer: string[] = []

  static async open({
    config,
    log,
    timing = timingOf(config),
    lockWaitMs = LOCK_WAIT_MS,
    ranges,
    lease,
  }: RowbotOptions): Promise<Rowbot> {
    const folder = openDataFolder(config.dataDir)
    const { databaseUrl: url, secretKey, secretKeyOld } = config
    if (url === undefined) folder.requireNotMoved()
    // Before the database is made: if this process dies in between, there is no database without its key.
    const own = url === undefined ? folder.secret(secretKey) : undefined
    const db = await openDatabase({ url, file: folder.database }, lockWaitMs)
    const opening =
      own === undefined ? sharedBox(db, folder, secretKey, secretKeyOld) : ownBox(db, own, secretKeyOld)
    const box = await orClose(db, opening)
    const sealing = await orClose(db, openSealing(db, box, config.encryptData))
    const ownLog = log ?? fileLog(folder, config)
    const newer = url === undefined ? [] : await orClose(db, listNewerMigrations(db))
    if (newer.length > 0) ownLog.warn({ newer }, 'the database was migrated by a newer Rowbot')
    const cluster = url === undefined ? undefined : await orClose(db, openCluster(db, url, ownLog, lease))
    const clock = cluster?.clock ?? REAL_CLOCK
    await discardDeadSubmissions(db, clock.now())
    const bot = new Rowbot(config, folder, db, box, sealing, ownLog, timing, clock, cluster, ranges)
    bot.#newer = newer
    return bot
  }

  private constructor(
    readonly config: Config,
    private readonly folder: DataFolder,
    readonly db: Db,
    readonly box: SecretBox,
    readonly sealing: Sealing,
    readonly log: Logger,
    readonly timing: Timing,
    readonly clock: Clock,
    private readonly cluster: Cluster | undefined,
    ranges?: Record<keyof typeof RANGES, Range>,
  ) {
    this.#openedAt = clock.now()
    this.files = new FileStore(folder.files, fileHomesOf(config, db, clock), fileEncryptionOf(sealing))
    const sharing = config.databaseUrl === undefined ? undefined : this.#sharing(config.databaseUrl)
    const { fileHosts } = config.limits
    this.runtimes = new WorkflowRuntimes(db, box, clock, timing, this.files, fileHosts, sharing)
    this.outputFiles = new OutputFiles({
      db,
      clock,
      runtimes: this.runtimes,
      files: this.files,
      limits: config.limits,
      log,
      retryMs: timing.retryBaseMs,
      everyMs: FETCH_EVERY_MS,
      ...(cluster && { turns: new SharedTurns(db, clock) }),
    })
    const runner = { wake: () => this.wake() }
    const engineOver = (tasks: TaskStore) =>
      new Engine(observedTasks(tasks, log, this.#tracedEnd), runner, clock, ranges)
    this.engine = engineOver(createTaskStore(db, clock, enqueuing(cluster)))
    this.engineFor = (actor) =>
      engineOver(createTaskStore(db, clock, enqueuing(cluster, taskAudit(actor, clock))))
  }

  /**
   * Becomes the runner of this data folder: runs tasks that wait, and those that a dead process left running. False
   * if another process is the runner.
   */
  startRunner(): boolean {
    if (this.#queue) return true
    if (!this.cluster) {
      this.#lock = lockFolder(this.folder.lock)
      if (!this.#lock) return false
    }
    const { db, log, runtimes, timing, clock, cluster } = this
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
        this.#tracedEnd,
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
    this.#queue = cluster ? cluster.queue(options, this.config.tasksAtOnce) : new LocalQueue(options)
    this.#queue.start()
    this.#fetch(this.outputFiles.fetchOn(this.#leaving.signal))
    return true
  }

  /** Other machines may run tasks of this database, too: they share the limits of its workflows. */
  #sharing(url: string): ThrottleSharing {
    const { db, log, timing, clock } = this
    return new ThrottleSharing({
      db,
      url,
      machine: crypto.randomUUID(),
      clock,
      timing,
      onFault: (err) => log.error({ err }, 'the limits of a workflow could not be shared'),
    })
  }

  /** What the tasks that run in this process need. */
  #services(write: Write): RunnerServices & { stopped: StoppedRuns } {
    const { db, timing, log, clock } = this
    const rows = observedRows(createRowStore(db, write), {
      log,
      counted: (settled) => this.metrics?.settled(settled),
      called: (taskId, call) => this.traces?.called(taskId, call),
    })
    const stopped = new StoppedRuns(clock, timing, rows, (err) =>
      log.error({ err }, 'a run could not be stopped'),
    )
    const openedAt = this.#openedAt
    const { outputFiles } = this
    return { rows, outputFiles, stopped, openedAt, clock, timing, random: Math.random }
  }

  /**
   * A task's files wait to be fetched again: begins at once, and does not wait for the end. If another process is the
   * runner, that one will find them.
   */
  fetchFiles(taskId: string): void {
    void this.#fetchHere(taskId)
  }

  async #fetchHere(taskId: string): Promise<void> {
    if (!this.#queue && (await this.hasRunner())) return
    if (this.#leaving.signal.aborted) this.#leaving = new AbortController()
    this.#fetch(this.outputFiles.fetch({ taskId }, this.#leaving.signal))
  }

  /** The runner of this process, if there is one, checks now for what has changed; another's finds it by itself. */
  wake(): void {
    if (this.#queue) this.#queue.wake()
    else void this.cluster?.tell().catch(() => {}) // they find it at their next poll
  }

  readonly #tracedEnd: Traces['ended'] = (task) => this.traces?.ended(task)

  #fetch(fetching: Promise<void>): void {
    const tracked = fetching.finally(() => this.#fetching.delete(tracked))
    this.#fetching.add(tracked)
  }

  get runsTasks(): boolean {
    return this.#queue !== undefined
  }

  /** True while this process, or another, runs the tasks of this database. */
  async hasRunner(): Promise<boolean> {
    if (this.#queue) return true
    if (this.cluster) return this.cluster.hasRunner()
    const lock = lockFolder(this.folder.lock)
    lock?.release()
    return lock === undefined
  }

  /** Whether other machines may work on the same database. */
  get isShared(): boolean {
    return this.config.databaseUrl !== undefined
  }

  /** Migrations of a newer Rowbot on the same database, which this one may use all the same. */
  get newerMigrations(): string[] {
    return this.#newer
  }

  /** Of the key that is set, and no older one: see rotate-key.ts. */
  get currentBox(): SecretBox {
    return createSecretBox(this.folder.secret(this.config.secretKey))
  }

  get hasOldKey(): boolean {
    return this.config.secretKeyOld !== undefined
  }

  get notify(): NotifySettings {
    return this.config.notify
  }

  /** The admin token; makes it if there is none yet. */
  async adminToken(): Promise<AdminToken> {
    const { databaseUrl, http } = this.config
    if (databaseUrl !== undefined) return sharedAdminToken(this.db, this.box, http.adminToken)
    return this.folder.adminToken(http.adminToken)
  }

  /** Goes on in a new log file, after something has renamed the old one. */
  reopenLog(): void {
    const file: unknown = Reflect.get(this.log, pino.symbols.streamSym)
    if (file instanceof EventEmitter && 'reopen' in file && typeof file.reopen === 'function') file.reopen()
  }

  /** Starts no further rows; after `graceMs`, rows in flight are left to the next runner. */
  async stopRunner(graceMs: number): Promise<void> {
    const cancel = this.clock.after(graceMs, () => this.#leaving.abort())
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
    await this.traces?.close().catch((err: unknown) => this.log.warn({ err }, 'traces could not be sent'))
    await this.runtimes.close()
    await this.cluster?.close()
    await this.db.destroy()
  }
}

/** What it throws is thrown, and the database is closed. */
async function orClose<T>(db: Db, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (fault) {
    await db.destroy()
    throw fault
  }
}

const FETCH_EVERY_MS = 2_000

function openCluster(db: Db, url: string, log: Logger, lease: LeaseTiming | undefined): Promise<Cluster> {
  return Cluster.open({
    db,
    url,
    lease,
    onFault: (err) => log.warn({ err }, 'the queue could not be kept'),
  })
}

/** Where there are several processes, one of them is woken by a task that waits, in the transaction that makes it wait. */
function enqueuing(cluster: Cluster | undefined, record?: RecordAct): RecordAct | undefined {
  if (!cluster) return record
  return async (trx, act) => {
    await record?.(trx, act)
    if (MAKES_WAIT.has(act.action)) await cluster.enqueue(trx, act.task.id)
  }
}

const MAKES_WAIT: ReadonlySet<TaskAct['action']> = new Set([
  'task.create',
  'task.resume',
  'task.limit',
  'task.retry',
  'task.again',
])

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
