import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { Book } from './book.ts'
import { HeldBook } from './held-book.ts'
import { OdsReader } from './ods-reader.ts'
import { streamXml } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import type { Zip } from './zip.ts'

const PIECE_BYTES = 128 * 1024

/**
 * Opens an OpenDocument spreadsheet. The reader is our own, since SheetJS loses hidden rows and the formats of dates
 * in it, takes ten times the memory, and makes every one of a million repeated cells.
 */
export async function openOds(zip: Zip, limits: Limits): Promise<Book> {
  if (isEncrypted(zip)) throw new FileRefusal('password')
  if (!zip.has('content.xml')) throw new FileRefusal('corrupt', say('part-missing', { part: 'content.xml' }))
  return read(zip.stream('content.xml'), limits)
}

/** The same in one XML file (.fods). */
export async function openFlatOds(bytes: Uint8Array, limits: Limits): Promise<Book> {
  return read(pieces(bytes), limits)
}

async function read(xml: AsyncIterable<Uint8Array>, limits: Limits): Promise<Book> {
  const held = new HeldBook(limits)
  for await (const _ of streamXml(xml, new OdsReader(held, limits))) continue
  return held.book()
}

/** The parts of a protected file are listed with how they were encrypted; newer ones are a single encrypted part. */
function isEncrypted(zip: Zip): boolean {
  if (zip.has('encrypted-package')) return true
  const manifest = zip.has('META-INF/manifest.xml') ? zip.read('META-INF/manifest.xml') : undefined
  return manifest !== undefined && Buffer.from(manifest).includes('encryption-data')
}

/** A file in pieces, so that its text is not in memory as a whole. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
