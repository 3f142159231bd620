import { rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import { readConfig } from '../../../src/app/config.ts'
import { Rowbot } from '../../../src/app/rowbot.ts'
import { findTask, type TaskView } from '../../../src/db/tasks/tasks.ts'
import { WORKFLOW_ID } from '../../../src/dify/sandbox/run-facts.ts'
import { FAULTS, type SandboxFault } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { type Sandbox, startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import type { Workflow } from '../../../src/engine/workflow.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { Wizard } from '../../../src/wizard/wizard.ts'
import { QUICK, RANGES_FOR_TESTS, startedFolder, until, withWorkflow } from '../../support/bot.ts'
import { echoApp, FAILS } from './echo-app.ts'
import type { Turn } from './story.ts'

/** Whoever has died is not waited for: what Dify never heard of is called anew after a twentieth of a second. */
const TIMING = { ...QUICK, queueMs: 80, overtakenMs: 60, silentMs: 80, queuedLookMs: 40, lookUpMaxMs: 40 }

/** A sandbox with one workflow, and Rowbot beside it, which can be killed. */
export class World {
  readonly sandbox: Sandbox
  /** the version that is published now */
  version = WORKFLOW_ID
  /** by the version that the runs name */
  readonly editions = new Map([[WORKFLOW_ID, 0]])
  edition = 0
  #bot: Rowbot | undefined
  #wizard: Wizard | undefined
  #workflow: Workflow | undefined

  private constructor(readonly folder: string) {
    this.sandbox = startSandbox({ delayMs: 0, pingMs: 20, apps: [echoApp(() => this.edition)] })
  }

  static async begin(): Promise<World> {
    const world = new World(await startedFolder())
    await world.#open()
    const key = world.sandbox.apps[0]?.key ?? ''
    world.#workflow = await withWorkflow(world.bot, { baseUrl: world.sandbox.url, apiKey: key })
    return world
  }

  get bot(): Rowbot {
    if (!this.#bot) throw new Error('there is no Rowbot')
    return this.#bot
  }

  get wizard(): Wizard {
    if (!this.#wizard) throw new Error('there is no Rowbot')
    return this.#wizard
  }

  get workflow(): Workflow {
    if (!this.#workflow) throw new Error('there is no workflow')
    return this.#workflow
  }

  publish(): void {
    this.edition++
    this.version = this.sandbox.publish()
    this.editions.set(this.version, this.edition)
  }

  /** The process ends in the middle of whatever it does, and another one begins. */
  async kill(): Promise<void> {
    const dying = this.bot
    // From here on nothing of it reaches the database. What is in a transaction is rolled back.
    const isClosed = dying.db.destroy()
    this.#bot = undefined
    await dying.close(0).catch(() => {}) // its connections and its lock go, as the system sees to it
    await isClosed.catch(() => {})
    await this.#open()
    this.bot.startRunner()
  }

  async task(id: string): Promise<TaskView> {
    const task = await findTask(this.bot.db, id)
    if (!task) throw new Error(`no task ${id}`)
    return task
  }

  /**
   * Lets what was begun come to its end while this happens, and resumes it whenever it stands still before that.
   * @param onTrial when the rows that are tried first are done
   */
  async end(id: string, acts: Turn['acts'], onTrial: () => Promise<void>): Promise<TaskView> {
    let isEnded = false
    for (const { act, turns } of acts) {
      for (let turn = 0; turn < turns && !(await this.#rests(id)); turn++) await setImmediate()
      if (act === 'kill') await this.kill()
      else {
        // It may just have come to its end: then there is nothing to pause or to stop.
        await this.bot.engine[act === 'pause' ? 'pause' : 'stop'](id, 'mei').catch(() => {})
        await this.#quiet(id)
        isEnded ||= act === 'end'
        if (!isEnded) await this.bot.engine.resume(id, 'mei').catch(() => {})
      }
    }
    for (let resumed = 0; ; resumed++) {
      const task = await this.#quiet(id)
      if (task.status === 'completed' || (isEnded && task.status === 'cancelled')) return task
      if (resumed > MOST_RESUMED)
        throw new Error(`The task is ${task.status} again and again: ${JSON.stringify(task.error)}`)
      if (task.status === 'failed') this.trouble([], 0) // what was wrong with the server is put right
      if (task.pauseAfter !== null) await onTrial()
      await this.bot.engine.resume(id, 'mei')
    }
  }

  /** What goes wrong with the next calls, one after the other. */
  trouble(faults: Turn['faults'], delayMs: number): void {
    let calls = 0
    this.sandbox.misbehaveBy(({ route, inputs }): SandboxFault | undefined => {
      if (route !== 'run') return undefined
      const isBad = String(inputs['name']).includes(FAILS)
      const name = faults[calls++] ?? (isBad ? 'failed' : undefined)
      return { delayMs, ...(name && FAULTS[name]) }
    })
  }

  async close(): Promise<void> {
    await this.#bot?.close(0)
    await this.sandbox.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #open(): Promise<void> {
    const bot = await Rowbot.open({
      config: readConfig({ ROWBOT_DATA_DIR: this.folder }),
      log: pino({ level: 'silent' }),
      timing: TIMING,
      ranges: RANGES_FOR_TESTS,
    })
    this.#bot = bot
    const { db, engineFor, clock, files } = bot
    this.#wizard = new Wizard({
      db,
      engineFor,
      clock,
      files,
      limits: DEFAULT_LIMITS,
      isAdmin: () => true,
      notify: bot.notify,
    })
  }

  async #rests(id: string): Promise<boolean> {
    const { status } = await this.task(id)
    return status !== 'pending' && status !== 'running'
  }

  /** Waits until nothing of it runs, here or at Dify. */
  async #quiet(id: string): Promise<TaskView> {
    await until(
      () => this.#rests(id),
      (rests) => rests && this.sandbox.hits().every(({ status }) => status !== 'running'),
    )
    return this.task(id)
  }
}

const MOST_RESUMED = 30
