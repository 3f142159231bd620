/**
 * The machine that an executable is made for, by its own header, as targets.ts names it; undefined: none that we know.
 * ELF: e_machine at 0x12, the interpreter names the C library. Mach-O: cputype at 4. PE: the machine follows “PE\0\0”.
 */
export function madeFor(bytes: Uint8Array): string | undefined {
  if (bytes.length < 64) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0)
  if (magic === 0x7f454c46) return elf(view, bytes)
  if (magic === 0xcffaedfe) return named('darwin', MACH_O[view.getUint32(4, true)])
  return view.getUint16(0) === 0x4d5a ? portable(view) : undefined
}

const ELF: Record<number, string> = { 0x3e: 'x64', 0xb7: 'arm64' }
const MACH_O: Record<number, string> = { 0x01000007: 'x64', 0x0100000c: 'arm64' }
const PE: Record<number, string> = { 0x8664: 'x64', 0xaa64: 'arm64' }
/** Where the path of the interpreter stands, at the latest. */
const ELF_HEAD_BYTES = 4_096

function elf(view: DataView, bytes: Uint8Array): string | undefined {
  const name = named('linux', ELF[view.getUint16(0x12, true)])
  const isMusl = Buffer.from(bytes.subarray(0, ELF_HEAD_BYTES)).includes('/ld-musl-')
  return name && (isMusl ? `${name}-musl` : name)
}

function portable(view: DataView): string | undefined {
  const at = view.getUint32(0x3c, true)
  if (at + 6 > view.byteLength || view.getUint32(at) !== 0x50450000) return undefined
  return named('windows', PE[view.getUint16(at + 4, true)])
}

function named(system: string, processor: string | undefined): string | undefined {
  return processor && `${system}-${processor}`
}
