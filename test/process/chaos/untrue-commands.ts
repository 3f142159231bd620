import { parse } from 'csv-parse/sync'
import type { Given } from './commands.ts'

/** How a command ended. */
interface End {
  code: number
  out: string
  err: string
  /** what is in the file that it was to write; undefined: there is none */
  result: string | undefined
}

const DONE = 0
const FAILED = 1
const SOME_FAILED = 2
const INTERRUPTED = 130
const CODES = new Set([DONE, FAILED, SOME_FAILED, INTERRUPTED])
const BUG = 'Something in Rowbot itself went wrong'

/**
 * What a command says and how it ends is true: its exit code, the file that it names, and what stands in it. A file is whole
 * or not there, also when the command was killed.
 */
export function untrueEnd(given: Given, end: End): string[] {
  const { words, isThere, ended, couldFail } = given
  const { code, out, err } = end
  const faults: string[] = []
  const fault = (what: string) =>
    faults.push(`rowbot ${words.join(' ')}${isThere ? ' (elsewhere)' : ''} ${what}: ${JSON.stringify(end)}`)
  const rows = end.result === undefined ? undefined : rowsIn(end.result)
  if (end.result !== undefined && rows === undefined) fault('has left a torn file')
  if (ended === 'SIGKILL') return faults
  if (!CODES.has(code) && ended === undefined) fault('ended in a way that has no meaning')
  if (err.includes(BUG) && !couldFail) fault('says that it has a bug')
  if (/\n {4}at /.test(err)) fault('shows where it broke')
  if (code === FAILED && err.trim() === '' && out.trim() === '') fault('says nothing')
  const names = out.includes('result.csv')
  if (names && rows === undefined) fault('names a file that is not there')
  if (words[0] === 'status' && code === DONE) {
    const { total, succeeded, failed, cancelled } = Object(JSON.parse(out))
    if (!(succeeded + failed + cancelled <= total)) fault('has counts that do not add up')
  }
  if (words[0] === 'result' && code === DONE && !names) fault('names no file')
  if (words[0] !== 'run') return faults
  if (code === INTERRUPTED && ended === undefined && isThere) fault('says that somebody has ended it')
  if (rows) {
    const wrong = rows.filter(({ row, answer }) => answer !== '' && answer !== given.rows.get(row))
    if (wrong.length > 0) fault('has wrong answers in its file')
    if (rows.length !== given.rows.size) fault('has not all rows in its file')
    const without = rows.filter(({ answer }) => answer === '').length
    if (code === DONE && without > 0) fault('says that all is done')
  }
  if ((code === DONE || code === SOME_FAILED) && !names) fault('names no file')
  return faults
}

interface ResultRow {
  row: number
  answer: string
}

/** @returns undefined: it is not whole */
function rowsIn(csv: string): ResultRow[] | undefined {
  try {
    if (!csv.endsWith('\n')) return undefined
    const records: Record<string, string>[] = parse(csv, { columns: true, bom: true, skip_empty_lines: true })
    return records.map((record, i) => ({ row: i + 2, answer: record['answer'] ?? '' }))
  } catch {
    return undefined
  }
}
