import type { Db } from '../schema.ts'

/** How many tasks back a workflow still counts as recent. */
const TASKS_BACK = 100

/** Ids of the workflows of a person’s newest tasks, the latest first. @param ownerKey of the person; undefined: everybody’s */
export async function listRecentWorkflows(db: Db, ownerKey?: string): Promise<string[]> {
  const tasks = await db
    .selectFrom('batch_tasks')
    .select('workflow_id')
    .$if(ownerKey !== undefined, (query) => query.where('owner_key', '=', ownerKey ?? ''))
    .orderBy('created_at', 'desc')
    .limit(TASKS_BACK)
    .execute()
  return [...new Set(tasks.map(({ workflow_id }) => workflow_id))]
}

/** The same of tasks that were started in a place of which this holds, such as one channel. */
export async function listRecentWorkflowsIn(db: Db, isThere: (place: unknown) => boolean): Promise<string[]> {
  const tasks = await db
    .selectFrom('batch_tasks')
    .innerJoin('task_messages', 'task_messages.task_id', 'batch_tasks.id')
    .select(['batch_tasks.workflow_id', 'task_messages.place'])
    .orderBy('batch_tasks.created_at', 'desc')
    .limit(TASKS_BACK)
    .execute()
  const there = tasks.filter(({ place }) => isThere(JSON.parse(place)))
  return [...new Set(there.map(({ workflow_id }) => workflow_id))]
}
