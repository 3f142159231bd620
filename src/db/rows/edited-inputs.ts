import { sql } from 'kysely'
import type { Db } from '../schema.ts'

/** Whether a person has put other inputs in place of some row's, or of one between these. */
export async function hasEditedInputs(
  db: Db,
  taskId: string,
  rows?: { from: number; to: number },
): Promise<boolean> {
  let query = db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where(sql<boolean>`edited_inputs is not null`) // exactly as in the index, else the index is not used
  if (rows) query = query.where('row_number', '>=', rows.from).where('row_number', '<=', rows.to)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}
