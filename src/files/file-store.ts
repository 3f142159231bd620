import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileSource, SpooledFile } from '../engine/files.ts'
import { contentOf } from './content.ts'

/** The bytes of a file that was stored. */
export interface StoredBytes {
  /** SHA-256 of the bytes, in hex */
  sha256: string
  /** in bytes */
  size: number
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
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 })
    const path = join(this.#temporary, crypto.randomUUID())
    try {
      const stored = await written(path, source, maxBytes)
      await keep?.(path, stored)
      const place = this.path(stored.sha256)
      await mkdir(join(place, '..'), { recursive: true, mode: 0o700 })
      await rename(path, place) // the same bytes may be there already: they are replaced by themselves, and are new again
      return stored
    } finally {
      await rm(path, { force: true })
    }
  }

  async open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.path(sha256)
    if (!(await isFile(path))) return undefined
    return piecesOf(path)
  }

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

  /** Marks a file as new, so that `sweep` leaves it alone for a while. False: it is not kept. */
  async renew(sha256: string, now: Date): Promise<boolean> {
    return utimes(this.path(sha256), now, now).then(
      () => true,
      () => false,
    )
  }

  /**
   * Deletes files that nobody refers to, and what a killed process has left half-written.
   * @param before ms since 1970: newer files stay, because whoever stored them may be about to refer to them
   */
  async sweep(isUsed: (sha256: string) => Promise<boolean>, before: number): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      const folder = join(this.folder, name)
      for (const file of await namesIn(folder)) {
        const path = join(folder, file)
        const age = await stat(path).catch(() => undefined)
        if (!age || age.mtimeMs >= before) continue
        if (name === 'tmp' || !(await isUsed(file))) await rm(path, { force: true })
      }
    }
  }
}

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

/** Opened when the first piece is asked for: a call that ends before that leaves no open file behind. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  // As `open` sets no encoding, its pieces are Buffers; the type says any
  yield* createReadStream(path) as AsyncIterable<Uint8Array>
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

/** Nothing, if there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
