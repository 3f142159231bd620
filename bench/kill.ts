import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../src/app/config.ts'
import { Rowbot } from '../src/app/rowbot.ts'
import { type Life, live } from './kill/life.ts'
import { judge } from './kill/judge.ts'
import { SERVER_HEADING, serverLines } from './kill/server.ts'
import { quantile } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { benchWorkflow, CONCURRENCY, submitRows } from './support/rows.ts'
import { type SandboxProcess, spawnSandbox } from './support/sandbox.ts'
import { tableText } from './support/table.ts'

const ROW_MS = 100
/**
 * Each process is killed at a random moment up to this: during the start, between rows, or with ten rows in flight.
 */
const LONGEST_LIFE_MS = 900

/**
 * Rowbot, killed with SIGKILL repeatedly: how soon it is working again, and what a kill costs. Then the same for Dify's
 * own processes while a task runs. `--only rowbot|server` for one of the two.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '500' },
      kills: { type: 'string', default: '20' },
      'server-rows': { type: 'string', default: '100' },
      'server-kills': { type: 'string', default: '2' },
      only: { type: 'string' },
    },
  })
  if (values.only !== 'server') await killRowbot(Number(values.rows), Number(values.kills))
  if (values.only !== 'rowbot')
    await killServer(Number(values['server-rows']), Number(values['server-kills']))
}

/** Dify’s processes, under a task of every kind of app. */
async function killServer(rows: number, kills: number): Promise<void> {
  console.log(
    `kill: ${rows} rows, ${CONCURRENCY} at once, while Dify’s worker or API is killed ${kills} times`,
  )
  const lines = [SERVER_HEADING]
  for await (const one of serverLines(rows, kills)) lines.push(one)
  console.log(tableText(lines))
}

async function killRowbot(rows: number, kills: number): Promise<void> {
  console.log(`kill: ${rows} rows of ${ROW_MS} ms, ${CONCURRENCY} at once, kill -9 at random moments`)
  await withFolder(async (folder) => console.log(machineText(folder)))

  const lines = [HEADING]
  for (const command of ['resume', 'serve'] as const) {
    const sandbox = await spawnSandbox(ROW_MS)
    try {
      lines.push(await withFolder((folder) => line(command, folder, sandbox, rows, kills)))
    } finally {
      await sandbox.stop()
    }
  }
  console.log(tableText(lines))
}

const HEADING = [
  'process',
  'kills',
  'first row p50',
  'p95',
  'repeats a kill',
  'known repeats',
  'lost',
  'wrong',
]

async function line(
  command: 'resume' | 'serve',
  folder: string,
  sandbox: SandboxProcess,
  rows: number,
  mostKills: number,
): Promise<string[]> {
  const taskId = await prepared(folder, sandbox, rows)
  const program = command === 'serve' ? ['serve'] : ['resume', taskId, '--out', join(folder, 'result.xlsx')]
  const lives: Life[] = []
  while (lives.length < mostKills && lives.at(-1)?.ended !== 'completed')
    lives.push(await live({ program, folder, taskId, lifeMs: Math.random() * LONGEST_LIFE_MS }))
  // A row that was claimed but never called counts as unknown to Dify only after a while, so the last process may
  // take its time.
  if (lives.at(-1)?.ended !== 'completed') lives.push(await live({ program, folder, taskId }))

  const kills = lives.filter(({ ended }) => ended === 'killed').length
  const { firstRowMs, repeats, knownRepeats, lost, wrong } = judge(lives, await sandbox.hits(), rows)
  return [
    command,
    String(kills),
    `${quantile(firstRowMs, 0.5).toFixed(0)} ms`,
    `${quantile(firstRowMs, 0.95).toFixed(0)} ms`,
    (repeats / kills).toFixed(2),
    String(knownRepeats),
    String(lost),
    String(wrong),
  ]
}

async function prepared(folder: string, sandbox: SandboxProcess, rows: number): Promise<string> {
  const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: folder }) })
  const { id } = await submitRows(bot, await benchWorkflow(bot, sandbox.url), rows)
  await bot.close()
  return id
}
