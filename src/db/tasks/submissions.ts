import { setImmediate } from 'node:timers/promises'
import { inLooseTransaction } from '../open.ts'
import type { Db, Trx } from '../schema.ts'

/*
 * A large task is written in several short transactions, so that nobody has to wait for all of it. Its rows are written
 * before the task itself. No query finds rows of a task that does not exist, so nothing is shown or run before the last
 * transaction. A line in `submissions` records that there are such rows, in case the last transaction never comes.
 */

/** A submission that has written nothing for this long is dead: a live one writes every few milliseconds. */
const DEAD_AFTER_MS = 60_000
/** How many rows are deleted in one transaction. */
const CHUNK_ROWS = 1_000

/** @throws when another task is being written under this id */
export async function beginSubmission(db: Db, taskId: string, now: number): Promise<void> {
  await db.insertInto('submissions').values({ task_id: taskId, written_at: now }).execute()
}

/** Writes rows of a task that does not exist yet. @throws when the submission was taken for dead */
export async function writeAhead(
  db: Db,
  { taskId, now }: { taskId: string; now: number },
  work: (trx: Trx) => Promise<void>,
): Promise<void> {
  await inLooseTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('submissions')
      .set({ written_at: now })
      .where('task_id', '=', taskId)
      .where('written_at', '>', GIVEN_UP)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw lateFault(taskId)
    await work(trx)
  })
}

/** Call it in the transaction that writes the task. @throws when the submission was taken for dead */
export async function endSubmission(trx: Trx, taskId: string): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('submissions')
    .where('task_id', '=', taskId)
    .where('written_at', '>', GIVEN_UP)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw lateFault(taskId)
}

/** Removes everything that a submission has written. */
export async function discardSubmission(db: Db, taskId: string): Promise<void> {
  // First, in its own statement: if the submission is alive after all, it writes no further row from now on.
  await db.updateTable('submissions').set({ written_at: GIVEN_UP }).where('task_id', '=', taskId).execute()
  while ((await deleteRows(db, 'task_executions', taskId)) > 0) await setImmediate()
  while ((await deleteRows(db, 'left_out_rows', taskId)) > 0) await setImmediate()
  await db.deleteFrom('submissions').where('task_id', '=', taskId).execute()
}

/** Removes what dead submissions have left behind, for example of a process that was killed. */
export async function discardDeadSubmissions(db: Db, now: number): Promise<void> {
  const dead = await db
    .selectFrom('submissions')
    .select('task_id')
    .where('written_at', '<', now - DEAD_AFTER_MS)
    .execute()
  for (const { task_id } of dead) await discardSubmission(db, task_id)
}

/** A value of `written_at`: the rows are being removed. */
const GIVEN_UP = 0

function lateFault(taskId: string): Error {
  return new Error(`task ${taskId} was not written in time: what it had written was removed`)
}

async function deleteRows(
  db: Db,
  table: 'task_executions' | 'left_out_rows',
  taskId: string,
): Promise<number> {
  const some = db.selectFrom(table).select('row_number').where('task_id', '=', taskId).limit(CHUNK_ROWS)
  const { numDeletedRows } = await db
    .deleteFrom(table)
    .where('task_id', '=', taskId)
    .where('row_number', 'in', some)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
