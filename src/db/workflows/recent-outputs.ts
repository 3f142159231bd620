import { parseOutputs } from '../json.ts'
import type { Db } from '../schema.ts'

const TASKS = 5
const ROWS = 20
const MOST = 100

/** The names of outputs that the workflow has given lately, in their order. Dify names them only once it has run. */
export async function listRecentOutputs(db: Db, workflowId: string): Promise<string[]> {
  const tasks = await db
    .selectFrom('batch_tasks')
    .select('id')
    .where('workflow_id', '=', workflowId)
    .orderBy('created_at', 'desc')
    .limit(TASKS)
    .execute()
  const names = new Set<string>()
  for (const { id } of tasks) {
    const rows = await db
      .selectFrom('task_executions')
      .select('outputs')
      .where('task_id', '=', id)
      .where('outputs', 'is not', null)
      .orderBy('row_number')
      .limit(ROWS)
      .execute()
    for (const { outputs } of rows)
      for (const name of Object.keys(parseOutputs(outputs ?? '{}'))) names.add(name)
  }
  return [...names].slice(0, MOST)
}
