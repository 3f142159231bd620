import { crc32, deflateRawSync } from 'node:zlib'
import type { Zip } from '../../read/zip.ts'

/** A part, packed. Only its header is needed once the bytes are written. */
export interface Packed {
  name: string
  method: number
  crc: number
  packed: Uint8Array
  unpackedBytes: number
  /** if `packed` does not have them any more */
  packedBytes?: number
}

/**
 * The same archive with some parts changed, added or left out; all others are copied in packed form.
 * @param changes by part name, ignoring case
 * @param removed names of parts, in lower case
 */
export function rewritten(zip: Zip, changes: Map<string, string>, removed = new Set<string>()): Uint8Array {
  const parts: Packed[] = []
  const left = new Map([...changes].map(([name, text]) => [name.toLowerCase(), { name, text }]))
  for (const { entry, packed } of zip.packedParts()) {
    if (removed.has(entry.name.toLowerCase())) continue
    const change = left.get(entry.name.toLowerCase())
    left.delete(entry.name.toLowerCase())
    parts.push(change ? pack(entry.name, change.text) : { ...entry, packed })
  }
  for (const { name, text } of left.values()) parts.push(pack(name, text))
  return archive(parts)
}

/** An archive of these parts. */
export function archived(parts: Map<string, string>): Uint8Array {
  return archive([...parts].map(([name, text]) => pack(name, text)))
}

/** An archive of these parts, not packed. */
export function stored(parts: Map<string, Uint8Array>): Uint8Array {
  const whole = (name: string, bytes: Uint8Array): Packed => ({
    name,
    method: 0,
    crc: crc32(bytes),
    packed: bytes,
    unpackedBytes: bytes.length,
  })
  return archive([...parts].map(([name, bytes]) => whole(name, bytes)))
}

export function pack(name: string, text: string): Packed {
  const bytes = Buffer.from(text)
  return { name, method: 8, crc: crc32(bytes), packed: deflateRawSync(bytes), unpackedBytes: bytes.length }
}

function archive(parts: Packed[]): Uint8Array {
  const pieces: Uint8Array[] = []
  const listed: { part: Packed; offset: number }[] = []
  let offset = 0
  for (const part of parts) {
    const local = localHeader(part)
    listed.push({ part, offset })
    pieces.push(local, part.packed)
    offset += local.length + part.packed.length
  }
  return new Uint8Array(Buffer.concat([...pieces, directoryOf(listed, offset)]))
}

/** What stands before a part’s bytes. */
export function localHeader(part: Packed): Buffer {
  const name = Buffer.from(part.name)
  return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields(part, name.length), name])
}

/**
 * The list of all parts, which ends the archive.
 * @param start its own position
 */
export function directoryOf(listed: { part: Packed; offset: number }[], start: number): Buffer {
  const list = listed.map(({ part, offset }) => {
    const name = Buffer.from(part.name)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const mark = Buffer.from('PK\x01\x02\x14\x00', 'latin1')
    return Buffer.concat([mark, fields(part, name.length), place, name])
  })
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(listed.length, 8)
  end.writeUInt16LE(listed.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(start, 16)
  return Buffer.concat([directory, end])
}

/** The fields that a local header and its directory entry have in common. */
function fields(part: Packed, nameLength: number): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(20, 0) // version 2.0
  header.writeUInt16LE(0x0800, 2) // names are UTF-8
  header.writeUInt16LE(part.method, 4)
  header.writeUInt16LE(0x21, 8) // 1980-01-01: equal workbooks give equal bytes
  header.writeUInt32LE(part.crc, 10)
  header.writeUInt32LE(part.packedBytes ?? part.packed.length, 14)
  header.writeUInt32LE(part.unpackedBytes, 18)
  header.writeUInt16LE(nameLength, 22)
  return header
}
