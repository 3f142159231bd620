import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { ResultFormat } from '../app/results.ts'
import { UserError } from '../engine/user-error.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'

/** @throws UserError if the file does not exist, is too large, or may not be read */
export async function readUpload(path: string, { maxFileBytes }: Limits): Promise<UploadFile> {
  const file = statSync(path, { throwIfNoEntry: false })
  if (!file) throw new UserError(`There is no file ${path}.`)
  if (!file.isFile()) throw new UserError(`${path} is not a file.`)
  if (file.size > maxFileBytes) {
    const limit = Math.round(maxFileBytes / 2 ** 20)
    throw new UserError(`${path} is larger than ${limit} MB.`, 'Split it, or raise ROWBOT_MAX_FILE_MB.')
  }
  const bytes = await readFile(path).catch((fault: unknown) => {
    throw new UserError(`${path} cannot be read: ${messageOf(fault)}.`)
  })
  return { name: basename(path), bytes }
}

/** `products.xlsx` → `products.results.xlsx` next to it; with the task’s id in the name if that is taken. */
export function resultPath(
  upload: string,
  taskId: string,
  folder = dirname(upload),
  format: ResultFormat = 'own',
): string {
  const stem = basename(upload, extname(upload))
  const ending = format === 'csv' ? 'csv' : 'xlsx'
  const path = join(folder, `${stem}.results.${ending}`)
  return existsSync(path) ? join(folder, `${stem}.results.${taskId}.${ending}`) : path
}

/**
 * What was asked for; otherwise by the extension that the person gave.
 * @throws UserError if the two do not fit: a program would not open the file by its name
 */
export function resultFormat(path: string, asked?: ResultFormat): ResultFormat {
  const isCsv = extname(path).toLowerCase() === '.csv'
  if (asked !== undefined && (asked === 'csv') !== isCsv) {
    const ending = asked === 'csv' ? '.csv' : '.xlsx'
    throw new UserError(`${path} is not a name for --format ${asked}.`, `End it with ${ending}.`)
  }
  return asked ?? (isCsv ? 'csv' : 'own')
}

/**
 * Checks that a file can be written, before anything is spent.
 * @param upload must not be overwritten
 * @throws UserError that says why it cannot
 */
export function checkTarget(path: string, upload?: string): void {
  const folder = dirname(path)
  if (!existsSync(folder))
    throw new UserError(
      `${path} cannot be written: there is no folder ${folder}.`,
      'Make it, or name another.',
    )
  if (existsSync(path) && statSync(path).isDirectory())
    throw new UserError(`${path} is a folder.`, 'Give the name of a file in it.')
  if (upload !== undefined && isSameFile(path, upload))
    throw new UserError(`${path} is the input file: it would be overwritten.`, 'Give another name.')
  const probe = `${path}.${process.pid}-try.part` // at least as long as the result’s temporary name
  try {
    writeFileSync(probe, '', { flag: 'wx' })
    rmSync(probe)
  } catch (fault) {
    throw new UserError(`${path} cannot be written: ${messageOf(fault)}.`, 'Name another place.')
  }
}

/**
 * Writes a file; turns a disk’s error into a sentence.
 * @param hint what to do then
 * @throws UserError
 */
export async function written<T>(path: string, hint: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (fault) {
    if (fault instanceof UserError) throw fault
    const reason = messageOf(fault).split('\n', 1)[0] ?? ''
    // Errors of the worker’s writes arrive as text.
    if (!DISK_FAULT.test(reason)) throw fault
    throw new UserError(`${path} cannot be written: ${reason}.`, hint)
  }
}

/** A path quoted for a shell, for use in a hint. */
export function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

const DISK_FAULT =
  /\b(?:EACCES|EBUSY|EDQUOT|EFBIG|EIO|EISDIR|EMFILE|ENAMETOOLONG|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS|ETXTBSY)\b/

function isSameFile(path: string, other: string): boolean {
  return existsSync(path) && existsSync(other) && realpathSync(path) === realpathSync(other)
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
