import { crc32 } from 'node:zlib'
import { guessNames } from '../workbook/read/name-encoding.ts'

/** A name as it stands in the ZIP. */
export interface RawName {
  raw: Uint8Array
  extra: { id: number; data: Uint8Array }[]
  /** the entry’s general purpose bits */
  flags: number
}

const UTF8_FLAG = 0x800
/** “Info-ZIP Unicode Path”: version, the CRC of the name that it replaces, the name in UTF-8 */
const UNICODE_PATH = 0x7075

/**
 * How to read the names of a ZIP. Many programs do not say in which encoding they write them, and Windows writes them in
 * that of its country: those names are guessed together, as one text.
 */
export function nameDecoder(names: RawName[]): (name: RawName) => string {
  const open = names.filter((name) => sureNameOf(name) === undefined)
  const guessed = open.length === 0 ? undefined : guessNames(open.map(({ raw }) => raw))
  return (name) => sureNameOf(name) ?? guessed?.(name.raw) ?? ''
}

/** The name where the ZIP says how to read it, or it is plain ASCII. */
function sureNameOf({ raw, extra, flags }: RawName): string | undefined {
  const unicode = extra.find(({ id }) => id === UNICODE_PATH)?.data
  if (unicode && unicode.length > 5 && unicode[0] === 1) {
    const of = new DataView(unicode.buffer, unicode.byteOffset).getUint32(1, true)
    if (of === crc32(raw)) return new TextDecoder().decode(unicode.subarray(5))
  }
  if (flags & UTF8_FLAG || raw.every((byte) => byte < 0x80)) return new TextDecoder().decode(raw)
  return undefined
}
