import { open } from 'node:fs/promises'

/** What the first bytes of a picture say of it. */
export interface PictureSize {
  kind: 'png' | 'jpeg' | 'gif'
  /** in pixels */
  width: number
  height: number
}

/** A JPEG may have a preview and a colour profile before its size. */
const HEAD_BYTES = 256 * 1024
/** More pixels take a program a gigabyte of memory, whatever the size of the file. */
const MOST_PIXELS = 50_000_000

/** The kind and size of a stored picture; undefined: it is none of these kinds, or broken, or gone. */
export async function pictureSizeOf(path: string): Promise<PictureSize | undefined> {
  try {
    return pictureSize(await headOf(path))
  } catch {
    return undefined
  }
}

/** The same from its first bytes. */
export function pictureSize(head: Uint8Array): PictureSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const found = pngSize(view) ?? gifSize(view) ?? jpegSize(view)
  return found && found.width > 0 && found.height > 0 && found.width * found.height <= MOST_PIXELS
    ? found
    : undefined
}

function pngSize(view: DataView): PictureSize | undefined {
  const isPng =
    view.byteLength >= 24 &&
    view.getUint32(0) === 0x89_50_4e_47 &&
    view.getUint32(4) === 0x0d_0a_1a_0a &&
    view.getUint32(12) === 0x49_48_44_52 // IHDR
  return isPng ? { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) } : undefined
}

function gifSize(view: DataView): PictureSize | undefined {
  const isGif =
    view.byteLength >= 10 &&
    view.getUint32(0) === 0x47_49_46_38 &&
    [0x37_61, 0x39_61].includes(view.getUint16(4))
  return isGif ? { kind: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) } : undefined
}

/** The size stands in its first “start of frame”; the segments before it are passed over by their lengths. */
function jpegSize(view: DataView): PictureSize | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xff_d8) return undefined
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at++
    else if (isFrame(marker))
      return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** SOF0 to SOF15; between them are tables (C4, CC) and a reserved marker. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
