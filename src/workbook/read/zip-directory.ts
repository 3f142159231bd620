import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { FileRefusal } from './refusal.ts'

export interface Entry {
  name: string
  /** 0 stored, 8 deflated */
  method: number
  packedBytes: number
  /** as declared, which may be wrong */
  unpackedBytes: number
  crc: number
  /** position of its local header */
  offset: number
  encrypted: boolean
  /** another entry has the same name: programs differ in which of the two they read */
  twice: boolean
}

const END = 0x06054b50
const END_64_LOCATOR = 0x07064b50
const HEADER = 0x02014b50
const MAX_32 = 0xffffffff

/**
 * The archive’s directory, by name in lower case. Declared sizes are not trusted; limits are enforced while
 * unpacking.
 */
export function directory(bytes: Uint8Array, limits: Limits): Map<string, Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return entries(bytes, view, limits)
  } catch (error) {
    if (error instanceof RangeError) throw new FileRefusal('corrupt') // an offset beyond the end of the file
    throw error
  }
}

function entries(bytes: Uint8Array, view: DataView, limits: Limits): Map<string, Entry> {
  const { count, offset } = end(view)
  if (count > limits.maxEntries) throw new FileRefusal('too-large-inside', say('too-many-parts', { count }))
  const found = new Map<string, Entry>()
  let at = offset
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== HEADER) throw new FileRefusal('corrupt')
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    const entry = readEntry(bytes, view, at, nameLength, extraLength)
    const name = entry.name.toLowerCase()
    found.set(name, { ...entry, twice: found.has(name) })
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true)
  }
  return found
}

function end(view: DataView): { count: number; offset: number } {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) !== END) continue
    const count = view.getUint16(at + 10, true)
    const offset = view.getUint32(at + 16, true)
    if (count !== 0xffff && offset !== MAX_32) return { count, offset }
    return end64(view, at - 20)
  }
  throw new FileRefusal('corrupt')
}

function end64(view: DataView, locator: number): { count: number; offset: number } {
  if (view.getUint32(locator, true) !== END_64_LOCATOR) throw new FileRefusal('corrupt')
  const at = Number(view.getBigUint64(locator + 8, true))
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    offset: Number(view.getBigUint64(at + 48, true)),
  }
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, nameLength: number, extraLength: number) {
  const nameEnd = at + 46 + nameLength
  if (nameEnd + extraLength > bytes.length) throw new FileRefusal('corrupt')
  const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd))
  const sizes = {
    unpacked: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  }
  takeZip64(view, nameEnd, nameEnd + extraLength, sizes)
  return {
    name: name.replaceAll('\\', '/').replace(/^(\.?\/)+/, ''),
    method: view.getUint16(at + 10, true),
    packedBytes: sizes.packed,
    unpackedBytes: sizes.unpacked,
    crc: view.getUint32(at + 16, true),
    offset: sizes.offset,
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
  }
}

/** Sizes of 4 GB and more are in an extra field, in this order, and only those that did not fit. */
function takeZip64(
  view: DataView,
  start: number,
  stop: number,
  sizes: { unpacked: number; packed: number; offset: number },
): void {
  for (let at = start; at + 4 <= stop; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let next = at + 4
    for (const which of ['unpacked', 'packed', 'offset'] as const) {
      if (sizes[which] !== MAX_32) continue
      sizes[which] = Number(view.getBigUint64(next, true))
      next += 8
    }
  }
}
