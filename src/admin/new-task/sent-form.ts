import type { FileStore } from '../../files/file-store.ts'
import type { GivenFile } from '../../engine/files.ts'
import { gather, gatherAsIs } from '../../files/gather.ts'
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

/** Files of one request as they are, by the field that they were sent in. @throws UserError */
export async function filesByField(
  parts: Map<string, FilePart[]>,
  { files, limits }: UploadOptions,
  locale: string,
): Promise<Map<string, GivenFile[]>> {
  const { files: words } = textsFor(locale)
  const all = new Map<string, GivenFile[]>()
  for (const [field, some] of parts) all.set(field, await gatherAsIs(some, { store: files, limits, words }))
  return all
}

function withoutFolders(path: string): string {
  return path.split('/').at(-1)?.trim() || 'workbook'
}

/** A form of the page as sent. */
export interface SentForm {
  values: Record<string, string>
  /** of an upload; none: no file was chosen */
  files: FilePart[]
  /** of fields that are about one input: its value for all rows */
  byField: Map<string, FilePart[]>
}

export function sentFormOf(body: unknown): SentForm {
  const values: Record<string, string> = Object.create(null)
  const files: FilePart[] = []
  const byField = new Map<string, FilePart[]>()
  for (const [name, given] of Object.entries(body ?? {})) {
    const all: unknown[] = Array.isArray(given) ? given : [given]
    // The last of several texts with one name; our own forms have none.
    const value = all.at(-1)
    if (typeof value === 'string') {
      values[name] = value
      continue
    }
    // A browser sends an empty file field as an empty file without a name.
    const chosen = all.filter((one) => one instanceof FilePart).filter(({ isGiven }) => isGiven)
    if (name === 'file' || name === 'files') files.push(...chosen)
    else if (chosen.length > 0) byField.set(name, chosen)
  }
  return { values, files, byField }
}
