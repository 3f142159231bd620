import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { ResultRow } from '../../engine/task.ts'
import type { Limits } from '../limits.ts'
import { FileRefusal } from '../read/refusal.ts'
import type { OwnWorkbook, ResultHeader, UploadFile, WhyNew } from '../types.ts'
import { CannotCarry } from './carried/cannot-carry.ts'
import { outputNamesIn, type ResultWriter } from './columns.ts'
import { CsvResult } from './result-csv.ts'
import { OwnResult } from './own/own-result.ts'

/**
 * What a step of writing came to: it is ready for rows (with the number of columns added to the person’s own workbook,
 * once it is known), or that workbook cannot take them.
 */
export type WriteStep = { ready: true; columns?: number } | { ready: false; why: WhyNew }

/**
 * Writes the rows of a result into the person’s own workbook, in the same way as `writeResultFile`. If that turns out
 * to be impossible, it yields the reason and ends; a new workbook is made then, from the first row on.
 */
export async function* writeOwnFile(
  path: string,
  part: string,
  header: ResultHeader,
  own: OwnWorkbook & { file: UploadFile; limits: Limits },
): AsyncGenerator<WriteStep, void, ResultRow[] | undefined> {
  let rows = yield READY
  const outputNames = header.outputNames.length > 0 ? header.outputNames : outputNamesIn(rows ?? [])
  const file = await open(part, 'w')
  let why: WhyNew | undefined
  try {
    const complete = { ...header, outputNames }
    const writer = await OwnResult.start(file, `${part}.long`, complete, own, rows ?? [])
    while (rows) {
      await writer.add(rows)
      rows = yield { ready: true, columns: writer.columns }
    }
    await writer.finish()
  } catch (error) {
    why = whyNew(error)
  } finally {
    await file.close()
  }
  if (why === undefined) await rename(part, path)
  else yield { ready: false, why }
}

const READY: WriteStep = { ready: true }

/** @throws what is not about the workbook: a full disk would fail a new one, too */
function whyNew(error: unknown): WhyNew {
  if (error instanceof CannotCarry) return { code: error.code, message: error.message }
  if (error instanceof FileRefusal) return { code: 'damaged', message: 'a part of it is damaged' }
  if (error instanceof Error && 'syscall' in error) throw error
  return { code: 'unusual', message: 'its parts are written in an unusual way' }
}

/**
 * Writes the rows of a result as they arrive, and renames the file when it is complete: until then its path has the
 * earlier file or none. Yields whenever it is ready for rows; without rows, it finishes.
 * @param part path of the unfinished file; the caller removes it if this fails
 */
export async function* writeResultFile(
  path: string,
  part: string,
  format: 'xlsx' | 'csv',
  header: ResultHeader,
): AsyncGenerator<WriteStep, void, ResultRow[] | undefined> {
  let rows = yield READY
  const outputNames = header.outputNames.length > 0 ? header.outputNames : outputNamesIn(rows ?? [])
  const complete = { ...header, outputNames }
  const file = createWriteStream(part)
  await once(file, 'open') // else the file might be created after the caller has ended this worker and removed it
  const writer: ResultWriter =
    format === 'csv'
      ? new CsvResult(file, complete)
      : new (await import('./result-xlsx.ts')).XlsxResult(file, `${part}.long`, complete, rows ?? [])
  while (rows) {
    await writer.add(rows)
    rows = yield READY
  }
  await writer.finish()
  await rename(part, path)
}
