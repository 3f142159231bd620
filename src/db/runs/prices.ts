import { sql } from 'kysely'
import { meanOf, type Money } from '../../engine/money.ts'
import type { Db } from '../schema.ts'
import { UNSURE } from './run-facts.ts'

const TASKS = 3
const ROWS_A_TASK = 200

/**
 * The mean over rows of a task's workflow that succeeded at the first attempt, in the currency of the newest.
 * @returns undefined when the workflow has never reported a price
 */
export async function meanPriceOf(db: Db, taskId: string): Promise<Money | undefined> {
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

/**
 * Rows of a task with a run whose cost was not reported: it was stopped, or its end was learnt by a look-up. An open
 * run counts once nobody follows it any more.
 */
export async function countUnpricedRows(db: Db, taskId: string): Promise<number> {
  const ended = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.count<number>('execution_id').distinct().as('rows'))
    .where('task_id', '=', taskId)
    .where(UNSURE)
    .where(RAN)
    .executeTakeFirstOrThrow()
  const open = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .select((eb) => eb.fn.count<number>('runs.execution_id').distinct().as('rows'))
    .where('runs.task_id', '=', taskId)
    .where(LEFT_OPEN)
    .where('e.status', 'in', ['succeeded', 'failed', 'cancelled'])
    .executeTakeFirstOrThrow()
  return ended.rows + open.rows
}

/** For each of these rows, by row number: how many of its runs have a cost that was not reported. */
export async function countUnpricedRuns(
  db: Db,
  taskId: string,
  rows: { row_number: number }[],
): Promise<Map<number, number>> {
  const first = rows[0]?.row_number ?? 0
  const last = rows.at(-1)?.row_number ?? 0
  const ended = await db
    .selectFrom('runs')
    .select((eb) => ['row_number', eb.fn.countAll<number>().as('runs')])
    .where('task_id', '=', taskId)
    .where('row_number', '>=', first)
    .where('row_number', '<=', last)
    .where(UNSURE)
    .where(RAN)
    .groupBy('row_number')
    .execute()
  const open = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .select((eb) => ['runs.row_number', eb.fn.countAll<number>().as('runs')])
    .where('runs.task_id', '=', taskId)
    .where('runs.row_number', '>=', first)
    .where('runs.row_number', '<=', last)
    .where(LEFT_OPEN)
    .where('e.status', 'in', ['succeeded', 'failed', 'cancelled'])
    .groupBy('runs.row_number')
    .execute()
  const counts = new Map<number, number>()
  for (const { row_number, runs } of [...ended, ...open]) {
    counts.set(row_number, (counts.get(row_number) ?? 0) + runs)
  }
  return counts
}

/** A call that was refused, or never reached Dify, has cost nothing. */
const RAN = sql<boolean>`runs.status in ('succeeded', 'failed', 'stopped', 'unknown')`
const LEFT_OPEN = sql<boolean>`runs.status = 'open' and runs.started_at is not null`
