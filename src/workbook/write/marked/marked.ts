import { check } from '../../check/check.ts'
import { SEVERITY } from '../../fault.ts'
import { sentence } from '../../fault-text.ts'
import type { Limits } from '../../limits.ts'
import type { Book } from '../../read/book.ts'
import { openBook } from '../../read/open-book.ts'
import type { Check, CheckOptions, UploadFile } from '../../types.ts'
import { carryOver, edited, type Mark } from './carry-over.ts'
import { plainCopy } from './plain.ts'

/** At most this many comments: nobody fixes more by hand, and each costs memory. */
const MAX_MARKS = 5_000

/**
 * The workbook with its bad cells marked.
 * @returns null if `plain` is false and the workbook cannot be edited safely
 */
export async function markedCopy(
  file: UploadFile,
  options: CheckOptions,
  limits: Limits,
  plain: boolean,
): Promise<Uint8Array | null> {
  const book = await openBook(file, limits, options)
  const marks = new Map<string, Mark>()
  const found = await check(book, options, limits, (row, { fault, column }) => {
    if (SEVERITY[fault.code] === 'nothing') return
    const { message, hint } = sentence(fault)
    const text = hint ? `${message}\n${hint}` : message
    const key = `${column} ${row}`
    const before = marks.get(key)
    if (before) before.text += `\n${text}`
    else if (marks.size < MAX_MARKS) marks.set(key, { row, column, text })
  })
  const all = [...marks.values()]
  if (plain) return markedPlainly(book, found, all, limits)
  return isCsv(book) ? null : carryOver(file, book, found, all, limits)
}

async function markedPlainly(book: Book, found: Check, marks: Mark[], limits: Limits): Promise<Uint8Array> {
  const { bytes, names } = await plainCopy(book)
  const sheet = names.get(found.sheet) ?? found.sheet
  const about = 'A plain copy of the values: the formatting of the original could not be carried over.'
  const marked = edited({ name: sheet, bytes }, { ...found, sheet }, marks, limits, about)
  if (!marked) throw new Error('what we wrote ourselves can be marked')
  return marked
}

function isCsv(book: Book): boolean {
  return book.parts.length === 0
}
