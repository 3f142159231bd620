import { inChunks } from '../in-chunks.ts'
import { findLeads } from '../rows/followers.ts'
import type { Trx } from '../schema.ts'
import { say } from '../../engine/sentence.ts'
import { insertLog } from './logs.ts'
import { moveTask } from './move-task.ts'
import { toTaskView } from './tasks.ts'

/* What a retry of failed rows and a further run of chosen ones have in common. */

/** What they have cost so far stays counted. @returns how many wait again */
export async function waitAgain(
  trx: Trx,
  id: string,
  from: 'succeeded' | 'failed' | 'cancelled',
  rowNumbers: readonly number[] | undefined,
): Promise<number> {
  const update = trx
    .updateTable('task_executions')
    .set({
      status: 'pending',
      failures: 0,
      throttles: 0,
      turned_away_at: null,
      available_at: 0,
      finished_at: null,
      ...(from === 'succeeded' && { from_before: 1 }),
      ...(from === 'cancelled' && { error: null }),
    })
    .where('task_id', '=', id)
    .where('status', '=', from)
  const updates = rowNumbers
    ? inChunks([...rowNumbers]).map((chunk) => update.where('row_number', 'in', chunk))
    : [update]
  let rows = 0
  for (const part of updates) rows += Number((await part.executeTakeFirst()).numUpdatedRows)
  if (rows === 0) return 0
  await findLeads(trx, id)
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ [from]: eb(from, '-', rows), judged: null }))
    .where('id', '=', id)
    .execute()
  return rows
}

export async function beginAgain(
  trx: Trx,
  id: string,
  { event, by, now, rows }: { event: string; by: string; now: number; rows: number },
): Promise<void> {
  await moveTask(trx, id, 'pending', ['completed', 'failed', 'cancelled', 'paused'], () => ({
    error: null,
    finished_at: null,
  }))
  await insertLog(trx, {
    taskId: id,
    at: now,
    event,
    message: say('log-by', { person: by }),
    details: { rows },
  })
}

export async function findWithRows(trx: Trx, id: string, rows: number) {
  const row = await trx.selectFrom('batch_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  return row && { task: toTaskView(row), rows }
}
