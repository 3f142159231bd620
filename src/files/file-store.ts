import { constants, createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileSource, SpooledFile } from '../engine/files.ts'
import { contentOf } from './content.ts'

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

/** The bytes of files in a folder, each under its own hash: the same bytes are kept once, whatever their names. */
export class FileStore implements FileSource {
  readonly #temporary: string

  constructor(private readonly folder: string) {
    this.#temporary = join(folder, 'tmp')
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

  /** Gives a staged file its name, with which it is stored. */
  async place({ path, sha256 }: StagedFile): Promise<void> {
    const place = this.path(sha256)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    const now = new Date()
    await utimes(path, now, now) // it may have waited for others, and is new only now
    await rename(path, place) // the same bytes may be there already: they are replaced by themselves, and are new again
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

  async open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.path(sha256)
    if (!(await isFile(path))) return undefined
    return piecesOf(path)
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

  /** Where the file is, if it is kept. @throws for anything that is not a hash: a name never becomes a path */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a file is looked up by its hash')
    return join(this.folder, sha256.slice(0, 2), sha256)
  }

  /**
   * Deletes files that nobody refers to, and what a killed process has left half-written.
   * @param used which of these hashes are referred to; asked once a folder of files
   * @param before ms since 1970: newer files stay, because whoever stored them may be about to refer to them
   */
  async sweep(used: (hashes: string[]) => Promise<Set<string>>, before: number): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      const folder = join(this.folder, name)
      const isTemporary = folder === this.#temporary
      const isOld = (file: string) => isOlder(join(folder, file), isTemporary ? before - STAGED_MS : before)
      const old: string[] = []
      for (const file of await namesIn(folder)) if (await isOld(file)) old.push(file)
      const stay = isTemporary || old.length === 0 ? new Set() : await used(old)
      // The same bytes may have been stored anew while it was asked who uses them.
      for (const file of old)
        if (!stay.has(file) && (await isOld(file))) await rm(join(folder, file), { force: true })
    }
  }
}

/** A staged file may wait that much longer for those that are staged with it: gigabytes take their time. */
const STAGED_MS = 86_400_000

/** A stream had more bytes than it may have. */
export class TooLarge extends Error {
  constructor(readonly maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
  }
}

/** Bun collects pieces late: ten uploads at once would leave a hundred megabytes of them behind. */
const COLLECT_EVERY_BYTES = 16 * 1024 * 1024
let readBytes = 0

/**
 * A file of this machine, in pieces. It is opened when the first is asked for: whoever never asks leaves no open file
 * behind.
 */
export async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  // As no encoding is set, its pieces are Buffers; the type says any
  const pieces = createReadStream(path, { highWaterMark: 1 << 17 }) as AsyncIterable<Uint8Array>
  for await (const piece of pieces) {
    yield piece
    readBytes += piece.byteLength
    if (readBytes < COLLECT_EVERY_BYTES) continue
    readBytes = 0
    Bun.gc(false)
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

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

/** @param before ms since 1970 */
async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && found.mtimeMs < before
}

/** Nothing, if there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
