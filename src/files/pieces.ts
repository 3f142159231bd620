import { open } from 'node:fs/promises'

/** The bytes of a file. */
export interface StoredBytes {
  /** SHA-256 of the bytes, in hex */
  sha256: string
  /** in bytes */
  size: number
}

/** A stream had more bytes than it may have. */
export class TooLarge extends Error {
  constructor(readonly maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
  }
}

/** A stream, and what it was once it has been read. */
export class Hashed {
  readonly #hash = new Bun.CryptoHasher('sha256')
  #size = 0

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly maxBytes = Number.POSITIVE_INFINITY,
  ) {}

  /** @throws TooLarge */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.source) {
      this.#size += piece.byteLength
      if (this.#size > this.maxBytes) throw new TooLarge(this.maxBytes)
      this.#hash.update(piece)
      yield piece
    }
  }

  stored(): StoredBytes {
    return { sha256: this.#hash.digest('hex'), size: this.#size }
  }
}

/** Writes a new file, and waits for the disk. */
export async function write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const piece of pieces) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Tells how many bytes each piece has. */
export async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  read: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    read(piece.byteLength)
    yield piece
  }
}

/** Without the first bytes, which somebody has already. */
export async function* after(bytes: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const piece of pieces) {
    const rest = piece.subarray(Math.max(0, bytes - at))
    at += piece.byteLength
    if (rest.byteLength > 0) yield rest
  }
}
