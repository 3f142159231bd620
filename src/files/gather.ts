import { UserError } from '../engine/user-error.ts'
import type { GivenFile } from '../engine/files.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { contentOf } from './content.ts'
import { type FileStore, TooLarge } from './file-store.ts'
import { tableOfFiles, type TableWords } from './table-of-files.ts'

/** A file that somebody sends; nothing of it is read yet. */
export interface SentFile {
  /** as they named it; with folders if it was sent in some */
  name: string
  /** The bytes in pieces. @throws UserError if it cannot be fetched; its message is shown */
  open(): Promise<AsyncIterable<Uint8Array>>
}

export interface GatherOptions {
  store: FileStore
  limits: Pick<Limits, 'maxFileBytes' | 'maxFiles' | 'maxFilesBytes'>
  words: TableWords
}

/**
 * An upload from everything that a person sent at once. The first workbook is the sheet, and its cells may name the
 * other files. Without a workbook, each file becomes a row of a table that is made here.
 * @throws UserError if there are too many files, they are too large, or one cannot be fetched
 */
export async function gather(sent: SentFile[], options: GatherOptions): Promise<UploadFile> {
  const { limits, words } = options
  const workbook = sent.find(({ name }) => isWorkbookName(name))
  const others = sent.filter((one) => one !== workbook)
  if (others.length > limits.maxFiles)
    throw new UserError(
      `That is ${others.length} files, and ${limits.maxFiles} are the limit.`,
      'Send fewer at once, or raise ROWBOT_MAX_FILES.',
    )
  const sheet = workbook && (await bytesOf(workbook, limits))
  const files: GivenFile[] = []
  let left = limits.maxFilesBytes
  for (const one of others) {
    const file = await stored(one, left, options)
    left -= file.size
    files.push(file)
  }
  if (workbook && sheet) return { name: workbook.name, bytes: sheet, files }
  return tableOfFiles(nameOf(files), files, words)
}

const WORKBOOK = /\.(xlsx|csv|xlsm|xlsb|xls|ods|fods|et|tsv|numbers)$/i

/** True for the name of a file that may be a workbook. */
export function isWorkbookName(name: string): boolean {
  return WORKBOOK.test(name)
}

async function stored(
  sent: SentFile,
  maxBytes: number,
  { store, limits }: GatherOptions,
): Promise<GivenFile> {
  let content: string | null = null
  try {
    const bytes = await store.put(await sent.open(), maxBytes, async (path) => {
      content = await contentOf(path)
    })
    return { name: sent.name.normalize('NFC'), ...bytes, content }
  } catch (fault) {
    if (!(fault instanceof TooLarge)) throw fault
    const limit = Math.floor(limits.maxFilesBytes / 2 ** 20)
    throw new UserError(
      `The files are larger than ${limit} MB together.`,
      'Send fewer at once, or raise ROWBOT_MAX_FILES_MB.',
    )
  }
}

async function bytesOf(sent: SentFile, { maxFileBytes }: GatherOptions['limits']): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of await sent.open()) {
    size += piece.byteLength
    if (size > maxFileBytes)
      throw new UserError(
        `“${sent.name}” is larger than ${Math.floor(maxFileBytes / 2 ** 20)} MB.`,
        'Split it, or raise ROWBOT_MAX_FILE_MB.',
      )
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces))
}

function nameOf(files: GivenFile[]): string {
  const [only] = files
  return files.length === 1 && only ? only.name : `${files.length} files`
}
