import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
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
 * Writes files into a ZIP, one after another; nothing is held in memory. Pictures and the like are packed already, so
 * nothing is compressed.
 * @throws if a file is no longer kept, or the disk is full; then there is no ZIP
 */
export async function writeZip(
  path: string,
  files: { name: string; sha256: string }[],
  source: FileSource,
): Promise<void> {
  const zip = new ZipFile()
  const written = pipeline(zip.outputStream, createWriteStream(path, { mode: 0o600 }))
  try {
    for (const { name, sha256 } of files) {
      zip.addReadStreamLazy(name, { compress: false, mtime: EPOCH }, (ready) => {
        void readyWhenOpen(source, name, sha256, ready)
      })
    }
    zip.on('error', (fault: Error) => {
      // yazl emits it, but does not end its output
      if ('destroy' in zip.outputStream && typeof zip.outputStream.destroy === 'function')
        zip.outputStream.destroy(fault)
    })
    zip.end()
    await written
  } catch (fault) {
    await rm(path, { force: true })
    throw fault
  }
}

/** The same result gives the same ZIP. 1980 is where its dates begin. */
const EPOCH = new Date(1980, 0, 1)

type OnOpen = (fault: unknown, bytes: NodeJS.ReadableStream) => void

async function readyWhenOpen(source: FileSource, name: string, sha256: string, ready: OnOpen): Promise<void> {
  try {
    const bytes = await source.open(sha256)
    if (!bytes) throw new Error(`the file ${name} is no longer kept`)
    ready(null, Readable.from(bytes))
  } catch (fault) {
    ready(fault, Readable.from([]))
  }
}
