import type { RawBuilder } from 'kysely'
import type { Db } from '../schema.ts'

/** Whether some row of the task is so, or one between these. @param isSo exactly as in an index, else none is used */
export async function hasRow(
  db: Db,
  taskId: string,
  isSo: RawBuilder<boolean>,
  rows?: { from: number; to: number },
): Promise<boolean> {
  let query = db.selectFrom('task_executions').select('row_number').where('task_id', '=', taskId).where(isSo)
  if (rows) query = query.where('row_number', '>=', rows.from).where('row_number', '<=', rows.to)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}
