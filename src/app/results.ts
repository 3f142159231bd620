import { outputNames, resultRows } from '../db/rows/result-rows.ts'
import { sumUsage } from '../db/stats/task-facts.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { durationText } from '../engine/duration.ts'
import { writeResult } from '../workbook/workbook.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, basename, extname } from 'node:path'
import { findWorkflow } from '../db/workflows/workflows.ts'

/** Writes a task’s result so far, in the sheet’s order. */
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
  const { tokens, prices, unpricedRows, unknownCalls } = await sumUsage(db, task.id)
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
    ...(unpricedRows > 0 ? [['Price not known', `of ${rowsText(unpricedRows)}`] as [string, string]] : []),
    ...(unknownCalls > 0
      ? [['Calls not known', `up to ${unknownCalls}, which may have been paid`] as [string, string]]
      : []),
    ['Written at', new Date().toISOString()],
  ]
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`
}

/** Up to six decimals: a row may cost less than a cent. */
export function priceText(price: number): string {
  return price.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 })
}

/** Writes a task’s result to a temporary file for a chat: `products-q3.results.xlsx`. */
export async function makeResultFile(db: Db, task: TaskView): Promise<ResultFile> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-result-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'result.xlsx')
  try {
    const workflow = await findWorkflow(db, task.workflowId)
    await writeTaskResult(db, task, workflow?.name ?? '', { path })
  } catch (fault) {
    await remove()
    throw fault
  }
  return { name: resultName(task.fileName), content: Bun.file(path), remove }
}

/** A task’s result so far, as a file. The caller must remove it. */
export interface ResultFile {
  name: string
  content: Blob
  remove(): Promise<void>
}

export type MakeResult = (task: TaskView) => Promise<ResultFile>

/** `products-q3.xlsx` → `products-q3.results.xlsx`: from the person’s file name, made valid for any disk. */
export function resultName(fileName: string, format: 'xlsx' | 'csv' = 'xlsx'): string {
  const stem = basename(fileName, extname(fileName))
    .replaceAll(/[\p{C}\s/\\:*?<>|"]+/gu, ' ')
    .trim()
  return `${stem || 'rowbot'}.results.${format}`
}
