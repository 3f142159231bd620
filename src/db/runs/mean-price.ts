import { meanOf, type Money } from '../../engine/money.ts'
import type { Db, Trx } from '../schema.ts'

const TASKS = 3
const ROWS_A_TASK = 200

/**
 * The mean over rows of a task's workflow that succeeded at the first attempt, in the currency of the newest.
 * @returns undefined when the workflow has never reported a price
 */
export async function meanPriceOf(db: Db | Trx, taskId: string): Promise<Money | undefined> {
  const tasks = await db
    .selectFrom('batch_tasks')
    .select('id')
    .where('workflow_id', '=', (eb) =>
      eb.selectFrom('batch_tasks').select('workflow_id').where('id', '=', taskId),
    )
    .whereRef('succeeded', '>', 'carried') // else all of its rows have their answers from an earlier one
    .orderBy('created_at', 'desc')
    .limit(TASKS)
    .execute()
  const prices: Money[] = []
  for (const { id } of tasks) {
    const ran = await db
      .selectFrom('task_executions')
      .select(['price_nano', 'currency'])
      .where('task_id', '=', id)
      .where('status', '=', 'succeeded')
      .where('attempt', '=', 1)
      .orderBy('row_number')
      .limit(ROWS_A_TASK)
      .execute()
    for (const { price_nano: nano, currency } of ran)
      if (nano !== null && currency !== null) prices.push({ nano, currency })
  }
  return meanOf(prices.filter(({ currency }) => currency === prices[0]?.currency))
}
