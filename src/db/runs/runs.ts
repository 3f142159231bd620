import { type CompiledQuery, type Insertable, type Selectable, sql } from 'kysely'
import type { Run, RunEnd, RunKey, RunNote } from '../../engine/run.ts'
import { compiledOnce } from '../compiled.ts'
import type { Db, RunTable, Trx } from '../schema.ts'
import { together } from '../together.ts'
import { MetAnother } from '../transaction.ts'
import { countCall } from '../usage/count-call.ts'

/** A literal value, not a bound one: else SQLite does not use the partial index on it. */
export const OPEN = sql<boolean>`runs.status = 'open'`

const insert = compiledOnce((db, run: Insertable<RunTable>) => db.insertInto('runs').values(run))

/** Its files were still being uploaded when it was last heard of, so there is no run of it at Dify (engine/run.ts). */
export const UPLOADING = sql<boolean>`(runs.uploading_at is not null and runs.posted_at is null and runs.accepted_at is null and runs.started_at is null)`

/** In the same transaction as the claim, so that every call is in this table before it is made. */
export async function insertRun(db: Db | Trx, run: Run): Promise<void> {
  await db.executeQuery(runQuery(db, run))
}

/** The statement that writes it. */
export function runQuery(db: Db | Trx, run: Run): CompiledQuery {
  return insert.bound(db, {
    execution_id: run.executionId,
    attempt: run.attempt,
    task_id: run.taskId,
    row_number: run.rowNumber,
    user: run.user,
    status: 'open',
    sent_at: run.sentAt,
    ...(run.uploadingAt !== null && { uploading_at: run.uploadingAt }),
  })
}

/** The runs of a row whose end is not known, oldest first. */
export async function listOpenRuns(db: Db | Trx, executionId: string): Promise<Run[]> {
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('execution_id', '=', executionId)
    .where('status', '=', 'open')
    .orderBy('attempt')
    .execute()
  return rows.map(toRun)
}

const update = compiledOnce(
  (
    db,
    {
      execution_id,
      attempt,
      heard_at,
      workflow_run_id,
      dify_task_id,
      message_id,
      ...firsts
    }: Pick<RunTable, 'execution_id' | 'attempt'> & Partial<RunTable>,
  ) =>
    db
      .updateTable('runs')
      .set((eb) => ({
        // A time keeps its first value. Ids take the last one, since a run may move to another worker and change them.
        ...Object.fromEntries(
          Object.entries(firsts).map(([column, value]) => [
            column,
            // The keys of `firsts` are columns of this table.
            eb.fn.coalesce(column as keyof typeof firsts, eb.val(value)),
          ]),
        ),
        ...(heard_at !== undefined && { heard_at }),
        ...(workflow_run_id !== undefined && { workflow_run_id }),
        ...(dify_task_id !== undefined && { dify_task_id }),
        ...(message_id !== undefined && { message_id }),
      }))
      .where('execution_id', '=', execution_id)
      .where('attempt', '=', attempt),
  'by key',
)

/** Stores what is learnt about a run while it goes on. It is true whoever learns it, so no claim is checked. */
export async function noteRun(db: Db | Trx, { executionId, attempt }: RunKey, note: RunNote): Promise<void> {
  const changes = columnsOf(note)
  if (Object.keys(changes).length === 0) return
  await update(db, { execution_id: executionId, attempt, ...changes })
}

const close = compiledOnce(
  (db, { execution_id, attempt, ...set }: Pick<RunTable, 'execution_id' | 'attempt'> & Partial<RunTable>) =>
    db
      .updateTable('runs')
      .set(set)
      .where('execution_id', '=', execution_id)
      .where('attempt', '=', attempt)
      .where('status', '=', 'open'),
)

/**
 * Writes the ends of runs, and counts what they have cost; nothing of those whose end was already known.
 * @param also another statement that needs nothing of this; it is run in any case
 * @returns of which runs the end was written
 */
export async function endRuns(
  trx: Trx,
  run: Pick<Run, 'taskId' | 'executionId'>,
  ends: readonly RunEnd[],
  now: number,
  also?: CompiledQuery,
): Promise<boolean[]> {
  const written: boolean[] = []
  for (const [i, end] of ends.entries()) {
    const isLast = i === ends.length - 1
    written.push(await endOne(trx, run, end, now, isLast ? also : undefined))
  }
  if (also && ends.length === 0) await trx.executeQuery(also)
  return written
}

/** False, and nothing changed, when its end was already known. */
export async function endRun(
  trx: Trx,
  run: Pick<Run, 'taskId' | 'executionId'>,
  end: RunEnd,
  now: number,
): Promise<boolean> {
  return endOne(trx, run, end, now)
}

async function endOne(
  trx: Trx,
  run: Pick<Run, 'taskId' | 'executionId'>,
  end: RunEnd,
  now: number,
  also?: CompiledQuery,
): Promise<boolean> {
  const { attempt, status, learnt, usage, ids, times } = end
  const count = await countCall(trx, run, end, now)
  const closing = close.bound(trx, {
    execution_id: run.executionId,
    attempt,
    status,
    learnt,
    ended_at: now,
    ...columnsOf(ids),
    ...(times && { accepted_at: times.acceptedAt, started_at: times.startedAt, heard_at: times.heardAt }),
    ...(usage.tokens !== undefined && { tokens: usage.tokens }),
    ...(usage.price !== undefined && { price_nano: usage.price }),
    ...(usage.currency !== undefined && { currency: usage.currency }),
    ...(usage.steps && { steps: JSON.stringify(usage.steps) }),
    ...(count.guess && { guess_nano: count.guess.nano, currency: count.guess.currency }),
  })
  // The call is counted first: only while its run is open.
  const counting = count.query ? [count.query] : []
  const written = await together(trx, [...counting, closing, ...(also ? [also] : [])])
  const isClosed = written[counting.length] === 1
  if (count.query && written[0] === 1 && !isClosed)
    throw new MetAnother('Somebody else has written the end of the same run at the same moment.')
  return isClosed
}

function columnsOf(note: RunNote): Partial<RunTable> {
  return {
    ...(note.uploadingAt !== undefined && { uploading_at: note.uploadingAt }),
    ...(note.postedAt !== undefined && { posted_at: note.postedAt }),
    ...(note.acceptedAt !== undefined && { accepted_at: note.acceptedAt }),
    ...(note.startedAt !== undefined && { started_at: note.startedAt }),
    ...(note.heardAt !== undefined && { heard_at: note.heardAt }),
    ...(note.lostAt !== undefined && { lost_at: note.lostAt }),
    ...(note.askedAt !== undefined && { asked_at: note.askedAt }),
    ...(note.stopAskedAt !== undefined && { stop_asked_at: note.stopAskedAt }),
    ...(note.stopReason !== undefined && { stop_reason: note.stopReason }),
    ...(note.givenUpAt !== undefined && { given_up_at: note.givenUpAt }),
    ...(note.pausedAt !== undefined && { paused_at: note.pausedAt }),
    ...(note.workflowRunId !== undefined && { workflow_run_id: note.workflowRunId }),
    ...(note.difyTaskId !== undefined && { dify_task_id: note.difyTaskId }),
    ...(note.messageId !== undefined && { message_id: note.messageId }),
    ...(note.workflowVersion !== undefined && { workflow_version: note.workflowVersion }),
  }
}

export function toRun(row: Selectable<RunTable>): Run {
  return {
    executionId: row.execution_id,
    taskId: row.task_id,
    rowNumber: row.row_number,
    attempt: row.attempt,
    user: row.user,
    sentAt: row.sent_at,
    uploadingAt: row.uploading_at,
    postedAt: row.posted_at,
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    heardAt: row.heard_at,
    lostAt: row.lost_at,
    stopAskedAt: row.stop_asked_at,
    stopReason: row.stop_reason,
    givenUpAt: row.given_up_at,
    pausedAt: row.paused_at,
    resumedAt: row.resumed_at,
    spent: {
      ...(row.price_nano !== null && { price: row.price_nano }),
      ...(row.price_nano !== null && row.currency !== null && { currency: row.currency }),
    },
    ...(row.workflow_run_id !== null && { workflowRunId: row.workflow_run_id }),
    ...(row.dify_task_id !== null && { difyTaskId: row.dify_task_id }),
    ...(row.message_id !== null && { messageId: row.message_id }),
    ...(row.workflow_version !== null && { workflowVersion: row.workflow_version }),
  }
}
