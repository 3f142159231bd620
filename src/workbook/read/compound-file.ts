import { FileRefusal } from './refusal.ts'

/** End of a chain of sectors, and other marks that are not sectors. */
const FIRST_MARK = 0xfffffffa
const ENTRY_BYTES = 128
const NONE = 0xffffffff

interface DirectoryEntry {
  name: string
  /** 1 storage, 2 stream, 5 root */
  type: number
  left: number
  right: number
  child: number
  start: number
  bytes: number
}

/**
 * A compound file (MS-CFB): the container of Office 97–2003, and of encrypted workbooks. Chains of sectors that lead
 * in a circle or out of the file are refused.
 */
export class CompoundFile {
  /** names of all streams, also those inside of embedded documents */
  readonly names: Set<string>
  readonly #bytes: Uint8Array
  readonly #sectorBytes: number
  readonly #next: Uint32Array
  readonly #entries: DirectoryEntry[]

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const header = viewOf(bytes)
    if (bytes.length < 512) throw new FileRefusal('corrupt')
    const shift = header.getUint16(30, true)
    if (shift !== 9 && shift !== 12) throw new FileRefusal('corrupt')
    this.#sectorBytes = 2 ** shift
    this.#next = this.#allocation(header)
    this.#entries = directory(this.#chain(header.getUint32(48, true)))
    this.names = new Set(this.#entries.filter(({ type }) => type === 2).map(({ name }) => name))
  }

  /** A stream at the top, by the first of these names that there is; undefined if there is none. */
  stream(...names: string[]): Uint8Array | undefined {
    const top = this.#top()
    for (const name of names) {
      const entry = top.find((entry) => entry.type === 2 && entry.name === name.toLowerCase())
      if (entry) return this.#content(entry)
    }
    return undefined
  }

  /** The entries of the root storage: a binary tree, which must have no circle. */
  #top(): DirectoryEntry[] {
    const found: DirectoryEntry[] = []
    const seen = new Set<number>()
    const left = [this.#entries[0]?.child ?? NONE]
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      const entry = this.#entries[index]
      if (!entry || seen.has(index)) continue
      seen.add(index)
      found.push(entry)
      left.push(entry.left, entry.right)
    }
    return found
  }

  #content(entry: DirectoryEntry): Uint8Array {
    const header = viewOf(this.#bytes)
    const root = this.#entries[0]
    const isSmall = entry.bytes < header.getUint32(56, true)
    const whole =
      isSmall && root
        ? this.#small(entry.start, this.#chain(root.start), this.#chain(header.getUint32(60, true)))
        : this.#chain(entry.start)
    if (whole.length < entry.bytes) throw new FileRefusal('corrupt')
    return whole.subarray(0, entry.bytes)
  }

  /** Streams under 4 KB are in sectors of 64 bytes inside of the root’s stream. */
  #small(start: number, within: Uint8Array, allocation: Uint8Array): Uint8Array {
    const next = numbers(allocation)
    const pieces = walk(start, next).map((sector) => within.subarray(sector * 64, sector * 64 + 64))
    return Buffer.concat(pieces)
  }

  #chain(start: number): Uint8Array {
    return Buffer.concat(walk(start, this.#next).map((sector) => this.#sector(sector)))
  }

  /** The last sector of a file may be cut short. */
  #sector(index: number): Uint8Array {
    const at = (index + 1) * this.#sectorBytes
    if (at >= this.#bytes.length) throw new FileRefusal('corrupt')
    return this.#bytes.subarray(at, at + this.#sectorBytes)
  }

  /** For every sector, the one that follows it: the file allocation table, itself in sectors. */
  #allocation(header: DataView): Uint32Array {
    const tables: number[] = []
    for (let at = 76; at < 512; at += 4) tables.push(header.getUint32(at, true))
    const most = Math.ceil(this.#bytes.length / this.#sectorBytes)
    let further = header.getUint32(68, true)
    for (let count = 0; further < FIRST_MARK; count++) {
      if (count > most) throw new FileRefusal('corrupt')
      const list = numbers(this.#sector(further))
      tables.push(...list.subarray(0, -1))
      further = list.at(-1) ?? NONE
    }
    const sectors = tables.filter((sector) => sector < FIRST_MARK)
    if (sectors.length > most) throw new FileRefusal('corrupt')
    return numbers(Buffer.concat(sectors.map((sector) => this.#sector(sector))))
  }
}

function walk(start: number, next: Uint32Array): number[] {
  const sectors: number[] = []
  for (let sector = start; sector < FIRST_MARK; sector = next[sector] ?? NONE) {
    if (sectors.length >= next.length) throw new FileRefusal('corrupt') // a circle
    sectors.push(sector)
  }
  return sectors
}

function directory(bytes: Uint8Array): DirectoryEntry[] {
  const view = viewOf(bytes)
  const entries: DirectoryEntry[] = []
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const nameBytes = Math.min(64, Math.max(2, view.getUint16(at + 64, true))) - 2
    entries.push({
      name: new TextDecoder('utf-16le').decode(bytes.subarray(at, at + nameBytes)).toLowerCase(),
      type: view.getUint8(at + 66),
      left: view.getUint32(at + 68, true),
      right: view.getUint32(at + 72, true),
      child: view.getUint32(at + 76, true),
      start: view.getUint32(at + 116, true),
      bytes: view.getUint32(at + 120, true),
    })
  }
  return entries
}

function numbers(bytes: Uint8Array): Uint32Array {
  const view = viewOf(bytes)
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(i * 4, true))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
