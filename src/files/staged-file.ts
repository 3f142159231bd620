import { Readable } from 'node:stream'
import {
  fromRandomAccessReaderPromise,
  openPromise,
  type Options,
  RandomAccessReader,
  type ZipFile,
} from 'yauzl'
import {
  decrypted,
  type EncryptedAs,
  type EncryptedParts,
  encryptedParts,
} from '../engine/encrypted-bytes.ts'
import { piecesOf } from './folder-home.ts'
import type { StoredBytes } from './pieces.ts'

/** Bytes that are on the disk, and not stored yet. Where people's files are encrypted, they are as well. */
export class StagedFile implements StoredBytes {
  readonly sha256: string
  readonly size: number

  /** @param as undefined: its bytes are on the disk as they are */
  constructor(
    readonly path: string,
    { sha256, size }: StoredBytes,
    private readonly as?: EncryptedAs,
  ) {
    this.sha256 = sha256
    this.size = size
  }

  /** From its beginning, each time. */
  open(): AsyncGenerator<Uint8Array> {
    const bytes = piecesOf(this.path)
    return this.as ? decrypted(bytes, this.as) : bytes
  }

  /** To look at any part of it: nothing is read until then. */
  async blob(): Promise<Blob> {
    const file = Bun.file(this.path)
    return this.as ? new DecryptedBlob(await this.#parts(this.as)) : file
  }

  async zip(options: Options): Promise<ZipFile> {
    if (!this.as) return openPromise(this.path, options)
    return fromRandomAccessReaderPromise(new ZipReader(await this.#parts(this.as)), this.size, options)
  }

  #parts(as: EncryptedAs): Promise<EncryptedParts> {
    const stored = async (start: number, end: number) => Bun.file(this.path).slice(start, end).bytes()
    return encryptedParts(Bun.file(this.path).size, stored, as)
  }
}

/** What is behind it is decrypted as far as it is asked for. */
class DecryptedBlob extends Blob {
  constructor(
    private readonly parts: EncryptedParts,
    private readonly start = 0,
    private readonly end = parts.size,
  ) {
    super()
  }

  override get size(): number {
    return this.end - this.start
  }

  /** @param start not from the end */
  override slice(start = 0, end = this.size): Blob {
    return new DecryptedBlob(this.parts, this.start + start, Math.min(this.start + end, this.end))
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const pieces = await Array.fromAsync(this.parts.read(this.start, this.end))
    return new Uint8Array(Buffer.concat(pieces)).buffer
  }
}

class ZipReader extends RandomAccessReader {
  constructor(private readonly parts: EncryptedParts) {
    super()
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.parts.read(start, end), { objectMode: false })
  }
}
