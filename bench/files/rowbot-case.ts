import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { addWorkflow } from '../../src/app/workflows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { cpuMsSince, type Measured, peakMb } from '../engine/measured.ts'
import { CONCURRENCY } from '../support/rows.ts'
import { inputsWith, KEY, listedFiles } from './list.ts'

/*
 * Rowbot itself, from submission to the completed task; the files are in its data folder already.
 * `bun rowbot-case.ts URL LIST DATA_FOLDER`
 */
const [url = '', list = '', dataDir = ''] = process.argv.slice(2)
const LOOK_EVERY_MS = 50

const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: dataDir }) })
const given = { baseUrl: url, apiKey: KEY, limit: CONCURRENCY }
const { workflow } = await addWorkflow(bot, { face: 'cli', name: 'bench', role: 'admin' }, given)
if (!bot.startRunner()) throw new Error('Another process runs this data folder.')
const files = (await listedFiles(list)).map(({ name, sha256, size, content }) => ({
  name,
  sha256,
  size,
  content,
}))

const cpu = process.cpuUsage()
const { id } = await bot.engine.submit({
  parameters: { name: 'bench', concurrency: CONCURRENCY, retries: 0, timeoutSeconds: 300 },
  workflow,
  upload: { fileName: 'bench.xlsx', bytes: new Uint8Array(1024), files },
  sheet: 'Sheet1',
  headings: ['File'],
  rows: files.map(({ name, sha256, size }, i) => ({
    row: i + 2,
    cells: [name],
    inputs: inputsWith(i + 2, { name, sha256, size }),
  })),
  leftOut: [],
  owner: 'bench',
})
const task = await completed()
if (task.counts.succeeded !== files.length) throw new Error(`Only ${task.counts.succeeded} rows succeeded.`)
const measured: Measured = {
  ms: (task.finishedAt ?? 0) - task.createdAt,
  cpuMs: cpuMsSince(cpu),
  peakMb: peakMb(),
  taskId: id,
}
console.log(JSON.stringify(measured))
await bot.close()
process.exit(0)

async function completed() {
  for (;;) {
    await Bun.sleep(LOOK_EVERY_MS)
    const task = await findTask(bot.db, id)
    if (task?.status === 'completed') return task
    if (task?.status !== 'pending' && task?.status !== 'running')
      throw new Error(`The task is ${task?.status}: ${JSON.stringify(task?.error)}`)
  }
}
