import type { Cell } from '../../engine/task.ts'
import { parseCells } from '../json.ts'
import type { Db } from '../schema.ts'
import type { Page } from '../tasks/task-list.ts'

/** A row that the person chose not to run. */
export interface LeftOutRow {
  row: number
  cells: Cell[]
  /** what the check found */
  fault: string
}

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
    .select(['row_number', 'cells', 'fault'])
    .where('task_id', '=', taskId)
    .orderBy('row_number')
    .limit(limit)
    .offset(offset)
    .execute()
  return {
    rows: rows.map(({ row_number, cells, fault }) => ({ row: row_number, cells: parseCells(cells), fault })),
    total: task?.left_out ?? 0,
  }
}
