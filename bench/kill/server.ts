import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { addWorkflow } from '../../src/app/workflows.ts'
import { countUnknownCalls } from '../../src/db/runs/run-facts.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import type { ServerTrouble } from '../../src/dify/sandbox/trouble.ts'
import type { Inputs } from '../../src/engine/task.ts'
import { RANGES } from '../../src/engine/parameters.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { withFolder } from '../support/folder.ts'
import { CONCURRENCY, submitRows } from '../support/rows.ts'
import { spawnSandbox, type SandboxProcess } from '../support/sandbox.ts'

const ROW_MS = 300
/** A worker’s death is a row’s whole time limit: shorter here than a person may set it. */
const LIMIT_SECONDS = 5
const LOOK_EVERY_MS = 50
/** What is waited for in minutes is not what is measured: Dify's queue, and the longest time that a run may go on. */
const TIMING = { ...DEFAULT_TIMING, lookUpGraceMs: 1_000, runEndsMs: 2_000 * LIMIT_SECONDS }
/** One app of each kind, and a row of it that no other row is like. */
const APPS: Readonly<Record<string, (row: number) => Inputs>> = {
  'Slow summariser': (row) => ({ text: `Row ${row} is one of many.` }),
  'Support assistant': (row) => ({ query: `Where is parcel ${row}?` }),
  'Slogan writer': (row) => ({ topic: `tea of kind ${row}` }),
  'Gift adviser': (row) => ({ query: `a gift for guest ${row}` }),
  'Unit converter': (row) => ({ query: `${row} inches` }),
  'Reply drafter': (row) => ({ query: `Message ${row} of today` }),
}
const KILLS = ['worker-killed', 'worker-down', 'api-killed'] as const satisfies ServerTrouble[]

export const SERVER_HEADING = [
  'app',
  'what is killed',
  'kills',
  'rows',
  'succeeded',
  'runs at the server',
  'repeats',
  'seconds',
  'tokens billed',
  'tokens in runs',
  'calls not known',
]

/** Dify’s own processes are killed under a task, for every kind of app: what that costs, by the sandbox’s log. */
export async function* serverLines(rows: number, kills: number): AsyncGenerator<string[]> {
  for (const { name, key, mode } of SAMPLE_APPS) {
    const inputsOf = APPS[name]
    if (!inputsOf) continue
    const hasWorker = mode === 'workflow' || mode === 'advanced-chat'
    for (const kill of hasWorker ? KILLS : (['api-killed'] as const)) {
      const sandbox = await spawnSandbox(ROW_MS)
      try {
        const told = await withFolder((folder) => run({ folder, sandbox, key, rows, kills, kill, inputsOf }))
        yield [`${name} (${mode})`, kill, ...told]
      } finally {
        await sandbox.stop()
      }
    }
  }
}

interface ServerCase {
  folder: string
  sandbox: SandboxProcess
  key: string
  rows: number
  kills: number
  kill: ServerTrouble
  inputsOf: (row: number) => Inputs
}

async function run({ folder, sandbox, key, rows, kills, kill, inputsOf }: ServerCase): Promise<string[]> {
  const ranges = { ...RANGES, timeoutSeconds: { min: 1, max: 60, default: LIMIT_SECONDS } }
  const bot = await Rowbot.open({
    config: readConfig({ ROWBOT_DATA_DIR: folder }),
    ranges,
    timing: TIMING,
  })
  try {
    const given = { baseUrl: sandbox.url, apiKey: key, limit: CONCURRENCY }
    const { workflow } = await addWorkflow(bot, { face: 'cli', name: 'bench', role: 'admin' }, given)
    const { id } = await submitRows(bot, workflow, rows, { inputsOf, timeoutSeconds: LIMIT_SECONDS })
    const begunAt = performance.now()
    bot.startRunner()
    let done = 0
    for (;;) {
      const hits = await sandbox.hits()
      // Spread over the task: each when so many of its rows have been called, and some are in flight.
      const isTime = done < kills && hits.length >= ((done + 1) * rows) / (kills + 1)
      if (isTime) {
        await sandbox.cause(kill)
        done += 1
      }
      const task = await findTask(bot.db, id)
      if (task && task.status !== 'pending' && task.status !== 'running') {
        const calls = await sandbox.hits()
        const bill = await billOf(bot, id)
        const called = new Set(calls.map(({ inputs, query }) => JSON.stringify([inputs, query])))
        return [
          String(done),
          String(rows),
          String(task.counts.succeeded),
          String(calls.length),
          String(calls.length - called.size),
          ((performance.now() - begunAt) / 1000).toFixed(1),
          String(calls.reduce((sum, { tokens }) => sum + tokens, 0)),
          String(bill.tokens),
          String(bill.unknown),
        ]
      }
      await Bun.sleep(LOOK_EVERY_MS)
    }
  } finally {
    await bot.stopRunner(0)
    await bot.close()
  }
}

/** What the calls for a task have cost by its table of runs: tokens, and how many calls nobody can tell of. */
async function billOf({ db }: Rowbot, taskId: string): Promise<{ tokens: number; unknown: number }> {
  const { tokens } = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.sum<number | null>('tokens').as('tokens'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return { tokens: tokens ?? 0, unknown: await countUnknownCalls(db, taskId) }
}
