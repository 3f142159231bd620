import { parseArgs } from 'node:util'
import { readConfig } from '../src/app/config.ts'
import { Rowbot } from '../src/app/rowbot.ts'
import { findTask } from '../src/db/tasks/tasks.ts'
import { DEFAULT_TIMING, type Timing } from '../src/engine/timing.ts'
import { type ServerLimits, startLimitedServer } from './limits/limited-server.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { benchWorkflow, CONCURRENCY, submitRows } from './support/rows.ts'
import { tableText } from './support/table.ts'

/** A minute is six seconds, and so is all that Rowbot measures in minutes. */
const FASTER = 10
const MINUTE_MS = 60_000 / FASTER
const CALL_MS = 2_000 / FASTER
const POLL_MS = 20

interface Case {
  name: string
  limits: ServerLimits
  /** for so many rows of so many tokens */
  idealMs: (rows: number, tokens: number) => number
}

const ofCalls = (calls: number): Case => ({
  name: `${calls} calls a minute`,
  limits: { calls },
  idealMs: (rows) => windowedMs(rows, calls),
})

const CASES: Case[] = [
  // What the machine itself costs: the others are to be read beside it.
  { name: 'no limit', limits: {}, idealMs: (rows) => callsMs(rows, CONCURRENCY) },
  ofCalls(30),
  ofCalls(60),
  ofCalls(300),
  {
    name: '20,000 tokens a minute',
    limits: { tokens: 20_000 },
    idealMs: (rows, tokens) => windowedMs(rows, Math.floor(20_000 / tokens)),
  },
  { name: '4 at once', limits: { atOnce: 4 }, idealMs: (rows) => callsMs(rows, 4) },
  {
    name: '429 for 10 s',
    limits: { outage: { fromMs: 20_000 / FASTER, toMs: 30_000 / FASTER } },
    idealMs: (rows) => callsMs(rows, CONCURRENCY),
  },
]

/** How close Rowbot comes to what a server lets through that says nothing but “too many”. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '300' }, only: { type: 'string', default: '' } },
  })
  const rows = Number(values.rows)
  console.log(
    `limits: ${rows} rows of 2 s, ${CONCURRENCY} at once, everything ${FASTER} times faster; times as they would be`,
  )
  await withFolder(async (folder) => console.log(machineText(folder)))
  const lines = [
    ['server', 'ideal', 'took', 'to ideal', 'refused', 'of the rows', 'attempts spent', 'failed'],
  ]
  const wanted = CASES.filter(({ name }) => name.includes(values.only))
  for (const one of wanted) lines.push(await measure(one, rows))
  console.log(tableText(lines))
}

function measure({ name, limits, idealMs }: Case, rows: number): Promise<string[]> {
  return withFolder(async (folder) => {
    const server = startLimitedServer(limits, { minuteMs: MINUTE_MS, callMs: CALL_MS, tokens: TOKENS })
    const config = readConfig({ ROWBOT_DATA_DIR: folder })
    const bot = await Rowbot.open({ config, timing: faster(DEFAULT_TIMING) })
    try {
      const { id } = await submitRows(bot, await benchWorkflow(bot, server.url), rows)
      if (!bot.startRunner()) throw new Error('Another process runs this data folder.')
      const task = await completed(bot, id)
      const ideal = idealMs(rows, TOKENS)
      const refused = server.turnedAway().length
      return [
        name,
        `${((ideal * FASTER) / 1000).toFixed(0)} s`,
        `${((task.ms * FASTER) / 1000).toFixed(0)} s`,
        (task.ms / ideal).toFixed(2),
        String(refused),
        `${((refused / rows) * 100).toFixed(1)} %`,
        String(await attemptsSpent(bot, id)),
        String(task.failed),
      ]
    } finally {
      await bot.close()
      await server.stop()
    }
  })
}

/** As the server counts a row. The sandbox tells of fewer; all rows are alike, so that the share is the same. */
const TOKENS = 250

/** Rows go as fast as the lanes are, until the minute is full; the next minute begins when the first one leaves it. */
function windowedMs(rows: number, perMinute: number): number {
  const full = Math.ceil(rows / perMinute) - 1
  return Math.max(
    full * MINUTE_MS + callsMs(rows - full * perMinute, CONCURRENCY),
    callsMs(rows, CONCURRENCY),
  )
}

function callsMs(rows: number, atOnce: number): number {
  return Math.ceil(rows / atOnce) * CALL_MS
}

/** All waits are shorter, and nothing else is. */
function faster(timing: Timing): Timing {
  const scaled = Object.entries(timing).map(([what, ms]) => [what, what.endsWith('Ms') ? ms / FASTER : ms])
  return { ...timing, ...Object.fromEntries(scaled) }
}

async function completed(bot: Rowbot, id: string): Promise<{ ms: number; failed: number }> {
  for (;;) {
    await Bun.sleep(POLL_MS)
    const task = await findTask(bot.db, id)
    if (task?.status === 'completed' && task.startedAt !== null && task.finishedAt !== null)
      return { ms: task.finishedAt - task.startedAt, failed: task.counts.failed }
    if (task?.status !== 'pending' && task?.status !== 'running')
      throw new Error(`The task is ${task?.status}: ${JSON.stringify(task?.error)}`)
  }
}

async function attemptsSpent(bot: Rowbot, taskId: string): Promise<number> {
  const { failures } = await bot.db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.sum<number>('failures').as('failures'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return failures
}
