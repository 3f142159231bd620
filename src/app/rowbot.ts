import { EventEmitter } from 'node:events'
import pino, { type Logger } from 'pino'
import type { Actor } from './actor.ts'
import { taskAudit } from './audit.ts'
import type { Config } from './config.ts'
import { type AdminToken, type DataFolder, openDataFolder } from './data-folder.ts'
import { listNewerMigrations } from '../db/migrations.ts'
import { openDatabase } from '../db/open.ts'
import { LOCK_WAIT_MS } from '../db/sqlite.ts'
import type { Db } from '../db/schema.ts'
import { SharedTurns } from './shared-turns.ts'
import { openSealing, type Sealing } from '../db/sealed/data-key.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { createTaskStore, type RecordAct, type TaskAct } from '../db/store.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import { type Clock, REAL_CLOCK } from '../engine/clock.ts'
import { Engine, type TaskStore } from '../engine/engine.ts'
import { DEFAULT_TIMING, type Timing } from '../engine/timing.ts'
import type { RANGES, Range } from '../engine/parameters.ts'
import { FileStore } from '../files/file-store.ts'
import { fileEncryptionOf, fileHomesOf } from './file-homes.ts'
import { ownBox, sharedAdminToken, sharedBox } from './shared-secrets.ts'
import { ThrottleSharing } from './throttle-sharing.ts'
import { WorkflowRuntimes } from './workflow-runtimes.ts'
import type { Metrics } from './metrics.ts'
import type { Traces } from './traces.ts'
import type { NotifySettings } from './notify-settings.ts'
import { OutputFiles } from './output-files.ts'
import { OwnRunner } from './own-runner.ts'
import { observedTasks } from './observed-stores.ts'
import { Cluster } from '../queue/cluster.ts'
import type { LeaseTiming } from '../queue/jobs.ts'

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
  readonly #runner: OwnRunner
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
    const openedAt = clock.now()
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
    this.#runner = new OwnRunner({
      db,
      clock,
      timing,
      log,
      runtimes: this.runtimes,
      outputFiles: this.outputFiles,
      cluster,
      lock: folder.lock,
      tasksAtOnce: config.tasksAtOnce,
      openedAt,
      observers: {
        settled: (settled) => this.metrics?.settled(settled),
        called: (taskId, call) => this.traces?.called(taskId, call),
        ended: this.#tracedEnd,
      },
    })
    const engineOver = (tasks: TaskStore) =>
      new Engine(observedTasks(tasks, log, this.#tracedEnd), this.#runner, clock, ranges)
    this.engine = engineOver(createTaskStore(db, clock, enqueuing(cluster)))
    this.engineFor = (actor) =>
      engineOver(createTaskStore(db, clock, enqueuing(cluster, taskAudit(actor, clock))))
  }

  /**
   * Becomes the runner of this data folder: runs tasks that wait, and those that a dead process left running. False
   * if another process is the runner.
   */
  startRunner(): boolean {
    return this.#runner.start()
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

  /**
   * A task's files wait to be fetched again: begins at once, and does not wait for the end. If another process is the
   * runner, that one will find them.
   */
  fetchFiles(taskId: string): void {
    this.#runner.fetchFiles(taskId)
  }

  /** The runner of this process, if there is one, checks now for what has changed; another's finds it by itself. */
  wake(): void {
    this.#runner.wake()
  }

  readonly #tracedEnd: Traces['ended'] = (task) => this.traces?.ended(task)

  get runsTasks(): boolean {
    return this.#runner.isRunning
  }

  /** True while this process, or another, runs the tasks of this database. */
  hasRunner(): Promise<boolean> {
    return this.#runner.anyIsRunning()
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
  stopRunner(graceMs: number): Promise<void> {
    return this.#runner.stop(graceMs)
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
