import { stat } from 'node:fs/promises'
import { contentOf } from './content.ts'
import { cleanName } from './file-names.ts'
import { TooLarge } from './pieces.ts'
import { REFUSED } from './refusals.ts'
import { BrokenOff, type GatherOptions, type SentFile } from './sent-file.ts'
import type { StagedFile } from './staged-file.ts'
import { unzipped } from './zip.ts'

/** One file that is on the disk, but not stored yet. */
export interface ArrivedFile {
  name: string
  staged: StagedFile
  /** sent as a file of its own, in no ZIP and no folder */
  loose: boolean
}

/** Brings files to the disk, and counts how much they are together. */
export class Staging {
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
    if (this.options.withoutUnpacking || !(await isZip(name, staged))) return [{ name, loose, staged }]
    this.#bytes -= staged.size // what is in it counts
    const { store, limits } = this.options
    const files = await unzipped(
      staged,
      {
        name,
        maxFiles: limits.maxFiles,
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
      throw REFUSED.sheetTooLarge(name, limits.maxFileBytes)
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
async function isZip(name: string, staged: StagedFile): Promise<boolean> {
  const named = /\.[^./]+$/.exec(name)?.[0].toLowerCase()
  return (named === undefined || named === '.zip') && (await contentOf(staged)) === 'zip'
}

export function isLoose({ name, inFolder = false }: SentFile): boolean {
  return !inFolder && !cleanName(name).includes('/')
}
