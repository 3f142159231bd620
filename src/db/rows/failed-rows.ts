import { setImmediate } from 'node:timers/promises'
import type { Db } from '../schema.ts'
import type { Sentence } from '../../engine/sentence.ts'
import { errorOf } from '../sentences.ts'

/** Rows per query. SQLite runs on our thread: a chat has to wait for one query at most. */
const CHUNK_ROWS = 2_000

export interface FailedRow {
  row: number
  /** in English */
  error: string
  said: Sentence
  /** see errorKey */
  key: string
  finishedAt: number | null
}

/** Every failed row of a task in the sheet’s order, in chunks. */
export async function* failedRows(db: Db, taskId: string): AsyncGenerator<FailedRow[]> {
  // Most rows of a task fail for a few reasons.
  const cached = new Map<string, Pick<FailedRow, 'said' | 'key'>>()
  for (let after = 0; ;) {
    const rows = await db
      .selectFrom('task_executions')
      .select(['row_number as row', 'error', 'error_sentence', 'finished_at as finishedAt'])
      .where('task_id', '=', taskId)
      .where('status', '=', 'failed')
      .where('row_number', '>', after)
      .orderBy('row_number')
      .limit(CHUNK_ROWS)
      .execute()
    if (rows.length > 0)
      yield rows.map(({ row, error, error_sentence, finishedAt }) => {
        const stored = error_sentence ?? error ?? ''
        const about = cached.get(stored) ?? aboutError(error, error_sentence)
        if (cached.size < MOST_CACHED) cached.set(stored, about)
        return { row, error: error ?? '', finishedAt, ...about }
      })
    const last = rows.at(-1)
    if (!last || rows.length < CHUNK_ROWS) return
    after = last.row
    await setImmediate()
  }
}

const MOST_CACHED = 1_000

function aboutError(error: string | null, error_sentence: string | null): Pick<FailedRow, 'said' | 'key'> {
  return { said: errorOf({ error, error_sentence }) ?? '', key: errorKey(error ?? '') }
}

/**
 * An error without the details of one row: errors with the same key count as the same error. Addresses, ids, times,
 * numbers and quoted values are replaced by placeholders. The status of an answer stays, since “HTTP 500” and “HTTP
 * 404” are two errors, and so do a server’s own words, which our sentences quote after a colon.
 */
export function errorKey(error: string): string {
  return FOLDS.reduce((text, [shape, sign]) => text.replaceAll(shape, sign), error.slice(0, LONGEST))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Our own errors are shorter (dify/client/server-text.ts). Of a longer text, only the beginning is compared. */
const LONGEST = 1_000

/** In this order: text inside an address or quotes must not match again. */
const FOLDS: [RegExp, string][] = [
  [/\bhttps?:\/\/[^\s"'”`<>]+/gi, '<address>'],
  [/[\w.+-]+@[\w-]+\.[\w.-]*\w/g, '<address>'],
  [/(?<!: )“[^”]*”/g, '“…”'],
  [/"[^"]*"/g, '“…”'],
  [/`[^`]*`/g, '“…”'],
  // Not an apostrophe: no letter before the opening quote, none after the closing one.
  [/(?<!\w)'[^']*'(?!\w)/g, '“…”'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b(?=[a-z_]*\d)(?=\d*[a-z_])\w{10,}\b/gi, '<id>'],
  // Not a number inside a name such as gpt-4o, and not the status of an answer.
  [/(?<!\b(?:HTTP|status|code)\W{1,2})(?<![A-Za-z\d_.,]-?)\d(?:[\d.,:/-]*\d)?/gi, '#'],
]
