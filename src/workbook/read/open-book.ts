import type { Limits } from '../limits.ts'
import type { UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { openCsv } from './csv.ts'
import { FileRefusal } from './refusal.ts'
import { sniff } from './sniff.ts'
import { openXlsx } from './xlsx.ts'

/**
 * Opens an upload by what it is, not by what it is called.
 * @throws UserError that says what the file is instead of a workbook, or which limit it passes
 */
export async function openBook(file: UploadFile, limits: Limits): Promise<Book> {
  if (file.bytes.length > limits.maxFileBytes) {
    throw new FileRefusal(
      'file-too-large',
      `${megabytes(file.bytes.length)}; at most ${megabytes(limits.maxFileBytes)}`,
    )
  }
  const kind = sniff(file.bytes, file.name)
  return kind === 'zip' ? openXlsx(file.bytes, limits) : openCsv(file, limits)
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1024 / 1024).toPrecision(3))} MB`
}
