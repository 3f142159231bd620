import { UserError } from '../engine/user-error.ts'
import { sentFilesOf } from '../files/pictures.ts'
import { tableOfFiles } from '../files/table-of-files.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { UploadFile } from '../workbook/types.ts'

/**
 * The same upload with further files; one of the same name replaces the older one. Where each file is a row, the table
 * gets their rows. The pictures of the sheet stay.
 * @throws UserError if a workbook is among the further files, or there are too many of them
 */
export function withAddedFiles(
  upload: UploadFile,
  more: UploadFile,
  { texts, maxFiles }: { texts: Texts; maxFiles: number },
): UploadFile {
  const { filesTable, addedWorkbook, tooManyFiles } = texts.newTask
  if (!more.listsFiles) throw new UserError(addedWorkbook(more.name))
  const files = new Map([...(upload.files ?? []), ...(more.files ?? [])].map((file) => [file.name, file]))
  const all = [...files.values()]
  const { length } = sentFilesOf({ files: all })
  if (length > maxFiles) throw new UserError(tooManyFiles(length, maxFiles))
  return upload.listsFiles ? tableOfFiles(upload.name, all, filesTable) : { ...upload, files: all }
}
