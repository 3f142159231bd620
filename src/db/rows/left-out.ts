import type { FoundFault, LeftOutRow } from '../../engine/task.ts'
import { parseCells } from '../json.ts'
import type { Db } from '../schema.ts'
import type { Page } from '../tasks/task-list.ts'

/** In the sheet’s order. `total` counts the rows of all pages. */
export async function listLeftOut(
  db: Db,
  taskId: string,
  { limit, offset }: Page,
): Promise<{ rows: LeftOutRow[]; total: number }> {
  const task = await db
    .selectFrom('batch_tasks')
    .select('left_out')
    .where('id', '=', taskId)
    .executeTakeFirst()
  const rows = await db
    .selectFrom('left_out_rows')
    .select(['row_number', 'cells', 'fault', 'found'])
    .where('task_id', '=', taskId)
    .orderBy('row_number')
    .limit(limit)
    .offset(offset)
    .execute()
  return {
    rows: rows.map(({ row_number, cells, fault, found }) => ({
      row: row_number,
      cells: parseCells(cells),
      fault,
      // nothing but insertLeftOutRows writes that column
      ...(found !== null && { found: JSON.parse(found) as FoundFault[] }),
    })),
    total: task?.left_out ?? 0,
  }
}
