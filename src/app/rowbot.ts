import pino, { type Logger } from 'pino'
import type { Actor } from './actor.ts'
import { taskAudit } from './audit.ts'
import type { Config } from './config.ts'
import { type AdminToken, type DataFolder, openDataFolder } from './data-folder.ts'
import { type FolderLock, lockFolder } from '../db/folder-lock.ts'
import { openSqlite } from '../db/open.ts'
import type { Db } from '../db/schema.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { createRowStore, createTaskStore } from '../db/store.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import { createWriter } from '../db/writer.ts'
import { REAL_CLOCK } from '../engine/clock.ts'
import { Engine, type TaskStore } from '../engine/engine.ts'
import { PACE, type Pace } from '../engine/pace.ts'
import type { RANGES, Range } from '../engine/parameters.ts'
import { Lines } from './workflow-runtimes.ts'
import type { Metrics } from './metrics.ts'
import { observedRows, observedShelf, observedTasks } from './observed-stores.ts'
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
  /** what may be done with tasks, by nobody in particular: what somebody does goes through tasks.ts */
  readonly engine: Engine
  /** the same by somebody: the audit has each act in the act’s own transaction */
  readonly engineFor: (actor: Actor) => Engine
  readonly clock = REAL_CLOCK
  readonly lines: Lines
  /** counts, once the page is served and they can be read */
  metrics: Metrics | undefined
  #lock: FolderLock | undefined
  #queue: LocalQueue | undefined

  static async open({ config, log, pace = paceOf(config), ranges }: OpenOptions): Promise<Rowbot> {
    const folder = openDataFolder(config.dataDir)
    // Before the database: should this process die in between, there is no database without its key.
    const box = createSecretBox(folder.secret(config.secretKey))
    const db = await openSqlite(folder.database)
    await discardDeadSubmissions(db, REAL_CLOCK.now())
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
    const runner = { poke: () => this.#queue?.poke() }
    const engineOver = (tasks: TaskStore) => new Engine(observedTasks(tasks, log), runner, REAL_CLOCK, ranges)
    this.engine = engineOver(createTaskStore(db, REAL_CLOCK))
    this.engineFor = (actor) => engineOver(createTaskStore(db, REAL_CLOCK, taskAudit(actor, REAL_CLOCK)))
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
    this.#queue = new LocalQueue({
      shelf: observedShelf(createShelf(db, REAL_CLOCK), log),
      world: {
        rows: observedRows(createRowStore(db, createWriter(db)), {
          log,
          counted: (settled) => this.metrics?.settled(settled),
        }),
        clock: REAL_CLOCK,
        pace,
        random: Math.random,
        report: () => {},
      },
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
    return true
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
  return { ...PACE, lookUpGraceMs: dify.queueSeconds * 1000 }
}

function fileLog(folder: DataFolder, { logLevel }: Config): Logger {
  return pino(
    { level: logLevel, base: null },
    pino.destination({ dest: folder.log, append: true, mode: 0o600 }),
  )
}
