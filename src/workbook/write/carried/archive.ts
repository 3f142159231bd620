import { crc32, deflateRawSync } from 'node:zlib'
import type { Zip } from '../../read/zip.ts'

interface Packed {
  name: string
  method: number
  crc: number
  packed: Uint8Array
  unpackedBytes: number
}

/**
 * The same archive with some parts changed or added; all others are copied in packed form.
 * @param changes by part name, ignoring case
 */
export function rewritten(zip: Zip, changes: Map<string, string>): Uint8Array {
  const parts: Packed[] = []
  const left = new Map([...changes].map(([name, text]) => [name.toLowerCase(), { name, text }]))
  for (const { entry, packed } of zip.packedParts()) {
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

function pack(name: string, text: string): Packed {
  const bytes = Buffer.from(text)
  return { name, method: 8, crc: crc32(bytes), packed: deflateRawSync(bytes), unpackedBytes: bytes.length }
}

function archive(parts: Packed[]): Uint8Array {
  const pieces: Uint8Array[] = []
  const list: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const name = Buffer.from(part.name)
    const header = fields(part, name.length)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), header, name])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    list.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, place, name]))
    pieces.push(local, part.packed)
    offset += local.length + part.packed.length
  }
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...pieces, directory, end]))
}

/** The fields that a local header and its directory entry have in common. */
function fields(part: Packed, nameLength: number): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(20, 0) // version 2.0
  header.writeUInt16LE(0x0800, 2) // names are UTF-8
  header.writeUInt16LE(part.method, 4)
  header.writeUInt16LE(0x21, 8) // 1980-01-01: equal workbooks give equal bytes
  header.writeUInt32LE(part.crc, 10)
  header.writeUInt32LE(part.packed.length, 14)
  header.writeUInt32LE(part.unpackedBytes, 18)
  header.writeUInt16LE(nameLength, 22)
  return header
}
