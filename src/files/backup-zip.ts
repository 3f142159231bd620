import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { ZipFile as NewZip } from 'yazl'
import { isEncryptedName, type KeptName } from '../engine/files.ts'
import type { FileStore } from './file-store.ts'

/** What goes into a backup: files of the disk by their names in it, a text, and what is kept under hashes. */
export interface BackupContent {
  texts: Record<string, string>
  paths: Record<string, string>
  hashes: string[]
}

/** A part of a backup that was read. */
export interface BackupPart {
  name: string
  /** SHA-256 of its bytes, in hex */
  sha256: string
  size: number
}

/** `files/ab/abc…`; what is encrypted stays so */
export function partNameOf(name: KeptName): string {
  return `files/${name.slice(0, 2)}/${name}`
}

/**
 * Writes a backup in one step: there is nothing at `path`, or all of it.
 * @returns which hashes are no longer kept
 */
export async function writeBackup(
  path: string,
  { texts, paths, hashes }: BackupContent,
  source: Pick<FileStore, 'openKept'>,
): Promise<string[]> {
  const zip = new NewZip()
  const { outputStream } = zip
  if (!(outputStream instanceof Readable)) throw new Error('yazl does not write to a stream of node')
  zip.on('error', (fault: Error) => outputStream.destroy(fault))
  const missing: string[] = []
  for (const [name, text] of Object.entries(texts)) zip.addBuffer(Buffer.from(text), name)
  for (const [name, file] of Object.entries(paths)) zip.addFile(file, name, { mode: 0o100_600 })
  const adding = (async () => {
    for (const sha256 of hashes) {
      const kept = await source.openKept(sha256)
      if (!kept) {
        missing.push(sha256)
        continue
      }
      const stream = Readable.from(kept.bytes)
      const read = new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject))
      // Before its end it is not known whether it is larger than ordinary ZIPs can say.
      zip.addReadStream(stream, partNameOf(kept.name), {
        compress: false,
        mode: 0o100_600,
        forceZip64Format: true,
      })
      await read // one after another: whatever is opened is read at once
    }
    zip.end()
  })().catch((fault: unknown) => {
    outputStream.destroy(fault instanceof Error ? fault : new Error(String(fault)))
  })
  const part = `${path}.${process.pid}.part`
  try {
    await pipeline(outputStream, createWriteStream(part, { mode: 0o600 }))
    await adding
    await synced(part)
    await rename(part, path)
  } catch (fault) {
    await rm(part, { force: true })
    throw fault
  }
  return missing
}

/**
 * Reads a backup to its end, so that every checksum in it is compared.
 * @param to each part is written there, if it is given
 * @throws NotABackup if it is damaged, or has what no backup has
 */
export async function readBackup(path: string, to?: string): Promise<BackupPart[]> {
  const zip = await openPromise(path, { autoClose: false }).catch((fault: unknown) => {
    throw new NotABackup(fault)
  })
  const parts: BackupPart[] = []
  try {
    for await (const entry of zip.eachEntry()) parts.push(await partOf(zip, entry, to))
    return parts
  } catch (fault) {
    throw isOfTheDisk(fault) ? fault : new NotABackup(fault)
  } finally {
    zip.close()
  }
}

/** A ZIP that is none, is damaged, or that `writeBackup` has not written. */
export class NotABackup extends Error {
  constructor(override readonly cause: unknown) {
    super('not a backup')
  }
}

/** Nothing else is ever written anywhere: a name in a ZIP may lead out of the folder. */
const PART =
  /^(?:backup\.json|rowbot\.db|secret\.key|admin\.token|files\/[0-9a-f]{2}\/(?<kept>[0-9a-f]{64}(?:\.encrypted)?))$/

async function partOf(zip: ZipFile, entry: Entry, to: string | undefined): Promise<BackupPart> {
  const name = entry.fileName
  const match = PART.exec(name)
  if (!match) throw new Error(`${name} is no part of a backup`)
  const hash = new Bun.CryptoHasher('sha256')
  let size = 0
  let crc = 0
  const stream: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry)
  const pieces = async function* () {
    for await (const piece of stream) {
      hash.update(piece)
      size += piece.byteLength
      crc = crc32(piece, crc)
      yield piece
    }
  }
  if (to === undefined) for await (const piece of pieces()) void piece
  else await write(join(to, name), pieces())
  const sha256 = hash.digest('hex')
  if (crc !== entry.crc32) throw new Error(`${name} has other bytes`)
  const kept = match.groups?.['kept']
  // What is encrypted is not called after the bytes that are here, and it says itself if they were changed.
  if (kept !== undefined && !isEncryptedName(kept) && kept !== sha256)
    throw new Error(`${name} has other bytes`)
  return { name, sha256, size }
}

async function write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await pipeline(Readable.from(pieces), createWriteStream(path, { mode: 0o600, flags: 'wx' }))
  await synced(path)
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync()
  await file.close()
}

function isOfTheDisk(fault: unknown): boolean {
  return fault instanceof Error && 'syscall' in fault
}
