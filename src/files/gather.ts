import pLimit from 'p-limit'
import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../engine/user-error.ts'
import type { GivenFile } from '../engine/files.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { contentOf } from './content.ts'
import { baseName, cleanName, DistinctNames, isLitter, isWorkbookName, stemOf } from './file-names.ts'
import { type FileStore, type StagedFile, TooLarge } from './file-store.ts'
import { withPictures } from './pictures.ts'
import { IN_ENGLISH, type IntakeSentences, refusal } from './refusals.ts'
import { tableOfFiles, type TableWords } from './table-of-files.ts'
import { unzipped } from './zip.ts'

/** A file that somebody sends; nothing of it is read yet. */
export interface SentFile {
  /** as they named it; with folders if it was sent in some */
  name: string
  /** The bytes in pieces. @throws UserError if it cannot be fetched; its message is shown */
  open(): Promise<AsyncIterable<Uint8Array>>
  /** of a file of this machine: where it is, so that it can be cloned */
  path?: string
  /** it was found in a folder that was sent, whose name is not part of its own */
  inFolder?: boolean
}

/** What a file’s pieces throw if its connection broke: it is fetched once more, from its start. */
export class BrokenOff extends UserError {}

/** What is said about files, in the language of the person who sent them. */
export interface IntakeWords extends TableWords {
  /** what a table of so many loose files is called; default: `40 files` */
  filesName?: (count: number) => string
  /** why they are refused; default: English */
  sentences?: IntakeSentences
}

export interface GatherOptions {
  store: FileStore
  limits: Limits
  words: IntakeWords
  /** no sheet is looked for: a workbook is a file like any other */
  withoutSheet?: boolean
  /** is told how much has arrived, in bytes of files that are complete or under way */
  progress?: (bytes: number) => void
}

/**
 * An upload from everything that a person sent at once; ZIPs are unpacked into the files in them. The first workbook that
 * lies in no ZIP and no folder is the sheet, otherwise the only workbook in them; its cells may name the other files.
 * The pictures of its cells are files, too. Without such a workbook, each file becomes a row of a table that is made here. If
 * anything is refused, nothing is stored.
 * @throws UserError if there is nothing, too much, a ZIP that cannot be trusted, or a file that cannot be fetched
 */
export async function gather(sent: SentFile[], options: GatherOptions): Promise<UploadFile> {
  return taken(sent, options, async (arrived) => {
    const { limits, words } = options
    const sheet = options.withoutSheet ? undefined : sheetOf(arrived)
    const others = arrived.filter((one) => one !== sheet)
    if (arrived.length === 0) throw refusal(sentencesOf(options).nothing())
    if (others.length > limits.maxFiles)
      throw refusal(sentencesOf(options).tooMany(others.length, limits.maxFiles))
    const bytes = sheet && (await sheetBytes(sheet, options))
    const files = await givenFiles(others)
    await storeAll(others, options)
    if (sheet && bytes) return withPictures({ name: baseName(sheet.name), bytes, files }, options)
    return tableOfFiles(tableName(sent, files.length, words), files, words)
  })
}

/** One file that is on the disk, but not stored yet. */
interface ArrivedFile {
  name: string
  staged: StagedFile
  /** sent as a file of its own, in no ZIP and no folder */
  loose: boolean
}

/** Fetches everything, hands it to `use`, and deletes what was not stored then. */
async function taken<T>(
  sent: SentFile[],
  options: GatherOptions,
  use: (arrived: ArrivedFile[]) => Promise<T>,
): Promise<T> {
  const meant = sent.filter(({ name }) => !isLitter(name.replaceAll('\\', '/')))
  const { maxFiles } = options.limits
  // One may be the sheet, which is not counted.
  if (meant.length > maxFiles + 1) throw refusal(sentencesOf(options).tooMany(meant.length, maxFiles))
  const staged: StagedFile[] = []
  try {
    return await use(await fetched(meant, new Staging(options, staged), options))
  } finally {
    for (const file of staged) await options.store.discard(file)
  }
}

const AT_ONCE = 4

async function fetched(sent: SentFile[], staging: Staging, options: GatherOptions): Promise<ArrivedFile[]> {
  const limit = pLimit(AT_ONCE)
  const sheet = options.withoutSheet
    ? undefined
    : sent.find((one) => isLoose(one) && isWorkbookName(one.name))
  const settled = await Promise.allSettled(
    sent.map((one) => limit(() => staging.arrived(one, one === sheet))),
  )
  const failed = settled.flatMap((one, i) =>
    one.status === 'rejected' ? [{ name: cleanName(sent[i]?.name ?? ''), fault: one.reason as unknown }] : [],
  )
  const [first] = failed
  if (staging.isFull) throw refusal(sentencesOf(options).tooLarge(megabytes(options.limits.maxFilesBytes)))
  if (first) throw failed.length === 1 ? first.fault : together(failed, sent.length, options)
  const names = new DistinctNames()
  return settled
    .flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    .map((file) => ({ ...file, name: names.take(file.name) }))
}

const NAMES_SHOWN = 5

/** One error for several files, unless one of them is a bug of ours. */
function together(failed: { name: string; fault: unknown }[], of: number, options: GatherOptions): unknown {
  const bug = failed.find(({ fault }) => !(fault instanceof UserError))
  if (bug) return bug.fault
  const names = failed.slice(0, NAMES_SHOWN).map(({ name }) => name)
  const shown = names.join(', ') + (failed.length > NAMES_SHOWN ? ', …' : '')
  return refusal(sentencesOf(options).notFetched(shown, failed.length, of))
}

/** Brings files to the disk, and counts how much they are together. */
class Staging {
  #bytes = 0
  isFull = false

  constructor(
    private readonly options: GatherOptions,
    private readonly staged: StagedFile[],
  ) {}

  /** @param isSheet has a limit of its own, and does not count as one of the files */
  async arrived(sent: SentFile, isSheet: boolean): Promise<ArrivedFile[]> {
    const name = cleanName(sent.name)
    const loose = isLoose(sent)
    if (isSheet) return [{ name, loose, staged: await this.#sheet(sent, name) }]
    const staged = await this.#file(sent)
    if (!(await isZip(name, staged))) return [{ name, loose, staged }]
    this.#bytes -= staged.size // what is in it counts
    const { store, limits } = this.options
    const files = await unzipped(
      staged.path,
      {
        name,
        maxFiles: limits.maxFiles,
        sentences: sentencesOf(this.options),
        stage: (pieces) => this.#stage(() => store.stage(this.#counted(pieces))),
      },
      (file) => store.discard(file),
    )
    await store.discard(staged)
    return files.map((file) => ({ ...file, loose: false }))
  }

  async #sheet(sent: SentFile, name: string): Promise<StagedFile> {
    const { store, limits } = this.options
    try {
      return await this.#stage(() =>
        againOnce(async () => store.stage(await sent.open(), limits.maxFileBytes)),
      )
    } catch (fault) {
      if (!(fault instanceof TooLarge)) throw fault
      throw refusal(sentencesOf(this.options).sheetTooLarge(name, megabytes(limits.maxFileBytes)))
    }
  }

  async #file(sent: SentFile): Promise<StagedFile> {
    const { store } = this.options
    const { path } = sent
    if (path === undefined) {
      return this.#stage(() => againOnce(async () => store.stage(this.#counted(await sent.open()))))
    }
    const { size } = await stat(path)
    if (this.#bytes + size > this.options.limits.maxFilesBytes) this.#count(size)
    return this.#stage(() => store.stageFile(path, (bytes) => this.#count(bytes)))
  }

  async #stage(write: () => Promise<StagedFile>): Promise<StagedFile> {
    const staged = await write()
    this.staged.push(staged)
    return staged
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let counted = 0
    try {
      for await (const piece of pieces) {
        counted += piece.byteLength
        this.#count(piece.byteLength)
        yield piece
      }
    } catch (fault) {
      this.#bytes -= counted // it may be fetched once more
      throw fault
    }
  }

  #count(bytes: number): void {
    const { limits, progress } = this.options
    this.#bytes += bytes
    if (this.isFull || this.#bytes > limits.maxFilesBytes) {
      this.isFull = true // so that those on their way stop as well
      throw new TooLarge(limits.maxFilesBytes)
    }
    progress?.(this.#bytes)
  }
}

async function againOnce<T>(fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch()
  } catch (fault) {
    if (!(fault instanceof BrokenOff)) throw fault
    return fetch()
  }
}

/** By its bytes; a document that is a ZIP inside (`.docx`, `.xlsx`, `.epub`) is not meant. */
async function isZip(name: string, { path }: StagedFile): Promise<boolean> {
  const named = /\.[^./]+$/.exec(name)?.[0].toLowerCase()
  return (named === undefined || named === '.zip') && (await contentOf(path)) === 'zip'
}

function isLoose({ name, inFolder = false }: SentFile): boolean {
  return !inFolder && !cleanName(name).includes('/')
}

function sheetOf(arrived: ArrivedFile[]): ArrivedFile | undefined {
  const workbooks = arrived.filter(({ name }) => isWorkbookName(name))
  return workbooks.find(({ loose }) => loose) ?? (workbooks.length === 1 ? workbooks[0] : undefined)
}

async function sheetBytes({ name, staged }: ArrivedFile, options: GatherOptions): Promise<Uint8Array> {
  const { maxFileBytes } = options.limits
  if (staged.size > maxFileBytes)
    throw refusal(sentencesOf(options).sheetTooLarge(baseName(name), megabytes(maxFileBytes)))
  return new Uint8Array(await readFile(staged.path))
}

async function givenFiles(arrived: ArrivedFile[]): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  for (const { name, staged } of arrived) {
    const { sha256, size, path } = staged
    files.push({ name, sha256, size, content: await contentOf(path) })
  }
  return files
}

async function storeAll(arrived: ArrivedFile[], { store }: GatherOptions): Promise<void> {
  for (const { staged } of arrived) await store.place(staged)
}

/** A ZIP gives the table its name; so does a single file. */
function tableName(sent: SentFile[], count: number, words: IntakeWords): string {
  const [only] = sent
  if (only && sent.length === 1)
    return /\.zip$/i.test(only.name) ? stemOf(cleanName(only.name)) : baseName(cleanName(only.name))
  return words.filesName?.(count) ?? `${count} files`
}

function sentencesOf({ words }: GatherOptions): IntakeSentences {
  return words.sentences ?? IN_ENGLISH
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
