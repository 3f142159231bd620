import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { UserError } from '../engine/user-error.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'

/** @throws UserError when there is no such file, or it is too large to be looked at, or may not be read */
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

/** `products.xlsx` → `products.results.xlsx` beside it; with the task’s id in the name when that is taken. */
export function resultPath(upload: string, taskId: string, folder = dirname(upload)): string {
  const stem = basename(upload, extname(upload))
  const path = join(folder, `${stem}.results.xlsx`)
  return existsSync(path) ? join(folder, `${stem}.results.${taskId}.xlsx`) : path
}

/** By the ending a person gave: CSV when they asked for it. */
export function resultFormat(path: string): 'xlsx' | 'csv' {
  return extname(path).toLowerCase() === '.csv' ? 'csv' : 'xlsx'
}

/**
 * Tries whether a file can be written there: before anything is paid for.
 * @param upload what must not be written over
 * @throws UserError that says why not
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
    throw new UserError(`${path} is the file that is read: it would be lost.`, 'Give another name.')
  const probe = `${path}.${process.pid}-try.part` // no shorter than what the result is called until it is whole
  try {
    writeFileSync(probe, '', { flag: 'wx' })
    rmSync(probe)
  } catch (fault) {
    throw new UserError(`${path} cannot be written: ${messageOf(fault)}.`, 'Name another place.')
  }
}

/**
 * Writes a file, and says it in a sentence when the disk refuses.
 * @param hint what to do then
 * @throws UserError
 */
export async function written<T>(path: string, hint: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (fault) {
    if (fault instanceof UserError) throw fault
    const reason = messageOf(fault).split('\n', 1)[0] ?? ''
    // What the worker could not write comes as text.
    if (!DISK_FAULT.test(reason)) throw fault
    throw new UserError(`${path} cannot be written: ${reason}.`, hint)
  }
}

/** For a hint: a path as a shell takes it. */
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
