import type { Limits } from '../limits.ts'
import { onlyCells } from './biff.ts'
import type { Book } from './book.ts'
import { CompoundFile } from './compound-file.ts'
import { FileRefusal } from './refusal.ts'
import { readBinary } from './sheetjs.ts'

/**
 * Opens a compound file: an .xls of Excel 5 to 2003 or of WPS.
 * @throws FileRefusal `password` for an encrypted workbook of any age, `document` for what is no workbook
 */
export async function openCompoundFile(bytes: Uint8Array, limits: Limits): Promise<Book> {
  const file = new CompoundFile(bytes)
  const workbook = file.stream('Workbook', 'Book')
  if (workbook) return openXls(workbook, limits)
  if (file.names.has('encryptedpackage') || file.names.has('encryptioninfo'))
    throw new FileRefusal('password')
  throw new FileRefusal('document')
}

/** Opens the records of an .xls themselves; before Excel 5 they were the whole file. */
export async function openXls(records: Uint8Array, limits: Limits): Promise<Book> {
  const { bytes, isUnicode } = onlyCells(records)
  return readBinary(bytes, limits, !isUnicode)
}
