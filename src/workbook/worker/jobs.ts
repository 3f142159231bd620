import type { AppDescription } from '../../engine/workflow.ts'
import { check } from '../check/check.ts'
import { preparedRows, valueRows } from '../check/rows.ts'
import type { Limits } from '../limits.ts'
import { openBook } from '../read/open-book.ts'
import { picturesIn } from '../read/pictures.ts'
import type { ResultRow } from '../../engine/task.ts'
import type { CheckOptions, OwnWorkbook, ResultHeader, UploadFile } from '../types.ts'

/** What the main thread can ask a worker to do. */
export type Job =
  | { kind: 'check'; file: UploadFile; options: CheckOptions; limits: Limits }
  | { kind: 'rows'; file: UploadFile; options: CheckOptions; limits: Limits }
  | { kind: 'values'; file: UploadFile; options: CheckOptions; limits: Limits }
  | { kind: 'pictures'; file: UploadFile; limits: Limits }
  | { kind: 'mark'; file: UploadFile; options: CheckOptions; limits: Limits; plain: boolean }
  | { kind: 'result'; path: string; part: string; format: 'xlsx' | 'csv'; header: ResultHeader }
  | ({
      kind: 'own'
      path: string
      part: string
      header: ResultHeader
      file: UploadFile
      limits: Limits
    } & OwnWorkbook)
  | { kind: 'template'; workflow: AppDescription }

/** Input of a job while it runs: the next rows of a result; nothing for other jobs. */
export type Rows = ResultRow[]

/**
 * Runs a job as a conversation: it yields one answer per request, and returns when there are no more. To load exceljs
 * takes a tenth of a second, so only the jobs that write with it import it.
 */
export async function* run(job: Job): AsyncGenerator<unknown, void, Rows | undefined> {
  switch (job.kind) {
    case 'check':
      yield await check(await openBook(job.file, job.limits, job.options), job.options, job.limits)
      return
    case 'rows':
      yield* preparedRows(await openBook(job.file, job.limits, job.options), job.options, job.limits)
      return
    case 'values':
      yield* values(job.file, job.options, job.limits)
      return
    case 'pictures':
      yield* picturesIn(job.file, job.limits)
      return
    case 'mark': {
      const { markedCopy } = await import('../write/marked/marked.ts')
      yield await markedCopy(job.file, job.options, job.limits, job.plain)
      return
    }
    case 'result': {
      const { writeResultFile } = await import('../write/result.ts')
      yield* writeResultFile(job.path, job.part, job.format, job.header)
      return
    }
    case 'own': {
      const { writeOwnFile } = await import('../write/result.ts')
      yield* writeOwnFile(job.path, job.part, job.header, job)
      return
    }
    case 'template': {
      const { template } = await import('../write/template.ts')
      yield await template(job.workflow)
    }
  }
}

/** Yields first the facts about the whole sheet, then its rows. */
async function* values(file: UploadFile, options: CheckOptions, limits: Limits): AsyncGenerator {
  const book = await openBook(file, limits, options)
  const { sheets, sheet, headingRow, headings, faults } = await check(book, options, limits)
  const csv = book.csv && { encoding: book.csv.encoding, delimiter: book.csv.delimiter }
  yield { sheets, sheet, headingRow, headings, faults, ...csv }
  yield* valueRows(book, { ...options, sheet, headingRow, width: headings.length })
}
