import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { Limits } from '../limits.ts'
import { directory, type Entry } from './zip-directory.ts'
import { FileRefusal } from './refusal.ts'

/** How much is unpacked before it is looked at. */
const CHUNK_BYTES = 128 * 1024
/** Parts that are held whole (styles, relationships and the like) are small in every honest file. */
const MAX_HELD_BYTES = 32 * 1024 * 1024

/** The archive that an .xlsx is. Only what is asked for is unpacked, never to the disk, and never past the limit. */
export class Zip {
  readonly #bytes: Uint8Array
  readonly #entries: Map<string, Entry>
  readonly #limits: Limits
  /** unpacked so far, by part: a part that is read again counts once */
  readonly #unpacked = new Map<string, number>()

  constructor(bytes: Uint8Array, limits: Limits) {
    this.#bytes = bytes
    this.#limits = limits
    this.#entries = directory(bytes, limits)
  }

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  /** Every part as it is packed, in the order of the list. */
  *packedParts(): Generator<{ entry: Entry; packed: Uint8Array }> {
    for (const entry of this.#entries.values()) yield { entry, packed: this.#packed(entry) }
  }

  has(name: string): boolean {
    return this.#entries.has(key(name))
  }

  /** The bytes of a small part, checked against its checksum; undefined where there is none of that name. */
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

  /** The same for a part of any size, in pieces. The last step throws where the checksum is wrong. */
  async *stream(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(key(name))
    if (!entry) throw new FileRefusal('corrupt', `${name} is missing`)
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
    if (bytes > (this.#unpacked.get(name) ?? 0)) this.#unpacked.set(name, bytes)
    let total = 0
    for (const part of this.#unpacked.values()) total += part
    if (total > this.#limits.maxUnpackedBytes) throw new FileRefusal('too-large-inside')
  }

  #packed(entry: Entry): Uint8Array {
    if (entry.encrypted) throw new FileRefusal('password')
    if (entry.twice) throw new FileRefusal('corrupt', `${entry.name} is in it twice`)
    if (entry.method !== 0 && entry.method !== 8)
      throw new FileRefusal('corrupt', `${entry.name} is packed oddly`)
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
    if (entry.offset + 30 > this.#bytes.length) throw new FileRefusal('corrupt', entry.name)
    const start =
      entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
    if (start + entry.packedBytes > this.#bytes.length) throw new FileRefusal('corrupt', entry.name)
    return this.#bytes.subarray(start, start + entry.packedBytes)
  }
}

/** Names in an archive are compared as Windows does: some writers disagree with themselves about case. */
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

/** Unpacks on zlib's own thread, so that the next piece is made while this one is read. */
async function* inflateInPieces(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({ chunkSize: CHUNK_BYTES })
  stream.end(packed)
  try {
    for await (const chunk of stream) yield chunk as Uint8Array // a zlib stream without an encoding gives buffers
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
      ? new FileRefusal('corrupt')
      : error
  } finally {
    stream.destroy()
  }
}
