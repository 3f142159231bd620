import type { Db } from '../db/schema.ts'
import { isInRanges, rowRangesOf } from '../workbook/row-ranges.ts'
import type { RowRange } from '../workbook/types.ts'

/**
 * The rows of a task that `3-40,88` names. A range has those that there are in it; a row that is named alone is among
 * them even if there is none, so that its name can be refused.
 * @throws NotRows if the text is no list of rows
 */
export async function rowsNamed(db: Db, taskId: string, wanted: string | RowRange[]): Promise<number[]> {
  const ranges = typeof wanted === 'string' ? rowRangesOf(wanted) : wanted
  const rows = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where('row_number', '>=', Math.min(...ranges.map(({ from }) => from)))
    .where('row_number', '<=', Math.max(...ranges.map(({ to }) => to)))
    .orderBy('row_number')
    .execute()
  const alone = ranges.flatMap(({ from, to }) => (from === to ? [from] : []))
  const there = rows.map(({ row_number }) => row_number).filter((row) => isInRanges(row, ranges))
  return [...new Set([...there, ...alone])]
}
