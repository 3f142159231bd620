import { CFB } from '@e965/xlsx'

/** A compound file with these streams at the top. */
export function compoundFile(streams: Record<string, Uint8Array>): Uint8Array {
  const file = CFB.utils.cfb_new()
  for (const [name, bytes] of Object.entries(streams)) CFB.utils.cfb_add(file, `/${name}`, Buffer.from(bytes))
  return new Uint8Array(Buffer.from(CFB.write(file, { type: 'buffer' })))
}
