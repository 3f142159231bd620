import { onTestFinished } from 'bun:test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { findTask, type TaskView } from '../../src/db/tasks/tasks.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/dify/sandbox/start-sandbox.ts'
import type { Submission } from '../../src/engine/engine.ts'
import { DEFAULT_TIMING, type Timing } from '../../src/engine/timing.ts'
import type { Parameters } from '../../src/engine/task.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import type { Actor } from '../../src/app/actor.ts'
import { LEASE, type LeaseTiming } from '../../src/queue/jobs.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { addWorkflow } from '../../src/app/workflows.ts'
import { expectEncrypted } from './expect-encrypted.ts'
import { ENCRYPTED, ON_POSTGRES, borrowDatabase } from './test-database.ts'

/** As in life, but a thousand times quicker where only waiting is concerned. */
export const QUICK: Timing = {
  ...DEFAULT_TIMING,
  retryBaseMs: 2,
  retryMaxMs: 50,
  holdBaseMs: 2,
  holdMaxMs: 20,
  windowMs: 600,
  probeBaseMs: 2,
  letInAfterMs: 5,
  troubleBaseMs: 20,
  troubleMaxMs: 40,
  lookUpEveryMs: 5,
  lookUpGraceMs: 20,
  queueMs: 2_000,
  overtakenMs: 500,
  runEndsMs: 3_000,
  afterFaultMs: 5,
  stopWithinMs: 500,
  pausedLookMs: 20,
  pausedLookMaxMs: 40,
  pausedGapMs: 2,
  expiredMs: 20,
  answerMs: 30,
}

/** A row may be given one second here: a person may not give it less than a minute. */
export const RANGES_FOR_TESTS = {
  concurrency: { min: 1, max: 10, default: 3 },
  retries: { min: 0, max: 5, default: 2 },
  timeoutSeconds: { min: 1, max: 1200, default: 300 },
}

let closing: (() => unknown)[] | undefined

/**
 * What a test has opened is closed after it, last first; what it must not have done is looked at then, too.
 *
 * Not by an afterEach of this file: where files share a process Bun evaluates it once, and such a hook would hold for
 * the first file that imports it and for no other.
 */
export function later(close: () => unknown): void {
  if (!closing) {
    onTestFinished(closeAll)
    closing = []
  }
  closing.push(close)
}

async function closeAll(): Promise<void> {
  const all = closing ?? []
  closing = undefined
  const faults: unknown[] = []
  for (const close of all.toReversed()) {
    try {
      await close()
    } catch (fault) {
      faults.push(fault)
    }
  }
  if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults)
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-test-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder as it is after the first start. Migrating a new database takes longer than most tests. */
export async function startedFolder(): Promise<string> {
  const folder = tempFolder()
  cpSync(await (started ??= startOnce()), folder, { recursive: true })
  return folder
}

let started: Promise<string> | undefined

async function startOnce(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-started-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const bot = await Rowbot.open({
    config: readConfig({ ROWBOT_DATA_DIR: folder }),
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
  })
  await bot.close()
  return folder
}

export function aSandbox(options: SandboxOptions = {}): Sandbox {
  const sandbox = startSandbox({ delayMs: 0, pingMs: 20, ...options })
  later(() => sandbox.stop())
  return sandbox
}

/** A bot that is opened again in a folder finds its database. */
async function databaseOf(folder: string): Promise<string> {
  const known = databases.get(folder)
  if (known !== undefined) return known
  const { url, giveBack } = await borrowDatabase()
  databases.set(folder, url)
  later(() => {})
  closing?.unshift(giveBack) // after everything that uses it
  return url
}

const databases = new Map<string, string>()

/** On Postgres: what is left over is seen as soon as on SQLite. */
const QUICK_LEASE: LeaseTiming = { ...LEASE, pollMs: 200, sweepMs: 200 }

export async function openBot(
  folder = tempFolder(),
  timing: Timing = QUICK,
  env: Record<string, string> = {},
): Promise<Rowbot> {
  const DATABASE_URL = ON_POSTGRES ? await databaseOf(folder) : ''
  const bot = await Rowbot.open({
    config: readConfig({
      ROWBOT_DATA_DIR: folder,
      DATABASE_URL,
      ...(ENCRYPTED && { ROWBOT_ENCRYPT_DATA: 'true' }),
      ...env,
    }),
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    timing,
    lease: QUICK_LEASE,
    ranges: RANGES_FOR_TESTS,
  })
  later(() => bot.close())
  if (ENCRYPTED && !('ROWBOT_ENCRYPT_DATA' in env)) later(() => expectEncrypted(bot.db))
  return bot
}

/** A bot beside a sandbox, with the copywriter set up. */
export async function aBot(
  options: SandboxOptions & { pace?: Partial<Timing>; limit?: number; env?: Record<string, string> } = {},
) {
  const { pace: timing, limit, env, ...sandboxOptions } = options
  const sandbox = aSandbox(sandboxOptions)
  const folder = await startedFolder()
  const bot = await openBot(folder, { ...QUICK, ...timing }, env)
  const workflow = await withWorkflow(bot, {
    baseUrl: sandbox.url,
    apiKey: 'app-sandbox-product-copywriter',
    ...(limit !== undefined && { limit }),
  })
  return {
    sandbox,
    folder,
    bot,
    workflow,
    submit: (
      rows: number,
      parameters: Partial<Parameters> = {},
      featuresOf = (row: number) => `feature ${row}`,
    ) => bot.engine.submit(orderOf(workflow, rows, parameters, featuresOf)),
    find: (id: string) => found(bot, id),
    until: (id: string, done: (task: TaskView) => boolean) => until(() => found(bot, id), done),
    ended: (id: string) =>
      until(
        () => found(bot, id),
        ({ status }) => status !== 'pending' && status !== 'running',
      ),
  }
}

/** Who sets things up before a test begins. */
export const SETUP: Actor = { face: 'cli', name: 'setup', role: 'admin' }

/** Sets a workflow up. That is no part of what a test is about: the audit is as before. */
export async function withWorkflow(
  bot: Rowbot,
  given: { baseUrl: string; apiKey: string; limit?: number },
): Promise<Workflow> {
  const { workflow } = await addWorkflow(bot, SETUP, given)
  await bot.db.deleteFrom('audit_log').where('who', '=', SETUP.name).execute()
  return workflow
}

/** Rows 2, 3, … each with a name of its own, so that a result on the wrong line shows. */
export function orderOf(
  workflow: Workflow,
  rows: number,
  parameters: Partial<Parameters> = {},
  featuresOf = (row: number) => `feature ${row}`,
): Submission {
  return {
    parameters: { name: 'a task', ...parameters },
    workflow,
    upload: { fileName: 'products.xlsx', bytes: new Uint8Array([1]) },
    sheet: 'Products',
    headings: ['Name', 'Key features'],
    rows: Array.from({ length: rows }, (_, i) => {
      const inputs = { name: `Kettle ${i + 2}`, features: featuresOf(i + 2) }
      return { row: i + 2, cells: [inputs.name, inputs.features], inputs }
    }),
    leftOut: [],
    owner: 'mei',
  }
}

/** Looks until it is so, less often the longer it takes. A test's own time limit ends it if it never is. */
export async function until<T>(look: () => T | Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (let ms = 2; ; ms = Math.min(ms * 1.1, 25)) {
    const value = await look()
    if (done(value)) return value
    await Bun.sleep(ms)
  }
}

async function found(bot: Rowbot, id: string): Promise<TaskView> {
  const task = await findTask(bot.db, id)
  if (!task) throw new Error(`no task ${id}`)
  return task
}
