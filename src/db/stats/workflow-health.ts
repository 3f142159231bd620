import { readSentence, type Sentence } from '../../engine/sentence.ts'
import type { Db } from '../schema.ts'

/** How the last rows of some tasks went. */
export interface LastRows {
  /** the last one that ended; undefined: none was called and has ended */
  ended: { at: number; succeeded: boolean } | undefined
  /** of the last one that failed */
  failed: { at: number; taskId: string; row: number; error: Sentence } | undefined
}

/** Of rows that were called: not of those that have their answer from another row. @param taskIds a few */
export async function findLastRows(db: Db, taskIds: string[]): Promise<LastRows> {
  const ends = await Promise.all(taskIds.map((id) => lastOf(db, id, ['succeeded', 'failed'])))
  const failures = await Promise.all(taskIds.map((id) => lastOf(db, id, ['failed'])))
  const ended = newest(ends)
  const failed = newest(failures)
  return {
    ended: ended && { at: ended.at, succeeded: ended.status === 'succeeded' },
    failed: failed && {
      at: failed.at,
      taskId: failed.task_id,
      row: failed.row_number,
      error: readSentence(failed.error_sentence, failed.error ?? ''),
    },
  }
}

/** Found by an index in the order of the rows’ ends. */
async function lastOf(db: Db, taskId: string, statuses: ('succeeded' | 'failed')[]) {
  const row = await db
    .selectFrom('task_executions')
    .select(['task_id', 'row_number', 'status', 'finished_at', 'error', 'error_sentence'])
    .where('task_id', '=', taskId)
    .where('finished_at', 'is not', null)
    .where('attempted_at', 'is not', null)
    .where('status', 'in', statuses)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { ...row, at: row.finished_at ?? 0 }
}

function newest<T extends { at: number }>(rows: (T | undefined)[]): T | undefined {
  return rows.reduce((last, one) => (one && (!last || one.at > last.at) ? one : last), undefined)
}
