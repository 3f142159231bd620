import type { FileStore } from '../../files/file-store.ts'
import { isWorkbookName, isZipName } from '../../files/file-names.ts'
import { gather, gatherOrAsk } from '../../files/gather.ts'
import type { GatherOptions, SentFile } from '../../files/sent-file.ts'
import type { SeveralWorkbooks } from '../../files/which-sheet.ts'
import type { Limits } from '../../workbook/limits.ts'
import type { UploadFile } from '../../workbook/types.ts'
import { textsFor } from '../../messages/texts/texts.ts'

/** Files that a person sent at once and that start one wizard, whatever they are; not fetched yet. At least one. */
export interface IncomingFiles {
  files: SentFile[]
  /** the same for every event about one sending, such as `channel:ts` */
  source: string
  /** called once the draft is in the database: from then on, a crash cannot lose the upload silently */
  stored?: () => void
  /**
   * Ids of the message and of the thread that theirs answers. Files without a workbook go to the draft that is open
   * there.
   */
  answered?: string[]
  /** chosen together with the files: its id, or words that were typed */
  workflow?: string
}

/** An edit of an older message is about something else: the draft that it began may have been deleted by now. */
export const EDITED_WITHIN_MS = 24 * 3_600_000

/** What an upload of these files is called: as its only workbook, as its only file, or `40 files`. */
export function nameOf(files: { name: string }[], locale: string): string {
  const workbooks = files.filter(({ name }) => isWorkbookName(name))
  const [only] = workbooks.length === 1 ? workbooks : files.length === 1 ? files : []
  return only?.name ?? textsFor(locale).files.filesName(files.length)
}

export interface FetchOptions {
  store: FileStore
  limits: Limits
  locale: string
  /** false: no workflow would know what to do with a table of files */
  mayListFiles: boolean
}

/**
 * Fetches the files of one sending.
 * @throws UserError if they are too many or too large, or one cannot be fetched
 */
export function fetchFiles(files: SentFile[], options: FetchOptions): Promise<UploadFile> {
  return fetched(files, options, gather)
}

/** The same; of several workbooks, their person is to be asked which one is the sheet. */
export function fetchOrAsk(files: SentFile[], options: FetchOptions): Promise<UploadFile | SeveralWorkbooks> {
  return fetched(files, options, gatherOrAsk)
}

async function fetched<T extends UploadFile | SeveralWorkbooks>(
  files: SentFile[],
  { store, limits, locale, mayListFiles }: FetchOptions,
  gathered: (files: SentFile[], options: GatherOptions) => Promise<T>,
): Promise<T | UploadFile> {
  const [first] = files
  const mayHaveWorkbook = files.some(({ name }) => isWorkbookName(name) || isZipName(name))
  if (first && !mayListFiles && !mayHaveWorkbook) return alone(first)
  const { files: words } = textsFor(locale)
  const upload = await gathered(files, { store, limits, words })
  if (first && !mayListFiles && 'listsFiles' in upload && upload.listsFiles) return alone(first)
  return upload
}

/** A file that is no workbook, as if it were one: its person learns why it cannot be read. */
async function alone(file: SentFile): Promise<UploadFile> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of await file.open()) {
    pieces.push(piece)
    size += piece.byteLength
    if (size >= ENOUGH_BYTES) break
  }
  return { name: file.name, bytes: new Uint8Array(Buffer.concat(pieces)) }
}

/** More than that is not needed to see that a file is no workbook. */
const ENOUGH_BYTES = 64 * 1024
