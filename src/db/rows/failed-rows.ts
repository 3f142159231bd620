import { setImmediate } from 'node:timers/promises'
import type { Db } from '../schema.ts'

/** At once: SQLite answers on our thread, and a chat waits no longer than for one of these. */
const CHUNK_ROWS = 2_000

export interface FailedRow {
  row: number
  error: string
  finishedAt: number | null
}

/** Every failed row of a task in the sheet’s order, some at a time. */
export async function* failedRows(db: Db, taskId: string): AsyncGenerator<FailedRow[]> {
  for (let after = 0; ;) {
    const rows = await db
      .selectFrom('task_executions')
      .select(['row_number as row', 'error', 'finished_at as finishedAt'])
      .where('task_id', '=', taskId)
      .where('status', '=', 'failed')
      .where('row_number', '>', after)
      .orderBy('row_number')
      .limit(CHUNK_ROWS)
      .execute()
    if (rows.length > 0) yield rows.map((row) => ({ ...row, error: row.error ?? '' }))
    const last = rows.at(-1)
    if (!last || rows.length < CHUNK_ROWS) return
    after = last.row
    await setImmediate()
  }
}

/**
 * What an error says, without what is of one row only: errors with the same key are the same error. An address, an id, a
 * time, a number and a quoted value are folded; the status of an answer is kept, since “HTTP 500” and “HTTP 404” are two
 * errors, and so are a server’s own words, which our sentences quote after a colon.
 */
export function errorKey(error: string): string {
  return FOLDS.reduce((text, [shape, sign]) => text.replaceAll(shape, sign), error.slice(0, LONGEST))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Our own errors are shorter (dify/server-text.ts); one that is not is told by its beginning. */
const LONGEST = 1_000

/** In this order: what is in an address or in quotes is not looked at again. */
const FOLDS: [RegExp, string][] = [
  [/\bhttps?:\/\/[^\s"'”`<>]+/gi, '<address>'],
  [/[\w.+-]+@[\w-]+\.[\w.-]*\w/g, '<address>'],
  [/(?<!: )“[^”]*”/g, '“…”'],
  [/"[^"]*"/g, '“…”'],
  [/`[^`]*`/g, '“…”'],
  // Not an apostrophe: it opens after no letter and closes before none.
  [/(?<!\w)'[^']*'(?!\w)/g, '“…”'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b(?=[a-z_]*\d)(?=\d*[a-z_])\w{10,}\b/gi, '<id>'],
  // Not a part of a name such as gpt-4o, and not the status of an answer.
  [/(?<!\b(?:HTTP|status|code)\W{1,2})(?<![A-Za-z\d_.,]-?)\d(?:[\d.,:/-]*\d)?/gi, '#'],
]
