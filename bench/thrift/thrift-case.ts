import { cpuMsSince, peakMb } from '../engine/measured.ts'
import { inputsOfRow, textOfRow } from '../support/rows.ts'
import type { MeasuredThrift } from './measured-thrift.ts'

/*
 * The engine with its hashes and its judge, or without them; and what they take by themselves.
 * `bun thrift-case.ts with|without URL ROWS WARM_UP_ROWS DATA_FOLDER`
 */
const [name = '', url = '', rows, warmUpRows, dataDir = ''] = process.argv.slice(2)
const LOOK_EVERY_MS = 50
/** One pass takes a few milliseconds, which no clock of CPU time measures well. */
const PASSES = 20

if (name === 'without') await import('./left-out.ts')
const { readConfig } = await import('../../src/app/config.ts')
const { Rowbot } = await import('../../src/app/rowbot.ts')
const { findTask } = await import('../../src/db/tasks/tasks.ts')
const { judgeTask } = await import('../../src/app/flags.ts')
const { inputHash, keyColumnsOf, keyHash } = await import('../../src/engine/input-hash.ts')
const { benchWorkflow, submitRows } = await import('../support/rows.ts')

const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: dataDir }) })
const workflow = await benchWorkflow(bot, url)
if (!bot.startRunner()) throw new Error('Another process runs this data folder.')

await complete(Number(warmUpRows))
const cpu = process.cpuUsage()
const task = await complete(Number(rows))
const measured: MeasuredThrift = {
  ms: task.finishedAt - task.createdAt,
  cpuMs: cpuMsSince(cpu),
  peakMb: peakMb(),
  taskId: task.id,
  hashMs: await timed(hashRows),
  judgeMs: await timed(() => judgeTask(bot.db, task.id)),
}
if (name === 'without' && task.judged !== null) throw new Error('The case without a judge has judged.')
console.log(JSON.stringify(measured))
await bot.close()
process.exit(0)

/** As submitting does: what names a row, and the two hashes of each. */
function hashRows(): void {
  const all = Array.from({ length: Number(rows) }, (_, i) => ({
    cells: [textOfRow(i + 2)],
    inputs: inputsOfRow(i + 2),
  }))
  const columns = keyColumnsOf(all, 1)
  for (const { cells, inputs } of all) {
    inputHash(inputs)
    keyHash(cells, columns)
  }
}

/** @returns CPU time of one pass */
async function timed(pass: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < PASSES; i++) await pass()
  return cpuMsSince(before) / PASSES
}

async function complete(count: number) {
  const { id } = await submitRows(bot, workflow, count)
  for (;;) {
    await Bun.sleep(LOOK_EVERY_MS)
    const task = await findTask(bot.db, id)
    if (task?.status === 'completed' && task.finishedAt !== null)
      return { ...task, finishedAt: task.finishedAt }
    if (task?.status !== 'pending' && task?.status !== 'running')
      throw new Error(`The task is ${task?.status}: ${JSON.stringify(task?.error)}`)
  }
}
