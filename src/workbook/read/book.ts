import type { Limits } from '../limits.ts'
import type { UploadFile } from '../types.ts'
import { openCsv } from './csv.ts'
import { Refusal } from './refusal.ts'
import { sniff } from './sniff.ts'
import type { RawRow } from './value.ts'
import { openXlsx } from './xlsx.ts'

/** An upload, opened: whatever it was, it now is sheets of rows. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; none for CSV */
  parts: string[]
}

export interface Sheet {
  name: string
  hidden: boolean
  /**
   * The rows that have a value, in their order, in batches; can be called again.
   * @param facts filled with what the sheet tells beside its rows, when it has been read to its end
   */
  rows(facts?: SheetFacts): AsyncGenerator<RawRow[]>
}

export interface SheetFacts {
  /** merged ranges, as `A2:A5` */
  merges?: string[]
  /** how the text of a CSV file was taken, where that is a guess: `windows-1252` */
  guessedEncoding?: string
}

/**
 * Opens an upload by what it is, not by what it is called.
 * @throws UserError that says what the file is instead of a workbook, or which limit it passes
 */
export async function openBook(file: UploadFile, limits: Limits): Promise<Book> {
  if (file.bytes.length > limits.maxFileBytes) {
    throw new Refusal(
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
