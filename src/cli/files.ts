import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { UserError } from '../engine/user-error.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'

/** @throws UserError when there is no such file, or it is too large to be looked at */
export async function readUpload(path: string, { maxFileBytes }: Limits): Promise<UploadFile> {
  const file = statSync(path, { throwIfNoEntry: false })
  if (!file) throw new UserError(`There is no file ${path}.`)
  if (!file.isFile()) throw new UserError(`${path} is not a file.`)
  if (file.size > maxFileBytes) {
    const limit = Math.round(maxFileBytes / 2 ** 20)
    throw new UserError(`${path} is larger than ${limit} MB.`, 'Split it, or raise ROWBOT_MAX_FILE_MB.')
  }
  return { name: basename(path), bytes: await readFile(path) }
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
