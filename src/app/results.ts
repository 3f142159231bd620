import { listResultFiles, namingFiles, writeResultZip, zipNameOf } from './result-files.ts'
import { countOutputFiles } from '../db/rows/output-files.ts'
import type { FileStore } from '../files/file-store.ts'
import { outputNames, resultRows } from '../db/rows/result-rows.ts'
import { sumUsage } from '../db/stats/task-facts.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { durationText } from '../engine/duration.ts'
import type { Limits } from '../workbook/limits.ts'
import type { WrittenResult } from '../workbook/types.ts'
import { writeResult, type ResultToWrite } from '../workbook/workbook.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, basename } from 'node:path'
import { findUpload } from '../db/drafts/uploads.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'

/** `own`: in the person’s own workbook; `plain`: in a new one. */
export const RESULT_FORMATS = ['own', 'plain', 'csv'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

/**
 * Writes a task’s result so far, in the sheet’s order.
 * @returns whether the person’s own workbook has it; if not, and it was asked for, the reason
 */
export async function writeTaskResult(
  db: Db,
  task: TaskView,
  workflow: string,
  { path, format = 'own', limits }: { path: string; format?: ResultFormat; limits: Limits },
): Promise<WrittenResult> {
  const upload = format === 'own' ? await uploadOf(db, task) : undefined
  const files = await listResultFiles(db, task.id)
  return writeResult(
    {
      path,
      format: format === 'own' && !upload ? 'plain' : format,
      ...(upload && { upload }),
      header: {
        headings: task.headings,
        outputNames: await outputNames(db, task.id),
        summary: await summary(db, task, workflow),
      },
      rows: () => namingFiles(resultRows(db, task.id), files),
    },
    limits,
  )
}

/** The workbook that the result goes into; undefined where nobody sent one, but only files. */
async function uploadOf(db: Db, { uploadId, sheet, headingRow }: TaskView): Promise<ResultToWrite['upload']> {
  if (headingRow === null) {
    const message = 'the task was started by an earlier version of Rowbot'
    return { unable: { code: 'old-task', message } }
  }
  const upload = await findUpload(db, uploadId)
  if (!upload) return { unable: { code: 'gone', message: 'it is no longer kept' } }
  if (upload.listsFiles) return undefined
  return { file: { name: upload.fileName, bytes: upload.bytes }, sheet, headingRow }
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
    ...(task.waiting > 0 ? [['Wait for an answer', task.waiting] as [string, number]] : []),
    ['Left out', task.leftOut],
    ['Time', task.startedAt === null ? '' : durationText(ended - task.startedAt)],
    ['Tokens', tokens],
    ...prices.map(({ price, currency }): [string, string] => [`Price (${currency})`, priceText(price)]),
    ...(unpricedRows > 0 ? [['Price not known', `of ${rowsText(unpricedRows)}`] as [string, string]] : []),
    ...(unknownCalls > 0
      ? [
          ['Calls not known', `up to ${unknownCalls.toLocaleString('en')}, which may have been paid`] as [
            string,
            string,
          ],
        ]
      : []),
    ['Written at', new Date().toISOString()],
  ]
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`
}

/** Up to six decimals: a row may cost less than a cent. */
export function priceText(price: number): string {
  return price.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 })
}

/** Writes a task’s result to a temporary file for a chat: `products-q3.results.xlsx`. */
export async function makeResultFile(db: Db, task: TaskView, limits: Limits): Promise<ResultFile> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-result-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'result.xlsx')
  try {
    const workflow = await findWorkflow(db, task.workflowId)
    const written = await writeTaskResult(db, task, workflow?.name ?? '', { path, limits })
    return { name: resultName(task.fileName), content: Bun.file(path), written, remove }
  } catch (fault) {
    await remove()
    throw fault
  }
}

/** A task’s result so far, as a file. The caller must remove it. */
export interface ResultFile {
  name: string
  content: Blob
  written: WrittenResult
  remove(): Promise<void>
}

export type MakeResult = (task: TaskView) => Promise<ResultFile>

/** The files that a task's rows gave, as one ZIP: `products-q3.results.files.zip`. The caller must remove it. */
export interface ResultZip {
  name: string
  content: Blob
  /** how many files are in it */
  count: number
  remove(): Promise<void>
}

/** Undefined: no row gave a file that could be fetched. */
export type MakeZip = (task: TaskView) => Promise<ResultZip | undefined>

/** Writes a ZIP of a task’s files to a temporary file for a chat. */
export async function makeResultZip(
  db: Db,
  store: FileStore,
  task: TaskView,
): Promise<ResultZip | undefined> {
  const { fetched } = await countOutputFiles(db, task.id)
  if (fetched === 0) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-result-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'files.zip')
  try {
    await writeResultZip(db, store, task.id, path)
    const name = zipNameOf(resultName(task.fileName))
    return { name, content: Bun.file(path), count: fetched, remove }
  } catch (fault) {
    await remove()
    throw fault
  }
}

/** A table of files may be called `scans 12.03.2024` or `v1.2 scans`. */
const EXTENSION = /(?<=.)\.(?!\d+$)[^.\s]{1,10}$/

/** `products-q3.xlsx` → `products-q3.results.xlsx`: from the person’s file name, made valid for any disk. */
export function resultName(fileName: string, format: ResultFormat = 'own'): string {
  const stem = basename(fileName)
    .replace(EXTENSION, '')
    .replaceAll(/[\p{C}\s/\\:*?<>|"]+/gu, ' ')
    .trim()
  return `${stem || 'rowbot'}.results.${format === 'csv' ? 'csv' : 'xlsx'}`
}
