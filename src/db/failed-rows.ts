import { setImmediate } from 'node:timers/promises'
import type { Db } from './schema.ts'

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
