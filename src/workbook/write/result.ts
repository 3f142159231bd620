import { rename } from 'node:fs/promises'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { outputNamesIn, type ResultWriter } from './columns.ts'
import { CsvResult } from './result-csv.ts'
import { XlsxResult } from './result-xlsx.ts'

/**
 * Takes the rows of a result as they come, and gives the file its name when it is whole: whoever looks meanwhile sees
 * the one before or none. Yields each time it is ready for rows; told none, it finishes.
 * @param part where it is written to meanwhile; the caller removes it when this fails
 */
export async function* writeResultFile(
  path: string,
  part: string,
  format: 'xlsx' | 'csv',
  header: ResultHeader,
): AsyncGenerator<'ready', void, ResultRow[] | undefined> {
  let rows = yield 'ready'
  const outputNames = header.outputNames.length > 0 ? header.outputNames : outputNamesIn(rows ?? [])
  const complete = { ...header, outputNames }
  const writer: ResultWriter =
    format === 'csv' ? new CsvResult(part, complete) : new XlsxResult(part, complete, rows ?? [])
  while (rows) {
    await writer.add(rows)
    rows = yield 'ready'
  }
  await writer.finish()
  await rename(part, path)
}
