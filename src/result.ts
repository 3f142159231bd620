import { outputNames, resultRows } from './db/result-rows.ts'
import { sumUsage } from './db/task-facts.ts'
import type { Db } from './db/schema.ts'
import type { TaskView } from './db/tasks.ts'
import { durationText } from './engine/duration.ts'
import { writeResult } from './workbook/workbook.ts'

/** Writes a task's result as it stands now, complete or not, in the sheet's order. */
export async function writeTaskResult(
  db: Db,
  task: TaskView,
  workflow: string,
  { path, format = 'xlsx' }: { path: string; format?: 'xlsx' | 'csv' },
): Promise<void> {
  await writeResult({
    path,
    format,
    header: {
      headings: task.headings,
      outputNames: await outputNames(db, task.id),
      summary: await summary(db, task, workflow),
    },
    rows: resultRows(db, task.id),
  })
}

async function summary(db: Db, task: TaskView, workflow: string): Promise<[string, string | number][]> {
  const { counts } = task
  const { tokens, prices } = await sumUsage(db, task.id)
  const ended = task.finishedAt ?? Date.now()
  return [
    ['Task', `${task.name} (${task.id})`],
    ['Workflow', workflow],
    ['File', `${task.fileName} · ${task.sheet}`],
    ['Started by', task.owner],
    ['State', task.status],
    ...(task.error ? [['Stopped because', task.error] as [string, string]] : []),
    ['Rows', counts.total],
    ['Succeeded', counts.succeeded],
    ['Failed', counts.failed],
    ['Cancelled', counts.cancelled],
    ['Not finished', counts.left],
    ['Left out', task.leftOut],
    ['Time', task.startedAt === null ? '' : durationText(ended - task.startedAt)],
    ['Tokens', tokens],
    ...prices.map(({ price, currency }): [string, string] => [`Price (${currency})`, priceText(price)]),
    ['Written at', new Date().toISOString()],
  ]
}

/** Up to six decimals: a row may cost less than a cent. */
export function priceText(price: number): string {
  return price.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 })
}
