import { readConfig } from '../../src/app/config.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { benchWorkflow, submitRows } from '../support/rows.ts'
import { cpuMsSince, type Measured, peakMb } from './measured.ts'

/*
 * Rowbot itself, from submission to the completed task, on its own data folder.
 * `bun rowbot-case.ts URL ROWS WARM_UP_ROWS DATA_FOLDER`
 */
const [url = '', rows, warmUpRows, dataDir = ''] = process.argv.slice(2)
const LOOK_EVERY_MS = 50

const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: dataDir }) })
const workflow = await benchWorkflow(bot, url)
if (!bot.startRunner()) throw new Error('Another process runs this data folder.')

await complete(Number(warmUpRows))
const cpu = process.cpuUsage()
const task = await complete(Number(rows))
const measured: Measured = {
  // From the database: polling for the end more often would distort the measurement.
  ms: task.finishedAt - task.createdAt,
  cpuMs: cpuMsSince(cpu),
  peakMb: peakMb(),
  taskId: task.id,
}
console.log(JSON.stringify(measured))
await bot.close()
process.exit(0)

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
