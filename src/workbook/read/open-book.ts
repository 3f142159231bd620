import type { Limits } from '../limits.ts'
import type { Reading, UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { openCsv } from './csv.ts'
import { FileRefusal } from './refusal.ts'
import { sniff } from './sniff.ts'
import { openXlsx } from './xlsx.ts'

/**
 * Opens an upload by its content, whatever its name.
 * @param how for a CSV file: what a person chose instead of what Rowbot would
 * @throws UserError that says what the file is instead of a workbook, or which limit it exceeds
 */
export async function openBook(
  file: UploadFile,
  limits: Limits,
  how: Pick<Reading, 'encoding' | 'delimiter'> = {},
): Promise<Book> {
  if (file.bytes.length > limits.maxFileBytes) {
    throw new FileRefusal(
      'file-too-large',
      `${megabytes(file.bytes.length)}; at most ${megabytes(limits.maxFileBytes)}`,
    )
  }
  const kind = sniff(file.bytes, file.name)
  return kind === 'zip' ? openXlsx(file.bytes, limits) : openCsv(file, limits, how)
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1024 / 1024).toPrecision(3))} MB`
}
