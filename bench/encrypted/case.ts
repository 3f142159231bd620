import { join } from 'node:path'
import { statSync } from 'node:fs'
import { readConfig } from '../../src/app/config.ts'
import { writeTaskResult } from '../../src/app/results.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { sortedRowNumbers } from '../../src/db/rows/row-order.ts'
import { listRowPage } from '../../src/db/rows/row-list.ts'
import { rowNumbersBySearch } from '../../src/db/rows/row-search.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { cpuMsSince } from '../engine/measured.ts'
import { median } from '../support/figures.ts'
import { benchWorkflow, submitRows, textOfRow } from '../support/rows.ts'
import type { EncryptedCase } from '../encrypted.ts'

/*
 * One task that runs and one of many rows that is only looked at, with encryption on or off.
 * `bun case.ts URL RUN_ROWS LARGE_ROWS DATA_FOLDER true|false`
 */
const [url = '', runRows, largeRows, dataDir = '', isOn = ''] = process.argv.slice(2)
const ROWS_OF_PAGE = 50
const PAGE_READS = 40
const SETTLED_AT_ONCE = 500

const bot = await Rowbot.open({
  config: readConfig({ ROWBOT_DATA_DIR: dataDir, ROWBOT_ENCRYPT_DATA: isOn }),
})
const workflow = await benchWorkflow(bot, url)
bot.startRunner()
await complete(300)
const cpu = process.cpuUsage()
const ran = await complete(Number(runRows))
const cpuMsPerRow = cpuMsSince(cpu) / Number(runRows)
await bot.stopRunner(1_000)

const submitted = await timed(() => submitRows(bot, workflow, Number(largeRows)))
const { id } = submitted.value
await settle(id)
const task = await findTask(bot.db, id)
if (!task) throw new Error('the task is gone')
const page = () => listRowPage(bot.db, id, {}, { limit: ROWS_OF_PAGE, offset: 0 })
const pages: number[] = []
for (let read = 0; read < PAGE_READS; read++) pages.push((await timed(page)).ms)
const by = { of: 'outputs', name: 'summary' } as const
const sorted = await timed(() => sortedRowNumbers(bot.db, id, { by, isDescending: true }))
const searched = await timed(() => rowNumbersBySearch(bot.db, id, 'answer of row 9999'))
const path = join(dataDir, 'result.xlsx')
const written = await timed(() =>
  writeTaskResult(bot.db, task, 'bench', { path, format: 'plain', limits: bot.config.limits }),
)
const measured: EncryptedCase = {
  'rows at 0 ms, each': ran / Number(runRows),
  'CPU of such a row': cpuMsPerRow,
  'submit all rows': submitted.ms,
  'a page of rows': median(pages),
  'sort all rows': sorted.ms,
  'search all rows': searched.ms,
  'others wait for the search': searched.longestMs,
  'result file': written.ms,
  'others wait for the result file': written.longestMs,
  'size of the database, MB': statSync(join(dataDir, 'rowbot.db')).size / 2 ** 20,
}
console.log(JSON.stringify(measured))
await bot.close()
process.exit(0)

async function complete(count: number): Promise<number> {
  const { id: taskId } = await submitRows(bot, workflow, count)
  for (;;) {
    await Bun.sleep(50)
    const task = await findTask(bot.db, taskId)
    if (task?.status === 'completed' && task.finishedAt !== null) return task.finishedAt - task.createdAt
  }
}

/** As if every row had run. */
async function settle(taskId: string): Promise<void> {
  for (let from = 2; from < Number(largeRows) + 2; from += SETTLED_AT_ONCE) {
    await bot.db.transaction().execute(async (trx) => {
      for (let row = from; row < from + SETTLED_AT_ONCE; row++)
        await trx
          .updateTable('task_executions')
          .set({
            status: 'succeeded',
            outputs: JSON.stringify({ summary: `The answer of row ${row}. ${textOfRow(row).repeat(4)}` }),
            finished_at: row,
          })
          .where('id', '=', `${taskId}.${row}`)
          .execute()
    })
  }
  const counts = { status: 'completed' as const, succeeded: Number(largeRows) }
  await bot.db.updateTable('batch_tasks').set(counts).where('id', '=', taskId).execute()
}

/** How long it takes, and how long at most everybody else had to wait meanwhile. */
async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number; longestMs: number }> {
  let longestMs = 0
  let seen = performance.now()
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - seen)
    seen = performance.now()
  }, 1)
  const began = performance.now()
  const value = await work()
  const ms = performance.now() - began
  await Bun.sleep(2)
  clearInterval(timer)
  return { value, ms, longestMs }
}
