import { crc32, deflateRawSync } from 'node:zlib'

export interface Part {
  name: string
  bytes: Uint8Array | string
  /** instead of the truth */
  lie?: { unpacked?: number; crc?: number; flags?: number; method?: number }
}

/** An archive of exactly these parts, also of ones that no honest program would write. */
export function zip(parts: Part[]): Uint8Array {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, lie = {} } of parts) {
    const content = Buffer.from(bytes)
    const packed = deflateRawSync(content)
    const title = Buffer.from(name)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(lie.flags ?? 0, 2)
    fields.writeUInt16LE(lie.method ?? 8, 4)
    fields.writeUInt32LE(lie.crc ?? crc32(content), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(lie.unpacked ?? content.length, 18)
    fields.writeUInt16LE(title.length, 22)
    const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, title, packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, place, title]))
    bodies.push(body)
    offset += body.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...bodies, list, end]))
}

/** The same archive with its end written as for more than 4 GB. */
export function asZip64(archive: Uint8Array): Uint8Array {
  const bytes = Buffer.from(archive)
  const end = bytes.subarray(-22)
  const count = BigInt(end.readUInt16LE(10))
  const record = Buffer.alloc(56)
  record.write('PK\x06\x06', 'latin1')
  record.writeBigUInt64LE(44n, 4)
  record.writeBigUInt64LE(count, 24)
  record.writeBigUInt64LE(count, 32)
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40)
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  locator.writeBigUInt64LE(BigInt(bytes.length - 22), 8)
  locator.writeUInt32LE(1, 16)
  const small = Buffer.from(end)
  small.writeUInt16LE(0xffff, 8)
  small.writeUInt16LE(0xffff, 10)
  small.writeUInt32LE(0xffffffff, 16)
  return new Uint8Array(Buffer.concat([bytes.subarray(0, -22), record, locator, small]))
}
