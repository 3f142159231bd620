import { type Selectable, sql } from 'kysely'
import { meanOf, type Money } from '../../engine/money.ts'
import type { Db, ExecutionTable } from '../schema.ts'

/** How long a row of a workflow took in its last tasks, and what it cost. */
export interface RowCost {
  /** number of tasks that this is taken from */
  runs: number
  seconds: number
  /** undefined: Dify did not report it */
  tokens: number | undefined
  /** undefined: Dify did not report it, or in several currencies */
  price: Money | undefined
}

const RUNS = 3
const ROWS_A_RUN = 200

/** @returns undefined when the workflow has never finished a row */
export async function averageRowCost(db: Db, workflowId: string): Promise<RowCost | undefined> {
  const tasks = await db
    .selectFrom('batch_tasks')
    .select('id')
    .where('workflow_id', '=', workflowId)
    .whereRef('succeeded', '>', 'carried') // else all of its rows have their answers from an earlier one
    .orderBy('created_at', 'desc')
    .limit(RUNS)
    .execute()
  let rows = 0
  let seconds = 0
  let withTokens = 0
  let tokens = 0
  const prices: Money[] = []
  for (const { id } of tasks) {
    const ran = await db
      .selectFrom('task_executions')
      .select(['seconds', 'tokens', 'price_nano', 'currency'])
      .where('task_id', '=', id)
      .where('status', '=', 'succeeded')
      .where('seconds', 'is not', null) // rows that were not called cost nothing
      .orderBy('row_number')
      .limit(ROWS_A_RUN)
      .execute()
    for (const row of ran) {
      rows++
      seconds += row.seconds ?? 0
      if (row.price_nano !== null && row.currency !== null)
        prices.push({ nano: row.price_nano, currency: row.currency })
      if (row.tokens === null) continue
      withTokens++
      tokens += row.tokens
    }
  }
  if (rows === 0) return undefined
  return {
    runs: tasks.length,
    seconds: seconds / rows,
    tokens: withTokens === 0 ? undefined : tokens / withTokens,
    price: meanOf(prices),
  }
}

/** Rows of the task that are still to be called: those that follow another have its answer. */
export async function countRowsToCall(db: Db, taskId: string): Promise<number> {
  const { rows } = await db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .where('task_id', '=', taskId)
    .where('status', '=', 'pending')
    .where('leader', 'is', null)
    .executeTakeFirstOrThrow()
  return rows
}

/** How a row that was tried before the others stands, and what it has cost. */
export type TrialCost = Pick<
  Selectable<ExecutionTable>,
  'status' | 'seconds' | 'tokens' | 'price_nano' | 'currency'
>

/** All rows of the task that are tried before the others. */
export async function listTrialCosts(db: Db, taskId: string): Promise<TrialCost[]> {
  return db
    .selectFrom('task_executions')
    .select(['status', 'seconds', 'tokens', 'price_nano', 'currency'])
    .where('task_id', '=', taskId)
    .where(sql<boolean>`trial = 1`) // exactly as in the index, else the index is not used
    .execute()
}
