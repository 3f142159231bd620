import { fileTypeFromBlob, fileTypeFromBuffer } from 'file-type'
import { open } from 'node:fs/promises'

/**
 * What a file is by its bytes, as an extension (`pdf`, `jpg`, `docx`); null: they do not say, as with plain text. `html`
 * too, because a sign-in page is what one often gets in place of a file.
 */
export async function contentOf(path: string): Promise<string | null> {
  const found = await fileTypeFromBlob(Bun.file(path)) // fileTypeFromFile loads a package in a way that no bundler sees
  if (found) return found.ext
  const head = await headOf(path)
  if (head.includes('%PDF-')) return 'pdf' // readers of PDF take it from there, too
  return /^\s*(<!doctype html|<html[\s>])/i.test(head) ? 'html' : null
}

const TEXT_BYTES = 1_024

/** Enough to know a picture by. */
export const HEAD_BYTES = 4_100

/** The same by the beginning of a file, which is enough for pictures. */
export async function contentOfHead(pieces: AsyncIterable<Uint8Array>): Promise<string | null> {
  const head: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    head.push(piece)
    size += piece.byteLength
    if (size >= HEAD_BYTES) break
  }
  return (await fileTypeFromBuffer(Buffer.concat(head).subarray(0, HEAD_BYTES)))?.ext ?? null
}

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TEXT_BYTES), 0, TEXT_BYTES, 0)
    return new TextDecoder().decode(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
