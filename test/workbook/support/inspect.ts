import { openBook } from '../../../src/workbook/read/open-book.ts'
import { FileRefusal } from '../../../src/workbook/read/refusal.ts'
import { check } from '../../../src/workbook/check/check.ts'
import { preparedRows } from '../../../src/workbook/check/rows.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../src/workbook/limits.ts'
import type { Value } from '../../../src/workbook/read/value.ts'
import type { Check, CheckOptions, PreparedRow, UploadFile } from '../../../src/workbook/types.ts'
import { upload } from './xlsx.ts'

// The same steps as in the worker, without one: a test of a cell need not start a thread.

/** All rows of a sheet, as read. */
export async function cellsOf(
  file: UploadFile | Uint8Array,
  sheet = 0,
  limits: Partial<Limits> = {},
): Promise<{ row: number; cells: Value[] }[]> {
  const book = await openBook(file instanceof Uint8Array ? upload(file) : file, {
    ...DEFAULT_LIMITS,
    ...limits,
  })
  const rows: { row: number; cells: Value[] }[] = []
  for await (const batch of book.sheets[sheet]?.rows() ?? []) {
    for (const { row, cells } of batch) rows.push({ row, cells })
  }
  return rows
}

/** A value without what its number format shows. */
export function bare(value: Value = null): Value {
  if (typeof value !== 'object' || value === null || !('shown' in value)) return value
  return 'date' in value ? value.date : value.number
}

/** The first cell of each row. */
export async function columnA(bytes: Uint8Array): Promise<Value[]> {
  return (await cellsOf(bytes)).map(({ cells }) => cells[0] ?? null)
}

/** The code that a file is refused with; fails where it is not. */
export async function refusalOf(
  file: UploadFile | Uint8Array,
  limits: Partial<Limits> = {},
): Promise<string> {
  try {
    await cellsOf(file, 0, limits)
  } catch (error) {
    if (error instanceof FileRefusal) return error.code
    throw error
  }
  return 'not refused'
}

export async function checked(
  file: UploadFile | Uint8Array,
  options: CheckOptions = {},
  limits: Partial<Limits> = {},
): Promise<Check> {
  const all = { ...DEFAULT_LIMITS, ...limits }
  return check(await openBook(file instanceof Uint8Array ? upload(file) : file, all), options, all)
}

export async function prepared(file: UploadFile | Uint8Array, options: CheckOptions): Promise<PreparedRow[]> {
  const book = await openBook(file instanceof Uint8Array ? upload(file) : file, DEFAULT_LIMITS)
  return (await Array.fromAsync(preparedRows(book, options, DEFAULT_LIMITS))).flat()
}

/** What a promise fails with; undefined where it does not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}
