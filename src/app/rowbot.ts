import pino, { type Logger } from 'pino'
import type { Metrics } from '../serve/metrics.ts'
import type { Config } from './config.ts'
import { type AdminToken, type DataFolder, openDataFolder } from './data-folder.ts'
import { type FolderLock, lockFolder } from '../db/folder-lock.ts'
import { openSqlite } from '../db/open.ts'
import type { Db } from '../db/schema.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { createRowStore, createTaskStore } from '../db/store.ts'
import { createWriter } from '../db/writer.ts'
import { REAL_CLOCK } from '../engine/clock.ts'
import { Engine, unknownTask } from '../engine/engine.ts'
import type { Run } from '../engine/run.ts'
import { Tracked } from '../engine/tracked.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { PACE, type Pace } from '../engine/pace.ts'
import type { RANGES, Range } from '../engine/parameters.ts'
import { Lines } from './workflow-runtimes.ts'
import { observedRows, observedShelf, observedTasks } from './observed-stores.ts'
import { StoppedRuns } from '../engine/stopped-runs.ts'
import type { World } from '../engine/world.ts'
import { LocalQueue } from '../queue/local.ts'
import { createShelf } from '../queue/runner-store.ts'

export interface OpenOptions {
  config: Config
  log?: Logger
  /** for tests: waits less */
  pace?: Pace
  /** for tests: shorter time limits than a person may set */
  ranges?: Record<keyof typeof RANGES, Range>
}

/** Everything built from the config. Nothing runs before `startRunner`. */
export class Rowbot {
  readonly engine: Engine
  readonly clock = REAL_CLOCK
  readonly lines: Lines
  /** counts, once the page is served and they can be read */
  metrics: Metrics | undefined
  #lock: FolderLock | undefined
  #queue: LocalQueue | undefined
  #stopped: StoppedRuns | undefined
  readonly #openedAt = REAL_CLOCK.now()

  static async open({ config, log, pace = paceOf(config), ranges }: OpenOptions): Promise<Rowbot> {
    const folder = openDataFolder(config.dataDir)
    const db = await openSqlite(folder.database)
    const box = createSecretBox(folder.secret(config.secretKey))
    return new Rowbot(config, folder, db, box, log ?? fileLog(folder, config), pace, ranges)
  }

  private constructor(
    readonly config: Config,
    private readonly folder: DataFolder,
    readonly db: Db,
    readonly box: SecretBox,
    readonly log: Logger,
    readonly pace: Pace,
    ranges?: Record<keyof typeof RANGES, Range>,
  ) {
    this.lines = new Lines(db, box, REAL_CLOCK, pace)
    this.engine = new Engine(
      observedTasks(createTaskStore(db, REAL_CLOCK), log),
      { poke: () => this.#queue?.poke() },
      REAL_CLOCK,
      ranges,
    )
  }

  /**
   * Becomes the process that runs this data folder's tasks: those that wait, and those that a dead one left running.
   * False while another one is.
   */
  startRunner(): boolean {
    if (this.#queue) return true
    this.#lock = lockFolder(this.folder.lock)
    if (!this.#lock) return false
    const { db, pace, log, lines } = this
    const world = this.#world()
    this.#stopped = world.stopped
    this.#queue = new LocalQueue({
      shelf: observedShelf(createShelf(db, REAL_CLOCK), log),
      world,
      lineOf: lines.of,
      clock: REAL_CLOCK,
      afterFaultMs: pace.afterFaultMs,
      onFault: (fault, taskId) => {
        const id = crypto.randomUUID().slice(0, 8)
        log.error({ err: fault, taskId, id }, 'a task was interrupted by a fault')
        return id
      },
    })
    this.#queue.start()
    void world.stopped
      .resume(world, async ({ taskId }) => lines.of(await this.#taskOf(taskId)))
      .catch((err: unknown) => log.error({ err }, 'runs that were to be stopped could not be read'))
    return true
  }

  /** What the tasks that run in this process need. */
  #world(): World {
    const { db, pace, log } = this
    const rows = observedRows(createRowStore(db, createWriter(db)), {
      log,
      counted: (settled) => this.metrics?.settled(settled),
    })
    const stopped = new StoppedRuns(REAL_CLOCK, pace, rows, (err) =>
      log.error({ err }, 'a run could not be stopped'),
    )
    const openedAt = this.#openedAt
    return { rows, stopped, openedAt, clock: REAL_CLOCK, pace, random: Math.random, report: () => {} }
  }

  async #taskOf(id: string): Promise<TaskView> {
    const task = await findTask(this.db, id)
    if (!task) throw unknownTask(id)
    return task
  }

  /** Asks Dify to stop runs that no runner hears of: what waits in its queue is the next runner's. */
  async stopRuns(runs: Run[]): Promise<void> {
    const world = this.#world()
    await Promise.all(
      runs.map(async (run) => {
        const line = await this.lines.of(await this.#taskOf(run.taskId))
        await new Tracked(run, line, world).stop('person')
      }),
    )
  }

  get runsTasks(): boolean {
    return this.#queue !== undefined
  }

  /** True while this process, or another, runs tasks of this data folder. */
  hasRunner(): boolean {
    if (this.#queue) return true
    const lock = lockFolder(this.folder.lock)
    lock?.release()
    return lock === undefined
  }

  /** What opens the page; made now, if there is none yet. */
  adminToken(): AdminToken {
    return this.folder.adminToken(this.config.http.adminToken)
  }

  /** Begins no further row; after `graceMs` what is in flight is left to the next runner. */
  async stopRunner(graceMs: number): Promise<void> {
    await this.#queue?.stop(graceMs)
    await this.#stopped?.close()
    this.#queue = undefined
    this.#lock?.release()
    this.#lock = undefined
  }

  async close(graceMs = 0): Promise<void> {
    await this.stopRunner(graceMs)
    await this.lines.close()
    await this.db.destroy()
  }
}

function paceOf({ dify }: Config): Pace {
  const queueMs = dify.queueMinutes * 60_000
  return { ...PACE, queueMs, lookUpGraceMs: Math.min(PACE.lookUpGraceMs, queueMs) }
}

function fileLog(folder: DataFolder, { logLevel }: Config): Logger {
  return pino(
    { level: logLevel, base: null },
    pino.destination({ dest: folder.log, append: true, mode: 0o600 }),
  )
}
