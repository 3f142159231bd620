import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import type { Zip } from '../../read/zip.ts'
import { directoryOf, localHeader, pack, type Packed } from './archive.ts'
import { CannotCarry } from './cannot-carry.ts'

/** How much text is collected before it is packed. */
const PIECE_CHARS = 64 * 1024
/** What was packed leaves its bytes behind, and the engine does not see how many they are. */
const COLLECT_BYTES = 32 * 2 ** 20
/** Larger parts need another form of archive, which not every program reads. */
const MAX_BYTES = 0xffff_fffe

/**
 * An archive that is written to a file part by part. A part of any size is packed while it is written: only a piece
 * of it is in memory.
 */
export class ZipWriter {
  readonly #file: FileHandle
  readonly #listed: { part: Packed; offset: number }[] = []
  #position = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Copies the parts of another archive in packed form, except those in `skip` (in lower case). */
  async copy(from: Zip, skip: ReadonlySet<string>): Promise<void> {
    for (const { entry, packed } of from.packedParts()) {
      if (!skip.has(entry.name.toLowerCase())) await this.#put({ ...entry, packed })
    }
  }

  async add(name: string, text: string): Promise<void> {
    await this.#put(pack(name, text))
  }

  /** Adds a part as it is: pictures are packed already. */
  async addBytes(name: string, bytes: Uint8Array): Promise<void> {
    await this.#put({ name, method: 0, crc: crc32(bytes), packed: bytes, unpackedBytes: bytes.length })
  }

  /** Starts a part that is written piece by piece; it must be ended before the next begins. */
  async begin(name: string): Promise<ZipPart> {
    const offset = this.#position
    const empty = { name, method: 8, crc: 0, packed: new Uint8Array(), unpackedBytes: 0 }
    await this.#write(localHeader(empty))
    return new ZipPart(
      (bytes) => this.#write(bytes),
      async ({ crc, unpackedBytes, packedBytes }) => {
        const part = { ...empty, crc, unpackedBytes, packedBytes }
        const header = localHeader(part)
        await this.#writeAt(offset, header)
        this.#listed.push({ part, offset })
      },
    )
  }

  async finish(): Promise<void> {
    await this.#write(directoryOf(this.#listed, this.#position))
  }

  async #put(part: Packed): Promise<void> {
    const offset = this.#position
    await this.#write(localHeader(part))
    await this.#write(part.packed)
    this.#listed.push({ part, offset })
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#position + bytes.length > MAX_BYTES)
      throw new CannotCarry('it would be larger than 4 GB', 'too-large')
    await this.#writeAt(this.#position, bytes)
    this.#position += bytes.length
  }

  /** A disk that is nearly full takes only a part of the bytes, and says so only the next time. */
  async #writeAt(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += (await this.#file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
    }
  }
}

interface Sizes {
  crc: number
  unpackedBytes: number
  packedBytes: number
}

/** A part that is being written. */
export class ZipPart {
  readonly #deflate = createDeflateRaw()
  readonly #written: Promise<void>
  readonly #end: (sizes: Sizes) => Promise<void>
  readonly #sizes: Sizes = { crc: 0, unpackedBytes: 0, packedBytes: 0 }
  #pieces: string[] = []
  #chars = 0
  #sinceCollected = 0

  constructor(write: (bytes: Uint8Array) => Promise<void>, end: (sizes: Sizes) => Promise<void>) {
    this.#end = end
    this.#written = this.#drain(write)
    this.#written.catch(() => {}) // `write` and `end` throw it; it may come before either is called
  }

  /** Takes text; call `flush` after every piece of work, so that it does not pile up. */
  write(text: string): void {
    this.#pieces.push(text)
    this.#chars += text.length
  }

  /** Packs what was written, once it is enough. */
  async flush(least = PIECE_CHARS): Promise<void> {
    if (this.#chars < least || this.#chars === 0) return
    const bytes = Buffer.from(this.#pieces.join(''))
    this.#pieces = []
    this.#chars = 0
    this.#sizes.crc = crc32(bytes, this.#sizes.crc)
    this.#sizes.unpackedBytes += bytes.length
    this.#sinceCollected += bytes.length
    if (this.#sinceCollected > COLLECT_BYTES) {
      this.#sinceCollected = 0
      Bun.gc(true)
    }
    if (this.#sizes.unpackedBytes > MAX_BYTES)
      throw new CannotCarry('its sheet would be larger than 4 GB', 'too-large')
    if (!this.#deflate.write(bytes)) await Promise.race([once(this.#deflate, 'drain'), this.#failed()])
  }

  async end(): Promise<void> {
    await this.flush(0)
    this.#deflate.end()
    await this.#written
    await this.#end(this.#sizes)
  }

  async #drain(write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    for await (const chunk of this.#deflate) {
      const bytes = chunk as Uint8Array // `as`: a zlib stream without an encoding yields buffers
      this.#sizes.packedBytes += bytes.length
      await write(bytes)
    }
  }

  /** Never resolves: a stream whose reader has failed drains no more. */
  async #failed(): Promise<never> {
    await this.#written
    throw new Error('a part was written after its end')
  }
}
