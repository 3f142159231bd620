import type { GivenFile } from '../engine/files.ts'
import type { UploadFile } from '../workbook/types.ts'
import { baseName } from './file-names.ts'
import { withPictures } from './pictures.ts'
import { REFUSED } from './refusals.ts'
import type { GatherOptions } from './sent-file.ts'

/** Files that were sent at once, with more than one workbook: which of them is the sheet is to be asked. */
export interface SeveralWorkbooks {
  /** what they are called together */
  name: string
  /** all of them, the workbooks too; their bytes are in the store */
  files: GivenFile[]
  /** names of those that may be the sheet */
  workbooks: string[]
}

/**
 * The upload whose sheet is the stored file of this name; the other files come along with it.
 * @throws UserError if it is too large for a sheet
 */
export async function withSheet(
  files: GivenFile[],
  name: string,
  options: GatherOptions,
): Promise<UploadFile> {
  const chosen = files.find((file) => file.name === name)
  if (!chosen) throw new Error('the upload has no such file')
  const { store, limits } = options
  if (chosen.size > limits.maxFileBytes) throw REFUSED.sheetTooLarge(baseName(name), limits.maxFileBytes)
  const pieces = await store.open(chosen.sha256)
  if (!pieces) throw REFUSED.sheetGone(baseName(name))
  const bytes = new Uint8Array(Buffer.concat(await Array.fromAsync(pieces)))
  const others = files.filter((file) => file !== chosen)
  return withPictures({ name: baseName(name), bytes, files: others }, options)
}
