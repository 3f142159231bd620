import type { GivenFile } from '../engine/files.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import type { IntakeWords } from './sent-file.ts'
import { isConstantFileName } from '../engine/constant-files.ts'
import { sentFilesOf, withoutPictures } from './pictures.ts'
import { REFUSED } from './refusals.ts'
import { tableOfFiles } from './table-of-files.ts'

export interface AddOptions {
  limits: Pick<Limits, 'maxFiles' | 'maxFilesBytes'>
  words: IntakeWords
}

/**
 * The same upload with further files; one of the same name replaces the older one. Where each file is a row, the table
 * gets their rows. The pictures of the sheet stay.
 * @param more as gathered
 * @throws UserError if a workbook is among the further files, or they are too many or too large together
 */
export function withAddedFiles(upload: UploadFile, more: UploadFile, options: AddOptions): UploadFile {
  const { words } = options
  if (!more.listsFiles) throw REFUSED.workbookAmong(more.name)
  const files = together(upload.files, more, options)
  if (!upload.listsFiles) return { ...upload, files }
  return tableOfFiles(tableName(upload, sentFilesOf({ files }).length, words), files, words)
}

/**
 * Another upload in place of one whose files stay: new ones of the same name win. The pictures of the old sheet go with
 * it. Where the new one has no sheet, only its own files count, and those for all rows.
 * @throws UserError if they are too many or too large together
 */
export function withFilesOf(before: UploadFile, next: UploadFile, options: AddOptions): UploadFile {
  const all = withoutPictures(before)
  const stay = next.listsFiles ? all.filter(({ name }) => isConstantFileName(name)) : all
  return stay.length === 0 ? next : { ...next, files: together(stay, next, options) }
}

function together(first: GivenFile[] = [], second: UploadFile, { limits }: AddOptions): GivenFile[] {
  const all = [...first, ...(second.files ?? [])]
  return withinLimits([...new Map(all.map((file) => [file.name, file])).values()], limits)
}

/** @throws UserError if the files are too many, or too large together */
export function withinLimits(files: GivenFile[], limits: AddOptions['limits']): GivenFile[] {
  const sent = withoutPictures({ files })
  if (sent.length > limits.maxFiles) throw REFUSED.tooMany(sent.length, limits.maxFiles)
  if (sent.reduce((sum, { size }) => sum + size, 0) > limits.maxFilesBytes)
    throw REFUSED.tooLarge(limits.maxFilesBytes)
  return files
}

/** A table that is called after its only file, or after their number, has more of them now. */
function tableName(upload: UploadFile, count: number, { filesName }: IntakeWords): string {
  const { name } = upload
  const files = sentFilesOf(upload)
  const isOnly = files.length === 1 && files[0]?.name === name
  return filesName && (isOnly || name === filesName(files.length)) ? filesName(count) : name
}
