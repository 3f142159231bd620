import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { UserError } from '../engine/user-error.ts'
import { cleanName, isLitter } from './file-names.ts'
import { REFUSED } from './refusals.ts'
import type { StagedFile } from './staged-file.ts'
import { nameDecoder } from './zip-names.ts'

/** What is needed to unpack a ZIP. */
export interface ZipOptions {
  /** the person’s name for it, for what is said */
  name: string
  /** the most files in it */
  maxFiles: number
  /** stages the bytes of one file; what it throws is thrown */
  stage: (pieces: AsyncIterable<Uint8Array>) => Promise<StagedFile>
}

export interface ZippedFile {
  /** with its path inside the ZIP */
  name: string
  staged: StagedFile
}

/** Beyond this many bytes, a file may not be more than 200 times as large as it is packed. */
const BOMB_BYTES = 10 * 2 ** 20
const BOMB_RATIO = 200

/**
 * Unpacks a ZIP on the disk, one file after the other; a ZIP in it stays a file. All names are looked at before anything
 * is unpacked, and declared sizes are believed only where they refuse.
 * @throws UserError that names the file in it; then nothing of it is staged any more, which `discard` has done
 */
export async function unzipped(
  packed: StagedFile,
  options: ZipOptions,
  discard: (staged: StagedFile) => Promise<void>,
): Promise<ZippedFile[]> {
  const { name: zip } = options
  const archive = await packed
    .zip({
      autoClose: false,
      decodeStrings: false, // the names may be in any encoding
      validateEntrySizes: true,
    })
    .catch(() => {
      throw REFUSED.zipDamaged(zip)
    })
  const files: ZippedFile[] = []
  try {
    const listed = await filesOf(archive, options)
    if (listed.length === 0) throw REFUSED.zipEmpty(zip)
    refuseOverlaps(archive, listed, options)
    for (const { name, entry } of listed)
      files.push({ name, staged: await options.stage(unpacked(archive, entry, name, options)) })
    return files
  } catch (fault) {
    for (const { staged } of files) await discard(staged)
    throw fault
  } finally {
    archive.close()
  }
}

interface ListedFile {
  name: string
  entry: Entry
}

/** Folders and what systems leave behind count as well, up to a point: reading them takes time, too. */
const ENTRIES_A_FILE = 10

async function filesOf(archive: ZipFile, options: ZipOptions): Promise<ListedFile[]> {
  const { name: zip, maxFiles } = options
  if (archive.entryCount > (maxFiles + 1) * ENTRIES_A_FILE) throw REFUSED.zipTooMany(zip, maxFiles)
  const entries: Entry[] = []
  try {
    for await (const entry of archive.eachEntry()) entries.push(entry)
  } catch {
    throw REFUSED.zipDamaged(zip)
  }
  const decode = nameDecoder(entries.map(rawNameOf))
  const files = new Map<string, ListedFile>()
  for (const entry of entries) {
    const path = decode(rawNameOf(entry)).replaceAll('\\', '/')
    if (isFolder(entry, path) || isLitter(path)) continue
    refuseEntry(entry, path, options)
    const name = cleanName(path)
    if (files.has(name)) throw REFUSED.zipTwice(zip, name)
    files.set(name, { name, entry })
    // One may be the sheet, which is not counted.
    if (files.size > maxFiles + 1) throw REFUSED.zipTooMany(zip, maxFiles)
  }
  return [...files.values()]
}

function rawNameOf(entry: Entry) {
  // With decodeStrings: false the name is bytes; its type does not say so.
  return { raw: entry.fileNameRaw, extra: entry.extraFields, flags: entry.generalPurposeBitFlag }
}

function refuseEntry(entry: Entry, path: string, { name: zip }: ZipOptions): void {
  const shown = cleanName(path)
  if (/^\/|^[a-z]:|\0/i.test(path) || path.split('/').includes('..'))
    throw REFUSED.zipPath(zip, path.replaceAll(/\p{Cc}/gu, '�'))
  if (!isRegular(entry)) throw REFUSED.zipLink(zip, shown)
  if (entry.isEncrypted()) throw REFUSED.zipPassword(zip, shown)
  if (!entry.canDecodeFileData()) throw REFUSED.zipMethod(zip, shown)
}

const UNIX_SYSTEMS = new Set([3, 19]) // Unix, macOS

/** The kind of file, as Unix writes it; 0 where the packing program did not say. */
function unixKind({ versionMadeBy, externalFileAttributes }: Entry): number {
  return UNIX_SYSTEMS.has(versionMadeBy >> 8) ? (externalFileAttributes >>> 28) & 0xf : 0
}

function isFolder(entry: Entry, path: string): boolean {
  return path.endsWith('/') || unixKind(entry) === 4
}

function isRegular(entry: Entry): boolean {
  const kind = unixKind(entry)
  return kind === 0 || kind === 8
}

/** Two files in the same bytes: how a small ZIP becomes a bomb that no ratio shows. */
function refuseOverlaps(archive: ZipFile, files: ListedFile[], { name: zip }: ZipOptions): void {
  const inOrder = files.toSorted(
    (a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader,
  )
  let end = 0
  for (const { entry, name } of inOrder) {
    const start = entry.relativeOffsetOfLocalHeader
    if (start < end) throw REFUSED.zipEntryDamaged(zip, name)
    end = start + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize
    if (end > archive.fileSize) throw REFUSED.zipDamaged(zip)
  }
}

const LOCAL_HEADER_BYTES = 30

async function* unpacked(
  archive: ZipFile,
  entry: Entry,
  name: string,
  { name: zip }: ZipOptions,
): AsyncGenerator<Uint8Array> {
  let size = 0
  let crc = 0
  const most = Math.max(BOMB_BYTES, entry.compressedSize * BOMB_RATIO)
  try {
    const stream: AsyncIterable<Buffer> = await archive.openReadStreamPromise(entry)
    for await (const piece of stream) {
      size += piece.byteLength
      if (size > most) throw REFUSED.zipBomb(zip, name)
      crc = crc32(piece, crc)
      yield piece
    }
  } catch (fault) {
    if (fault instanceof UserError) throw fault
    throw REFUSED.zipEntryDamaged(zip, name)
  }
  if (size !== entry.uncompressedSize || crc !== entry.crc32) throw REFUSED.zipEntryDamaged(zip, name)
}
