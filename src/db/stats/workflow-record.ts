import { sql } from 'kysely'
import type { Db } from '../schema.ts'
import { averageRowCost, type RowCost } from './estimates.ts'

/** How a workflow has done lately. */
export interface WorkflowRecord {
  /** when its newest task was made; ms since 1970 */
  lastAt: number
  /** rows of its tasks since the given time that were called, and how they ended; of tasks that still run, some are missing */
  succeeded: number
  failed: number
  /** of its last tasks; undefined: no row of it has ever succeeded */
  cost: RowCost | undefined
}

/**
 * By workflow id; those without a task are not in it.
 * @param since tasks made earlier do not count for how rows ended
 * @param of only tasks of this person, and of this workflow, count
 */
export async function listWorkflowRecords(
  db: Db,
  since: number,
  { ownerKey, workflowId }: { ownerKey?: string | undefined; workflowId?: string } = {},
): Promise<Map<string, WorkflowRecord>> {
  let counted = db.selectFrom('batch_tasks')
  if (ownerKey !== undefined) counted = counted.where('owner_key', '=', ownerKey)
  if (workflowId !== undefined) counted = counted.where('workflow_id', '=', workflowId)
  const rows = await counted
    .select((eb) => [
      'workflow_id',
      eb.fn.max('created_at').as('last_at'),
      // Rows with an answer from an earlier task, and those that follow another, say nothing of the workflow.
      sql<number | string>`sum(case
        when created_at < ${since} or succeeded < carried + coalesce(equal_rows, 0) then 0
        else succeeded - carried - coalesce(equal_rows, 0) end)`.as('succeeded'),
      sql<number | string>`sum(case when created_at >= ${since} then failed else 0 end)`.as('failed'),
    ])
    .groupBy('workflow_id')
    .execute()
  const records = new Map<string, WorkflowRecord>()
  for (const { workflow_id: id, last_at: lastAt, succeeded, failed } of rows)
    records.set(id, {
      lastAt,
      succeeded: Number(succeeded),
      failed: Number(failed),
      cost: await averageRowCost(db, id),
    })
  return records
}
