import { sql } from 'kysely'
import { readSentence, type Sentence } from '../../engine/sentence.ts'
import type { Db } from '../schema.ts'

/** How the last rows of some tasks went. */
export interface LastRows {
  /** the last one that ended; undefined: none was called and has ended */
  ended: { at: number; succeeded: boolean } | undefined
  /** of the last one that failed */
  failed: { at: number; taskId: string; row: number; error: Sentence } | undefined
}

/** Of rows that were called: not of those that have their answer from another row. @param tasks a few */
export async function findLastRows(
  db: Db,
  tasks: { id: string; counts: { failed: number } }[],
): Promise<LastRows> {
  const ends = await Promise.all(tasks.map(({ id }) => lastEnded(db, id)))
  const failures = await Promise.all(
    tasks
      .filter(({ counts }) => counts.failed > 0)
      .map(({ id, counts }) => (counts.failed > FEW_ROWS ? lastOfMany(db, id) : lastOfFew(db, id))),
  )
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

/** So few are found by their state and sorted; of more, one is soon found in the order of their ends. */
const FEW_ROWS = 5_000

/** Exactly as in the index of ends, else it is not used. */
const HAS_ENDED = sql<boolean>`status in ('succeeded', 'failed')`

function lastEnded(db: Db, taskId: string) {
  return first(calledRows(db, taskId).where(HAS_ENDED))
}

/** Goes back through the rows in the order of their ends. */
function lastOfMany(db: Db, taskId: string) {
  // Not `status` itself: SQLite would take the index of states, and sort all failed rows of the task.
  return first(
    calledRows(db, taskId)
      .where(HAS_ENDED)
      .where(sql<boolean>`status || '' = 'failed'`),
  )
}

function lastOfFew(db: Db, taskId: string) {
  return first(calledRows(db, taskId).where('status', '=', 'failed'))
}

function calledRows(db: Db, taskId: string) {
  return db
    .selectFrom('task_executions')
    .select(['task_id', 'row_number', 'status', 'finished_at', 'error', 'error_sentence'])
    .where('task_id', '=', taskId)
    .where('finished_at', 'is not', null)
    .where('attempted_at', 'is not', null)
}

async function first(rows: ReturnType<typeof calledRows>) {
  const row = await rows.orderBy('finished_at', 'desc').limit(1).executeTakeFirst()
  return row && { ...row, at: row.finished_at ?? 0 }
}

function newest<T extends { at: number }>(rows: (T | undefined)[]): T | undefined {
  return rows.reduce((last, one) => (one && (!last || one.at > last.at) ? one : last), undefined)
}
