import { fileTypeFromBlob, fileTypeFromBuffer } from 'file-type'
import type { StagedFile } from './staged-file.ts'

/**
 * What a file is by its bytes, as an extension (`pdf`, `jpg`, `docx`); null: they do not say, as with plain text. `html`
 * too, because a sign-in page is what one often gets in place of a file.
 */
export async function contentOf(file: StagedFile): Promise<string | null> {
  const blob = await file.blob()
  const found = await fileTypeFromBlob(blob) // fileTypeFromFile loads a package in a way that no bundler sees
  if (found) return found.ext
  const head = new TextDecoder().decode(await blob.slice(0, TEXT_BYTES).arrayBuffer())
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
