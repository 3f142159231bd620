import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { Reading, UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { openCsv } from './csv.ts'
import { openHtmlTable } from './html-table.ts'
import { openFlatOds } from './ods.ts'
import { openArchive } from './open-archive.ts'
import { FileRefusal } from './refusal.ts'
import { sniff } from './sniff.ts'
import { openCompoundFile, openXls } from './xls.ts'
import { openXml2003 } from './xml-2003.ts'

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
      say('size-at-most', { size: megabytes(file.bytes.length), most: megabytes(limits.maxFileBytes) }),
    )
  }
  const { files, listsFiles } = file
  const book = listsFiles ? await openCsv(file, limits, OURS) : await opened(file, limits, how)
  return { ...book, ...(files && { files }), ...(listsFiles && { listsFiles }) }
}

/** How Rowbot writes its table of files: names with semicolons or of other letters must not be guessed at. */
const OURS = { encoding: 'utf-8', delimiter: ',' } as const

async function opened(
  file: UploadFile,
  limits: Limits,
  how: Pick<Reading, 'encoding' | 'delimiter'>,
): Promise<Book> {
  switch (sniff(file.bytes, file.name)) {
    case 'zip':
      return openArchive(file, limits)
    case 'cfb':
      return openCompoundFile(file.bytes, limits)
    case 'biff':
      return openXls(file.bytes, limits)
    case 'xml-2003':
      return openXml2003(file.bytes, limits)
    case 'flat-ods':
      return openFlatOds(file.bytes, limits)
    case 'html-table':
      return openHtmlTable(file, limits)
    case 'text':
      return openCsv(file, limits, how)
  }
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1024 / 1024).toPrecision(3))} MB`
}
