import { findFlagged, type Flagged } from './flags.ts'
import { listResultFiles, namingFiles } from './result-files.ts'
import { countOutdated } from '../db/rows/carried.ts'
import { outputNames, resultRows } from '../db/rows/result-rows.ts'
import { hasEdits } from '../db/rows/reviews.ts'
import { hasEditedInputs } from '../db/rows/edited-inputs.ts'
import { sumUsage } from '../db/stats/task-facts.ts'
import { findWorkedMs } from '../db/stats/worked.ts'
import type { Db } from '../db/schema.ts'
import { dateOf } from '../db/tasks/task-parts.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { durationText } from '../engine/duration.ts'
import { decimalOf, type MoneySum, type Nano } from '../engine/money.ts'
import type { ResultRow } from '../engine/task.ts'
import type { Limits } from '../workbook/limits.ts'
import type { RowRange, WrittenResult } from '../workbook/types.ts'
import { writeResult, type ResultToWrite } from '../workbook/workbook.ts'
import { basename } from 'node:path'
import { findUpload } from '../db/drafts/uploads.ts'

/** `own`: in the person’s own workbook; `plain`: in a new one. */
export const RESULT_FORMATS = ['own', 'plain', 'csv'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

export interface ResultOptions {
  path: string
  format?: ResultFormat
  limits: Limits
  /** only these, for a part of a result that is a workbook of its own */
  rows?: RowRange
}

/**
 * Writes a task’s result so far, in the sheet’s order.
 * @returns whether the person’s own workbook has it; if not, and it was asked for, the reason
 */
export async function writeTaskResult(
  db: Db,
  task: TaskView,
  workflow: string,
  { path, format = 'own', limits, rows }: ResultOptions,
): Promise<WrittenResult> {
  requireOutputs(task)
  const upload = format === 'own' ? await uploadOf(db, task) : undefined
  const files = await listResultFiles(db, task.id)
  const flagged = await findFlagged(db, task)
  return writeResult(
    {
      path,
      format: format === 'own' && !upload ? 'plain' : format,
      ...(upload && { upload }),
      header: {
        headings: task.headings,
        outputNames: await outputNames(db, task.id),
        ...(flagged.rows.length > 0 && { hasFlags: true }),
        ...((await hasEdits(db, task.id, rows)) && { hasEdits: true }),
        ...((await hasEditedInputs(db, task.id, rows)) && { hasInputEdits: true }),
        ...((task.carried > 0 || (task.equal ?? 0) > 0) && { hasSources: true }),
        summary: await summary(db, task, workflow, flagged),
      },
      rows: () => namingFiles(within(resultRows(db, task.id), rows), files),
    },
    limits,
  )
}

/** @throws UserError if they were deleted because they were old */
export function requireOutputs(task: Pick<TaskView, 'name' | 'deleted'>): void {
  const refusal = outputsDeleted(task)
  if (refusal) throw refusal
}

/** What is said to whoever wants them; undefined: they are there. */
export function outputsDeleted({ name, deleted }: Pick<TaskView, 'name' | 'deleted'>): UserError | undefined {
  if (deleted.outputs === undefined) return undefined
  return new UserError(
    say('result-deleted', { task: name, date: dateOf(deleted.outputs) }),
    say('do-send-file-anew'),
  )
}

async function* within(chunks: AsyncIterable<ResultRow[]>, range?: RowRange): AsyncGenerator<ResultRow[]> {
  for await (const chunk of chunks) {
    const rows = range ? chunk.filter(({ row }) => row >= range.from && row <= range.to) : chunk
    if (rows.length > 0) yield rows
    if (range && (chunk.at(-1)?.row ?? 0) >= range.to) return
  }
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

async function summary(
  db: Db,
  task: TaskView,
  workflow: string,
  { rows, edited, kept }: Flagged,
): Promise<[string, string | number][]> {
  const { counts } = task
  const { tokens, prices, unpriced, unknownCalls } = await sumUsage(db, task.id)
  const outdated = task.carried > 0 ? await countOutdated(db, task.id) : 0
  return [
    ['Task', `${task.name} (${task.id})`],
    ['Workflow', workflow],
    ['File', `${task.fileName} · ${task.sheet}`],
    ...(task.constants ?? []).map(({ label, text, isDefault }): [string, string] => [
      `${label} (all rows${isDefault ? ', the workflow’s own default' : ''})`,
      text,
    ]),
    ['Started by', task.owner],
    ['State', stateText(task)],
    ...(task.error ? [['Stopped because', task.error] as [string, string]] : []),
    ['Rows', counts.total],
    ['Succeeded', counts.succeeded],
    ...(rows.length > 0 ? [['To look at', rows.length] as [string, number]] : []),
    ...(edited > 0 ? [['Edited', edited] as [string, number]] : []),
    ...(kept > 0 ? [['Kept', kept] as [string, number]] : []),
    ...(task.carried > 0 ? [['From an earlier task', task.carried] as [string, number]] : []),
    ...(outdated > 0
      ? [['Of these, by an older version of the workflow', outdated] as [string, number]]
      : []),
    ...(task.equal ? [['Same as another row', task.equal] as [string, number]] : []),
    ['Failed', counts.failed],
    ['Cancelled', counts.cancelled],
    ['Not finished', counts.left],
    ...(task.waiting > 0 ? [['Wait for an answer', task.waiting] as [string, number]] : []),
    ['Left out', task.leftOut],
    ['Time', task.startedAt === null ? '' : durationText(await findWorkedMs(db, task, Date.now()))],
    ['Tokens', tokens],
    ...prices.map((sum): [string, string] => [`Price (${sum.currency})`, sumText(sum)]),
    ...prices
      .filter(({ guessed }) => guessed > 0)
      .map(({ guessed, currency }): [string, string] => [
        `Estimated (${currency})`,
        `the price of ${callsText(guessed)}: Dify did not tell it, so the mean was taken`,
      ]),
    ...(unpriced > 0 ? [['Price not known', `of ${callsText(unpriced)}`] as [string, string]] : []),
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

/** Where a task that has not run all its rows stands: `stopped at 53 of 236 rows`. */
function stateText({ status, counts }: TaskView): string {
  const at = `at ${counts.succeeded + counts.failed} of ${rowsText(counts.total)}`
  switch (status) {
    case 'paused':
      return `paused ${at}`
    case 'failed':
      return `stopped by a fault ${at}`
    case 'cancelled':
      return `stopped ${at}`
    case 'pending':
    case 'running':
    case 'completed':
      return status
  }
}

function callsText(calls: number): string {
  return calls === 1 ? '1 call' : `${calls.toLocaleString('en')} calls`
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`
}

const PRICE = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 })

/** `≈ 1.25`, if some of it is the mean of such calls. */
export function sumText({ nano, guessed }: MoneySum): string {
  return guessed > 0 ? `≈ ${priceText(nano)}` : priceText(nano)
}

/** Up to six decimals: a row may cost less than a cent. */
export function priceText(nano: Nano): string {
  return PRICE.format(decimalOf(nano) as Intl.StringNumericLiteral) // any decimal is valid
}

/** A table of files may be called `scans 12.03.2024` or `v1.2 scans`. */
const EXTENSION = /(?<=.)\.(?!\d+$)[^.\s]{1,10}$/

/** Says in the name, too, that rows are missing: `products-q3.stopped-at-53-of-236.results.xlsx`. */
export function resultNameOf(
  { fileName, status, counts }: Pick<TaskView, 'fileName' | 'status' | 'counts'>,
  format: ResultFormat = 'own',
): string {
  const name = resultName(fileName, format)
  const word = status === 'paused' ? 'paused' : status === 'failed' || status === 'cancelled' ? 'stopped' : ''
  const settled = counts.succeeded + counts.failed
  if (word === '' || settled === counts.total) return name
  return name.replace(/\.results\.\w+$/, (end) => `.${word}-at-${settled}-of-${counts.total}${end}`)
}

/** `products-q3.xlsx` → `products-q3.results.xlsx`: from the person’s file name, made valid for any disk. */
export function resultName(fileName: string, format: ResultFormat = 'own'): string {
  const stem = basename(fileName)
    .replace(EXTENSION, '')
    .replaceAll(/[\p{C}\s/\\:*?<>|"]+/gu, ' ')
    .trim()
  return `${stem || 'rowbot'}.results.${format === 'csv' ? 'csv' : 'xlsx'}`
}
