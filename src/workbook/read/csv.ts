import type { Limits } from '../limits.ts'
import type { Reading, UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { records } from './csv-records.ts'
import { type DecimalMarks, decimalMarks } from './decimal-marks.ts'
import { delimiterOf, type Start } from './delimiter.ts'
import { decodeText } from './encoding.ts'
import { HEAD_ROWS, tooManyRows } from './refusal.ts'
import type { RawRow } from './value.ts'

const BATCH_ROWS = 1_000

/**
 * Opens a CSV file as a book of one sheet. Every cell is text, so `00123` keeps its zeros. Rows are counted as a
 * spreadsheet does: blank lines count, line breaks inside quotes do not.
 */
export async function openCsv(
  file: UploadFile,
  limits: Limits,
  how: Pick<Reading, 'encoding' | 'delimiter'> = {},
): Promise<Book> {
  const { text, ...encoding } = await decodeText(file.bytes, how.encoding)
  const { delimiter, start } = delimiterOf(text, file.name, how.delimiter)
  const name = file.name.replace(/^.*[/\\]/, '').replace(/\.(csv|tsv|txt|tab)$/i, '') || 'CSV'
  let marks: DecimalMarks | undefined
  const decimals: DecimalMarks = (column) => {
    marks ??= decimalMarks(records(text, start, delimiter, limits), delimiter)
    return marks(column)
  }
  return {
    sheets: [{ name, hidden: false, rows: () => batches(text, start, delimiter, limits) }],
    parts: [],
    csv: { encoding, delimiter, decimals },
  }
}

async function* batches(
  text: string,
  start: Start,
  delimiter: string,
  limits: Limits,
): AsyncGenerator<RawRow[]> {
  let batch: RawRow[] = []
  let count = 0
  for (const row of records(text, start, delimiter, limits)) {
    if (++count > limits.maxRows + HEAD_ROWS) {
      throw tooManyRows(limits.maxRows)
    }
    batch.push(row)
    if (batch.length < BATCH_ROWS) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
