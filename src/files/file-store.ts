import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileHome, FileSource, SpooledFile } from '../engine/files.ts'
import { contentOf } from './content.ts'
import { FolderHome, isOlder, namesIn, piecesOf } from './folder-home.ts'

/** The bytes of a file that was stored. */
export interface StoredBytes {
  /** SHA-256 of the bytes, in hex */
  sha256: string
  /** in bytes */
  size: number
}

/** Bytes that are on the disk, and not stored yet. */
export interface StagedFile extends StoredBytes {
  /** where they are until then */
  path: string
}

/**
 * The bytes of files, each under its own hash: the same bytes are kept once, whatever their names. They arrive in a folder
 * of this machine, and are kept in one of several places.
 */
export class FileStore implements FileSource {
  readonly #temporary: string
  readonly #homes: FileHome[]

  /**
   * @param homes where files are kept: new ones in the first; those that are in no other are looked for in the folder,
   * which is where all are if there is no other
   */
  constructor(folder: string, homes: FileHome[] = []) {
    this.#temporary = join(folder, TEMPORARY)
    this.#homes = [...homes, new FolderHome(folder)]
  }

  /**
   * Stores what a stream yields. Nothing is held in memory, and nothing is left behind if it fails half-way.
   * @param keep decides about the complete file before it gets its name; what it throws is thrown
   * @throws what the stream throws, and TooLarge beyond `maxBytes`
   */
  async put(
    source: AsyncIterable<Uint8Array>,
    maxBytes = Number.POSITIVE_INFINITY,
    keep?: (path: string, stored: StoredBytes) => Promise<void>,
  ): Promise<StoredBytes> {
    const staged = await this.stage(source, maxBytes)
    try {
      await keep?.(staged.path, staged)
      await this.place(staged)
      return { sha256: staged.sha256, size: staged.size }
    } finally {
      await this.discard(staged)
    }
  }

  /**
   * Writes a stream to the disk for now: until `place` stores it or `discard` deletes it.
   * @throws what the stream throws, and TooLarge beyond `maxBytes`; then nothing is left
   */
  async stage(source: AsyncIterable<Uint8Array>, maxBytes = Number.POSITIVE_INFINITY): Promise<StagedFile> {
    return this.#staging(async (path) => ({ path, ...(await written(path, source, maxBytes)) }))
  }

  /**
   * The same for a file of this machine: a clone where the file system can, otherwise a copy.
   * @param read is called with each number of bytes that was read again to hash them
   */
  async stageFile(original: string, read: (bytes: number) => void): Promise<StagedFile> {
    return this.#staging(async (path) => {
      await copyFile(original, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      await chmod(path, 0o600)
      const hash = new Bun.CryptoHasher('sha256')
      let size = 0
      for await (const piece of piecesOf(path)) {
        size += piece.byteLength
        read(piece.byteLength)
        hash.update(piece)
      }
      return { path, sha256: hash.digest('hex'), size }
    })
  }

  /** Keeps a staged file for good. @throws FilesAway */
  async place(staged: StagedFile): Promise<void> {
    await this.#homes[0]?.keep(staged)
  }

  /** Deletes a staged file, if it was not stored. */
  async discard({ path }: StagedFile): Promise<void> {
    await rm(path, { force: true })
  }

  async #staging(write: (path: string) => Promise<StagedFile>): Promise<StagedFile> {
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 })
    const path = join(this.#temporary, crypto.randomUUID())
    try {
      return await write(path)
    } catch (fault) {
      await rm(path, { force: true })
      throw fault
    }
  }

  /** @param most no more than so many bytes are wanted @throws FilesAway, also while it is read */
  async open(sha256: string, most?: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    for (const home of this.#homes) {
      const bytes = await home.open(sha256, most)
      if (bytes) return bytes
    }
    return undefined
  }

  /** Whoever asks for it removes it again; `sweep` removes what a killed process has left. */
  async spool(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<SpooledFile | undefined> {
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 })
    const path = join(this.#temporary, crypto.randomUUID())
    const remove = () => rm(path, { force: true })
    try {
      const { size } = await written(path, source, maxBytes)
      return { size, content: await contentOf(path), open: () => piecesOf(path), remove }
    } catch (fault) {
      await remove()
      if (fault instanceof TooLarge) return undefined
      throw fault
    }
  }

  /** Deletes files that nobody refers to, and what a killed process has left half-written: see FileHome.sweep. */
  async sweep(used: (hashes: string[]) => Promise<Set<string>>, before: number): Promise<void> {
    for (const name of await namesIn(this.#temporary)) {
      const path = join(this.#temporary, name)
      if (await isOlder(path, before - STAGED_MS)) await rm(path, { force: true })
    }
    for (const home of this.#homes) await home.sweep(used, before)
  }
}

/** In the folder, beside those that are kept. */
const TEMPORARY = 'tmp'
/** A staged file may wait that much longer for those that are staged with it: gigabytes take their time. */
const STAGED_MS = 86_400_000

/** A stream had more bytes than it may have. */
export class TooLarge extends Error {
  constructor(readonly maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
  }
}

async function written(
  path: string,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredBytes> {
  const hash = new Bun.CryptoHasher('sha256')
  const file = await open(path, 'wx', 0o600)
  let size = 0
  try {
    for await (const piece of source) {
      size += piece.byteLength
      if (size > maxBytes) throw new TooLarge(maxBytes)
      hash.update(piece)
      await file.writeFile(piece)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), size }
}
