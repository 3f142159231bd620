import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { outputNamesIn, type ResultWriter } from './columns.ts'
import { CsvResult } from './result-csv.ts'
import { XlsxResult } from './result-xlsx.ts'

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
): AsyncGenerator<'ready', void, ResultRow[] | undefined> {
  let rows = yield 'ready'
  const outputNames = header.outputNames.length > 0 ? header.outputNames : outputNamesIn(rows ?? [])
  const complete = { ...header, outputNames }
  const file = createWriteStream(part)
  await once(file, 'open') // else the file might be created after the caller has ended this worker and removed it
  const writer: ResultWriter =
    format === 'csv'
      ? new CsvResult(file, complete)
      : new XlsxResult(file, `${part}.long`, complete, rows ?? [])
  while (rows) {
    await writer.add(rows)
    rows = yield 'ready'
  }
  await writer.finish()
  await rename(part, path)
}
