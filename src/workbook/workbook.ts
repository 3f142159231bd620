import { say } from '../engine/sentence.ts'
import pLimit from 'p-limit'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../engine/user-error.ts'
import type { AppDescription } from '../engine/workflow.ts'
import type { Job } from './worker/jobs.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { giveBack, takeWorker } from './worker/idle-workers.ts'
import type { WorkerErrors, WorkerRequest } from './worker/off-thread.ts'
import { shownName } from './read/refusal.ts'
import type { ResultRow } from '../engine/task.ts'
import type {
  Check,
  CheckOptions,
  OwnWorkbook,
  PreparedRow,
  Reading,
  ResultHeader,
  SheetPicture,
  UploadFile,
  ValueRow,
  WhyNew,
  Values,
  WrittenResult,
} from './types.ts'
import type { WriteStep } from './write/result.ts'

// The interface of this folder. Everything runs in a worker, so that the main thread never waits for a workbook; if a
// worker takes too long or dies, a UserError says so. All functions throw UserError if the file cannot be read.

/** Reads a whole upload, checks every row, and returns what was found. */
export async function checkUpload(file: UploadFile, options: CheckOptions, limits: Limits): Promise<Check> {
  return once<Check>({ kind: 'check', file, options, limits }, workerErrors(file.name), limits.readSeconds)
}

/**
 * Every data row of the sheet in order, ready to run or with its faults, in chunks of up to 1,000. The worker reads
 * on only when the next chunk is requested.
 */
export async function* readRows(
  file: UploadFile,
  options: CheckOptions,
  limits: Limits,
): AsyncGenerator<PreparedRow[]> {
  yield* stream<PreparedRow[]>(
    { kind: 'rows', file, options, limits },
    workerErrors(file.name),
    limits.readSeconds,
  )
}

/**
 * Everything in a sheet: bare values, or what the cells show if `options.values` is `shown`. Rows come in chunks;
 * consume them, or call `rows.return()`.
 */
export async function readValues(file: UploadFile, options: Reading, limits: Limits): Promise<Values> {
  const errors = workerErrors(file.name)
  const answers = stream<unknown>({ kind: 'values', file, options, limits }, errors, limits.readSeconds)
  const { value } = await answers.next()
  // `as`: the first answer of this job is the head, all others are chunks of rows: see `values` in jobs.ts.
  const head = value as Omit<Values, 'rows'>
  return { ...head, rows: answers as AsyncGenerator<ValueRow[]> }
}

/**
 * The pictures of an .xlsx or .xlsm that its cells show: those placed in cells, and those that float over them, without
 * linked ones. The first ones, within the limits of files that come along.
 */
export async function* picturesIn(file: UploadFile, limits: Limits): AsyncGenerator<SheetPicture> {
  const { name, bytes } = file
  yield* stream<SheetPicture>(
    { kind: 'pictures', file: { name, bytes }, limits },
    workerErrors(name),
    limits.readSeconds,
  )
}

/**
 * The person’s own workbook with nothing changed except that bad cells are marked and a sheet in front says what to
 * do. If the file cannot be edited (and for CSV), a copy of its values, marked in the same way.
 */
export async function writeMarkedCopy(
  file: UploadFile,
  options: CheckOptions,
  limits: Limits,
): Promise<{ bytes: Uint8Array; plain: boolean }> {
  const job = { kind: 'mark', file, options, limits, plain: false } as const
  const errors = workerErrors(file.name)
  const carried = await once<Uint8Array | null>(job, errors, limits.readSeconds).catch((error: unknown) => {
    if (error !== errors.tooSlow && error !== errors.died) throw error
    return null
  })
  if (carried) return { bytes: carried, plain: false }
  const bytes = await once<Uint8Array | null>({ ...job, plain: true }, errors, limits.writeSeconds)
  if (!bytes) throw new Error('a plain copy is always made')
  return { bytes, plain: true }
}

export interface ResultToWrite {
  /** an existing file is replaced in one step */
  path: string
  /** `own`: in the person’s own workbook, or in a new one if that is not possible */
  format: 'own' | 'plain' | 'csv'
  /** for `own`; or why there is none */
  upload?: (OwnWorkbook & { file: UploadFile }) | { unable: WhyNew }
  header: ResultHeader
  /** the rows from the first on; it may be called twice */
  rows: () => AsyncIterable<ResultRow[]>
}

/** Writes a result row by row, and moves it to its path when it is complete. */
export async function writeResult(
  result: ResultToWrite,
  limits: Limits = DEFAULT_LIMITS,
): Promise<WrittenResult> {
  return twoWritten(() => write(result, limits))
}

async function write(result: ResultToWrite, limits: Limits): Promise<WrittenResult> {
  const { format, upload, header } = result
  if (format !== 'own') {
    await writeNew(result, header, limits)
    return { kind: 'plain' }
  }
  if (!upload) throw new Error('a result in the person’s own workbook needs it')
  const tried = 'unable' in upload ? { why: upload.unable } : await writeOwn(result, upload, limits)
  const { why } = tried
  if (!why) return { kind: 'own', columns: tried.columns }
  const said: [string, string] = [
    'Result',
    `in a new workbook; yours could not take columns, because ${why.message}`,
  ]
  await writeNew(result, { ...header, summary: [...header.summary, said] }, limits)
  return { kind: 'plain', why }
}

async function writeOwn(
  result: ResultToWrite,
  { file, sheet, headingRow }: OwnWorkbook & { file: UploadFile },
  limits: Limits,
): Promise<RowsTaken> {
  const { path, header } = result
  const errors = workerErrors(basename(path), 'written')
  const job = { kind: 'own', path, part: partOf(path), header, file, limits, sheet, headingRow } as const
  try {
    return await fed(job, result.rows(), errors, limits)
  } catch (error) {
    if (error === errors.tooSlow) return { why: { code: 'too-slow', message: 'that takes too long' } }
    if (error === errors.died)
      return { why: { code: 'stopped', message: 'the program that does it stopped' } }
    throw error
  }
}

async function writeNew(result: ResultToWrite, header: ResultHeader, limits: Limits): Promise<void> {
  const { path } = result
  const format = result.format === 'csv' ? 'csv' : 'xlsx'
  const job = { kind: 'result', path, part: partOf(path), format, header } as const
  await fed(job, result.rows(), workerErrors(basename(path), 'written'), limits)
}

/** What became of the rows: how many columns took them in the person’s own workbook, or why it could not. */
type RowsTaken = { columns: number; why?: undefined } | { why: WhyNew }

/** Runs a job that takes rows. */
async function fed(
  job: Extract<Job, { part: string }>,
  chunks: AsyncIterable<ResultRow[]>,
  errors: WorkerErrors,
  limits: Limits,
): Promise<RowsTaken> {
  const worker = takeWorker(errors)
  let columns = 0
  const ask = async (question: WorkerRequest, seconds: number) => {
    // `as`: what jobs that take rows yield, see write/result.ts.
    const step = (await worker.ask(question, seconds))?.value as WriteStep | undefined
    if (step?.ready === false) return step.why
    columns = step?.columns ?? columns
    return undefined
  }
  try {
    let why = await ask({ job }, limits.writeSeconds)
    if (why) return { why }
    for await (const rows of chunks) {
      for (let i = 0; i < rows.length; i += POSTED_ROWS) {
        why = await ask({ rows: rows.slice(i, i + POSTED_ROWS) }, limits.writeSeconds)
        if (why) return { why }
      }
    }
    why = await ask({}, limits.writeSeconds * FINISH)
    return why ? { why } : { columns }
  } finally {
    giveBack(worker)
    await rm(job.part, { force: true })
    await rm(`${job.part}.long`, { force: true })
  }
}

function partOf(path: string): string {
  return `${path}.${randomUUID().slice(0, 8)}.part`
}

/** The bytes of a template for a workflow. */
export async function writeTemplate(
  workflow: AppDescription,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Uint8Array> {
  const { name, description, variables } = workflow
  const job: Job = { kind: 'template', workflow: { name, description, variables } }
  return once<Uint8Array>(job, workerErrors(name, 'written'), limits.writeSeconds)
}

/** Copying rows to the worker blocks this thread, so only this many at once. */
const POSTED_ROWS = 250
/** Finishing a result reads all of its long texts once more: it gets this many times as long. */
const FINISH = 5

/** Ten people may send 50 MB each in the same second, and thirty tasks may end in one: the memory must be bounded. */
const twoRead = pLimit(2)
const twoWritten = pLimit(2)

/** @typeParam T what the job yields: see jobs.ts */
async function once<T>(job: Job, errors: WorkerErrors, seconds: number): Promise<T> {
  return twoRead(async () => {
    const [value] = await Array.fromAsync(stream<T>(job, errors, seconds))
    if (value === undefined) throw new Error(`the job ${job.kind} ended without an answer`)
    return value
  })
}

async function* stream<T>(job: Job, errors: WorkerErrors, seconds: number): AsyncGenerator<T> {
  const worker = takeWorker(errors)
  try {
    let answer = await worker.ask({ job }, seconds)
    while (answer) {
      yield answer.value as T // `as`: what the job yields, as the caller says
      answer = await worker.ask({}, seconds)
    }
  } finally {
    giveBack(worker)
  }
}

function workerErrors(name: string, work: 'read' | 'written' = 'read'): WorkerErrors {
  const file = { name: shownName(name) }
  const todo = work === 'read' ? say('do-refused-too-large-inside') : say('do-take-fewer-rows')
  return {
    tooSlow: new UserError(say(work === 'read' ? 'reading-too-slow' : 'writing-too-slow', file), todo),
    died: new UserError(say(work === 'read' ? 'reading-died' : 'writing-died', file), todo),
  }
}
