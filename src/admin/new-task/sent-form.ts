import type { FileStore } from '../../files/file-store.ts'
import { gather } from '../../files/gather.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Limits } from '../../workbook/limits.ts'
import type { UploadFile } from '../../workbook/types.ts'
import { FilePart } from '../http/multipart.ts'

export interface UploadOptions {
  files: FileStore
  limits: Limits
}

/**
 * The upload of the files of one request. @param locale of what is said about them, and of the headings of their table
 * @throws UserError
 */
export async function uploadOf(
  parts: FilePart[],
  { files, limits }: UploadOptions,
  locale: string,
): Promise<UploadFile> {
  const upload = await gather(parts, { store: files, limits, words: textsFor(locale).files })
  return { ...upload, name: withoutFolders(upload.name) }
}

function withoutFolders(path: string): string {
  return path.split('/').at(-1)?.trim() || 'workbook'
}

/** A form of the page as sent. */
export interface SentForm {
  values: Record<string, string>
  /** none: no file was chosen */
  files: FilePart[]
}

export function sentFormOf(body: unknown): SentForm {
  const values: Record<string, string> = Object.create(null)
  const files: FilePart[] = []
  for (const [name, given] of Object.entries(body ?? {})) {
    const all: unknown[] = Array.isArray(given) ? given : [given]
    // The last of several texts with one name; our own forms have none.
    const value = all.at(-1)
    if (typeof value === 'string') values[name] = value
    // A browser sends an empty file field as an empty file without a name.
    else if (name === 'file' || name === 'files')
      files.push(...all.filter((one) => one instanceof FilePart).filter(({ isGiven }) => isGiven))
  }
  return { values, files }
}
