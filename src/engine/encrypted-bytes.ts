import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { handedOn } from './files.ts'

/*
 * How the bytes of files are encrypted: in chunks of 64 KB, each with AES-256-GCM, so that none is ever in memory as a
 * whole, and its beginning can be read alone.
 *
 *   RBSEALED1 | salt (32) | chunk | chunk | … | last chunk        a chunk: up to 64 KB, then its tag (16)
 *
 * Each file has a key of its own, derived from the key of all, its salt and what it is. The nonce of a chunk is its number
 * and whether it is the last one: chunks that are missing, changed or in another order are not decrypted. Only the last one
 * may be shorter; an empty file has one that is empty. This is the STREAM construction (https://eprint.iacr.org/2015/189).
 */
const MAGIC = Buffer.from('RBSEALED1')
const CHUNK_BYTES = 65_536
const SALT_BYTES = 32
const HEADER_BYTES = MAGIC.length + SALT_BYTES
const TAG_BYTES = 16
const STORED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES

/** Whose bytes are encrypted, and with what. */
export interface EncryptedAs {
  /** 32 bytes, for all files */
  key: Uint8Array
  /** what it is, such as an id: it is decrypted only as the same, so that nobody can put one in place of another */
  what: string
}

/** Encrypted with another key, as something else, cut off, or changed since. */
export class NotDecrypted extends Error {
  constructor(cause?: unknown) {
    super('encrypted bytes cannot be decrypted', { cause })
  }
}

/**
 * The same bytes encrypted. Pieces come as they are ready, one for each chunk.
 * @param salt 32 bytes. Two different files with the same key, `what` and salt could be decrypted by anyone: it is random, or
 * the hash of the bytes
 */
export async function* encrypted(
  source: AsyncIterable<Uint8Array>,
  as: EncryptedAs,
  salt: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const key = keyOf(as, salt)
  yield headerOf(salt)
  let chunk = 0
  let last: Uint8Array = new Uint8Array()
  // One is held back until it is known whether another follows.
  for await (const { bytes, isLast } of inChunks(source, CHUNK_BYTES)) {
    if (isLast) last = bytes
    else yield sealed(bytes, key, nonceOf(chunk++, false))
  }
  yield sealed(last, key, nonceOf(chunk, true))
}

/** The same for bytes in memory. Others have their turn meanwhile. */
export async function encryptedWhole(
  bytes: Uint8Array,
  as: EncryptedAs,
  salt: Uint8Array,
): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(encrypted(inTurns(bytes), as, salt)))
}

/**
 * The way back.
 * @param most no more than so many bytes are wanted: then `source` may end after `encryptedBytesFor(most)`
 * @throws NotDecrypted at the first chunk that is not what was encrypted; all bytes before it are right
 */
export async function* decrypted(
  source: AsyncIterable<Uint8Array>,
  as: EncryptedAs,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let key: Uint8Array | undefined
  let chunk = 0
  let size = 0
  for await (const { bytes, isLast } of inChunks(source, STORED_CHUNK_BYTES, HEADER_BYTES)) {
    if (!key) {
      key = keyOf(as, saltIn(bytes))
      if (isLast) throw new NotDecrypted() // cut off after its beginning
      continue
    }
    const plain = opened(bytes, key, nonceOf(chunk++, isLast))
    size += plain.byteLength
    yield size > most ? plain.subarray(0, plain.byteLength - (size - most)) : plain
    handedOn(bytes.byteLength)
    if (size >= most) return
  }
}

/** The same for bytes in memory. Others have their turn meanwhile. @throws NotDecrypted */
export async function decryptedWhole(bytes: Uint8Array, as: EncryptedAs): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(decrypted(inTurns(bytes), as)))
}

/** How many of the encrypted bytes tell the first `most` of a file: one more than their chunks, which says that others follow. */
export function encryptedBytesFor(most: number): number {
  return HEADER_BYTES + chunksIn(most) * STORED_CHUNK_BYTES + 1
}

/** An encrypted file of which any part can be read. */
export interface EncryptedParts {
  /** in bytes, decrypted */
  size: number
  /** @throws NotDecrypted */
  read(start: number, end: number): AsyncGenerator<Uint8Array>
}

/**
 * @param size of the whole file as it is stored
 * @param stored reads exactly the stored bytes from `start` up to before `end`
 * @throws NotDecrypted
 */
export async function encryptedParts(
  size: number,
  stored: (start: number, end: number) => Promise<Uint8Array>,
  as: EncryptedAs,
): Promise<EncryptedParts> {
  const key = keyOf(as, saltIn(await stored(0, HEADER_BYTES)))
  const count = Math.max(1, Math.ceil((size - HEADER_BYTES) / STORED_CHUNK_BYTES))
  const plainSize = size - HEADER_BYTES - count * TAG_BYTES
  if (plainSize < 0) throw new NotDecrypted()
  // Whoever looks at a file reads a few bytes here and a few beside them.
  let latest: { chunk: number; plain: Uint8Array } | undefined
  const plainOf = async (chunk: number) => {
    if (latest?.chunk === chunk) return latest.plain
    const from = HEADER_BYTES + chunk * STORED_CHUNK_BYTES
    const bytes = await stored(from, Math.min(from + STORED_CHUNK_BYTES, size))
    const plain = opened(bytes, key, nonceOf(chunk, chunk === count - 1))
    latest = { chunk, plain }
    return plain
  }
  return {
    size: plainSize,
    async *read(start, end) {
      const stop = Math.min(end, plainSize)
      for (let at = start; at < stop;) {
        const chunk = Math.floor(at / CHUNK_BYTES)
        const first = chunk * CHUNK_BYTES
        yield (await plainOf(chunk)).subarray(at - first, stop - first)
        at = first + CHUNK_BYTES
      }
    },
  }
}

const TURN_BYTES = 2 ** 20

async function* inTurns(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += TURN_BYTES) {
    yield bytes.subarray(at, at + TURN_BYTES)
    await setImmediate()
  }
}

function chunksIn(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_BYTES))
}

function headerOf(salt: Uint8Array): Uint8Array {
  if (salt.byteLength !== SALT_BYTES) throw new Error(`a salt has ${SALT_BYTES} bytes`)
  return Buffer.concat([MAGIC, salt])
}

function saltIn(header: Uint8Array): Uint8Array {
  if (header.byteLength < HEADER_BYTES || !MAGIC.equals(header.subarray(0, MAGIC.length)))
    throw new NotDecrypted()
  return header.subarray(MAGIC.length, HEADER_BYTES)
}

function keyOf({ key, what }: EncryptedAs, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, `rowbot bytes of ${what}`, 32))
}

/** 11 bytes for the number of the chunk, one for whether it is the last. */
function nonceOf(chunk: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(chunk, 5, 6)
  nonce[11] = Number(isLast)
  return nonce
}

function sealed(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function opened(bytes: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (bytes.byteLength < TAG_BYTES) throw new NotDecrypted()
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const body = decipher.update(bytes.subarray(0, -TAG_BYTES))
    return Buffer.concat([body, decipher.final()])
  } catch (fault) {
    throw new NotDecrypted(fault)
  }
}

interface Chunk {
  bytes: Uint8Array
  /** nothing follows */
  isLast: boolean
}

/**
 * Cuts a stream anew. Its end is told with the last chunk, which has at least one byte unless the stream is empty.
 * @param first another size for the first chunk
 */
async function* inChunks(
  source: AsyncIterable<Uint8Array>,
  chunkBytes: number,
  first?: number,
): AsyncGenerator<Chunk> {
  let wanted = first ?? chunkBytes
  let waiting: Uint8Array[] = []
  let size = 0
  for await (const piece of source) {
    if (piece.byteLength === 0) continue
    waiting.push(piece)
    size += piece.byteLength
    if (size <= wanted) continue
    const all = waiting.length === 1 ? piece : Buffer.concat(waiting)
    let at = 0
    for (; all.byteLength - at > wanted; wanted = chunkBytes) {
      yield { bytes: all.subarray(at, at + wanted), isLast: false }
      at += wanted
    }
    waiting = [all.subarray(at)]
    size = all.byteLength - at
  }
  yield { bytes: Buffer.concat(waiting), isLast: true }
}
