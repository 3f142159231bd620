import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { FileSource } from '../engine/files.ts'

/** A file of a result: which row's, and how it was called there. */
export interface ResultFileName {
  /** the row's number in the sheet */
  row: number
  /** of all files of its row, from 1 */
  position: number
  name: string
}

const MAX_NAME_CHARS = 100
const LEAST_DIGITS = 3

/**
 * Names for a result's files, made of the row and the file's own name: `012-chart.png`, or `012-2-chart.png` if the row
 * has several. Every name is another, also on disks that ignore case, and none is forbidden on Windows.
 * @param lastRow the largest row number of the task: all numbers get as many digits
 */
export function resultFileNames(files: ResultFileName[], lastRow: number): string[] {
  const digits = Math.max(LEAST_DIGITS, String(lastRow).length)
  const ofRow = new Map<number, number>()
  for (const { row } of files) ofRow.set(row, (ofRow.get(row) ?? 0) + 1)
  return files.map(({ row, position, name }) => {
    const number = String(row).padStart(digits, '0')
    const which = (ofRow.get(row) ?? 0) > 1 ? `${position}-` : ''
    return `${number}-${which}${safeFileName(name)}`
  })
}

/** Without folders, characters that Windows forbids, invisible characters, and points and spaces at its ends. */
function safeFileName(name: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const safe = last.replaceAll(/[<>:"|?*]|\p{C}|\p{Zl}|\p{Zp}/gu, '_').replaceAll(/^[\s.]+|[\s.]+$/g, '')
  const [, stem = '', ending = ''] = /^(.*?)(\.[^.\s]{1,10})?$/s.exec(safe) ?? []
  return ([...stem].slice(0, MAX_NAME_CHARS).join('').trimEnd() || 'file') + ending
}

/**
 * Files as a ZIP, one after another; nothing is held in memory. Pictures and the like are packed already, so nothing is
 * compressed. The stream breaks with an error if a file is no longer there.
 */
export function zipOf(files: { name: string; sha256: string }[], source: FileSource): Readable {
  const zip = new ZipFile()
  const { outputStream } = zip
  if (!(outputStream instanceof Readable)) throw new Error('yazl does not write to a stream of node')
  let reading: Readable | undefined
  for (const { name, sha256 } of files) {
    zip.addReadStreamLazy(name, { compress: false, mtime: EPOCH }, (ready) => {
      void bytesOf(source, name, sha256).then(
        (bytes) => ready(null, (reading = bytes)),
        (fault: unknown) => ready(fault, Readable.from([])),
      )
    })
  }
  // yazl emits it, but does not end its output
  zip.on('error', (fault: Error) => outputStream.destroy(fault))
  outputStream.on('close', () => reading?.destroy())
  zip.end({ forceZip64Format: false, comment: COMMENT })
  return outputStream
}

/** @throws if a file is no longer there, or the disk is full; then what was at `path` before is still there */
export async function writeZip(
  path: string,
  files: { name: string; sha256: string }[],
  source: FileSource,
): Promise<void> {
  await written(path, zipOf(files, source))
}

/** A ZIP with one file of the disk in it, compressed as far as it goes. The same file gives the same ZIP. */
export async function writeZipOfFile(path: string, file: { name: string; path: string }): Promise<void> {
  const zip = new ZipFile()
  const { outputStream } = zip
  if (!(outputStream instanceof Readable)) throw new Error('yazl does not write to a stream of node')
  zip.on('error', (fault: Error) => outputStream.destroy(fault))
  zip.addFile(file.path, file.name, { compressionLevel: 9, mtime: EPOCH, mode: 0o100_644 })
  zip.end()
  await written(path, outputStream)
}

/** In one step: there is nothing at `path`, or all of it. */
async function written(path: string, bytes: Readable): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await pipeline(bytes, createWriteStream(part, { mode: 0o600 }))
    await rename(part, path)
  } catch (fault) {
    await rm(part, { force: true })
    throw fault
  }
}

/** True for a ZIP that `writeZip` has written: only such a one may be replaced. */
export async function isResultZip(path: string): Promise<boolean> {
  const file = Bun.file(path)
  return (await file.slice(Math.max(0, file.size - COMMENT.length)).text()) === COMMENT
}

/** At the very end of the ZIP. */
const COMMENT = 'Files of a result of Rowbot'

/** The same result gives the same ZIP. 1980 is where its dates begin. */
const EPOCH = new Date(1980, 0, 1)

async function bytesOf(source: FileSource, name: string, sha256: string): Promise<Readable> {
  const bytes = await source.open(sha256)
  if (!bytes) throw new Error(`the file ${name} is no longer there`)
  return Readable.from(bytes)
}
