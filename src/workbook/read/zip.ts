import { say } from '../../engine/sentence.ts'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { Limits } from '../limits.ts'
import { directory, type Entry } from './zip-directory.ts'
import { FileRefusal } from './refusal.ts'

/** How much is unpacked at a time. */
const CHUNK_BYTES = 128 * 1024
/** Parts that are read whole (styles, relationships and the like) are smaller than this in every real file. */
const MAX_HELD_BYTES = 32 * 1024 * 1024

/**
 * The ZIP archive of an .xlsx. Unpacks only the parts that are read, never to the disk, and never beyond the limit.
 */
export class Zip {
  readonly #bytes: Uint8Array
  readonly #entries: Map<string, Entry>
  readonly #limits: Limits
  /** bytes unpacked so far, by part: reading a part again does not count twice */
  readonly #unpacked = new Map<string, number>()

  constructor(bytes: Uint8Array, limits: Limits) {
    this.#bytes = bytes
    this.#limits = limits
    this.#entries = directory(bytes, limits)
  }

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  /** Every part in its packed form, in the order of the directory. */
  *packedParts(): Generator<{ entry: Entry; packed: Uint8Array }> {
    for (const entry of this.#entries.values()) yield { entry, packed: this.#packed(entry) }
  }

  has(name: string): boolean {
    return this.#entries.has(key(name))
  }

  /** The bytes of a small part, after checking its checksum; undefined if there is no such part. */
  read(name: string, most = MAX_HELD_BYTES): Uint8Array | undefined {
    const entry = this.#entries.get(key(name))
    if (!entry) return undefined
    const packed = this.#packed(entry)
    const limit = Math.min(most, this.#limits.maxUnpackedBytes)
    const bytes = entry.method === 0 ? packed : inflate(packed, limit)
    if (bytes.length > limit) throw new FileRefusal('too-large-inside', name)
    this.#count(entry.name, bytes.length)
    if (crc32(bytes) !== entry.crc) throw new FileRefusal('corrupt', name)
    return bytes
  }

  /** The same for a part of any size, in pieces. The last step throws if the checksum is wrong. */
  async *stream(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(key(name))
    if (!entry) throw new FileRefusal('corrupt', say('part-missing', { part: name }))
    let crc = 0
    let total = 0
    const packed = this.#packed(entry)
    for await (const chunk of entry.method === 0 ? slices(packed) : inflateInPieces(packed)) {
      total += chunk.length
      this.#count(entry.name, total)
      crc = crc32(chunk, crc)
      yield chunk
    }
    if (crc !== entry.crc) throw new FileRefusal('corrupt', name)
  }

  #count(name: string, bytes: number): void {
    const before = this.#unpacked.get(name) ?? 0
    if (bytes <= before) return
    let total = bytes - before
    for (const part of this.#unpacked.values()) total += part
    if (total > this.#limits.maxUnpackedBytes) throw new FileRefusal('too-large-inside')
    this.#unpacked.set(name, bytes)
  }

  #packed(entry: Entry): Uint8Array {
    if (entry.encrypted) throw new FileRefusal('password')
    if (entry.twice) throw new FileRefusal('corrupt', say('part-twice', { part: entry.name }))
    if (entry.method !== 0 && entry.method !== 8)
      throw new FileRefusal('corrupt', say('part-packed-oddly', { part: entry.name }))
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
    if (entry.offset + 30 > this.#bytes.length) throw new FileRefusal('corrupt', entry.name)
    const start =
      entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
    if (start + entry.packedBytes > this.#bytes.length) throw new FileRefusal('corrupt', entry.name)
    return this.#bytes.subarray(start, start + entry.packedBytes)
  }
}

/** Names in an archive are compared as Windows does: some programs are inconsistent about case. */
function key(name: string): string {
  return name.replace(/^\//, '').toLowerCase()
}

function inflate(packed: Uint8Array, limit: number): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: limit })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    throw new FileRefusal(code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large-inside' : 'corrupt')
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) yield bytes.subarray(i, i + CHUNK_BYTES)
}

/** Unpacks on zlib’s own thread: the next piece is unpacked while this one is parsed. */
async function* inflateInPieces(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({ chunkSize: CHUNK_BYTES })
  stream.end(packed)
  try {
    for await (const chunk of stream) yield chunk as Uint8Array // `as`: a zlib stream without an encoding yields buffers
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
      ? new FileRefusal('corrupt')
      : error
  } finally {
    stream.destroy()
  }
}
