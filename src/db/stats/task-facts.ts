import { sql } from 'kysely'
import { countUnknownCalls } from '../runs/run-facts.ts'
import { countUnpricedRows, meanPriceOf } from '../runs/prices.ts'
import type { Db } from '../schema.ts'

/** Failed rows of a task with the same error. */
export interface FailureGroup {
  error: string
  count: number
  /** the first of them, by row number */
  rows: number[]
}

const ROWS_NAMED = 5

/** The commonest errors of a task’s failed rows, most frequent first. */
export async function listFailures(db: Db, taskId: string, groups = 3): Promise<FailureGroup[]> {
  const commonest = await db
    .selectFrom('task_executions')
    .select((eb) => ['error', eb.fn.countAll<number>().as('count'), eb.fn.min('row_number').as('first')])
    .where('task_id', '=', taskId)
    .where('status', '=', 'failed')
    .groupBy('error')
    .orderBy('count', 'desc')
    .orderBy('first')
    .limit(groups)
    .execute()
  return Promise.all(
    commonest.map(async ({ error, count }) => ({
      error: error ?? '',
      count,
      rows: await firstRows(db, taskId, error),
    })),
  )
}

async function firstRows(db: Db, taskId: string, error: string | null): Promise<number[]> {
  const rows = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where('status', '=', 'failed')
    .where('error', error === null ? 'is' : '=', error)
    .orderBy('row_number')
    .limit(ROWS_NAMED)
    .execute()
  return rows.map(({ row_number }) => row_number)
}

/** What a task has cost. */
export interface Spent {
  /** as far as Dify told */
  tokens: number
  prices: { currency: string; price: number }[]
  /** rows of which a run has cost something that nobody told; none of a workflow that never tells a price */
  unpricedRows: number
  /** calls that may have been paid, too, and that nobody can tell of */
  unknownCalls: number
}

export async function sumUsage(db: Db, taskId: string): Promise<Spent> {
  const rows = await db
    .selectFrom('task_executions')
    .select((eb) => [
      'currency',
      eb.fn.sum<number | null>('tokens').as('tokens'),
      eb.fn.sum<number | null>('price').as('price'),
    ])
    .where('task_id', '=', taskId)
    .where(sql<boolean>`(tokens is not null or price is not null)`) // the very words of the index
    .groupBy('currency')
    .execute()
  const tokens = rows.reduce((sum, row) => sum + (row.tokens ?? 0), 0)
  const prices = rows.flatMap(({ currency, price }) => (currency && price ? [{ currency, price }] : []))
  const unknownCalls = await countUnknownCalls(db, taskId)
  const unpricedRows = await countUnpricedRows(db, taskId)
  const isPriced = unpricedRows > 0 && (prices.length > 0 || (await meanPriceOf(db, taskId)) !== undefined)
  return { tokens, prices, unpricedRows: isPriced ? unpricedRows : 0, unknownCalls }
}

/** Rows of a task that are at Dify now. */
export async function countInFlight(db: Db, taskId: string): Promise<number> {
  const { count } = await db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('task_id', '=', taskId)
    .where('status', '=', 'running')
    .executeTakeFirstOrThrow()
  return count
}

/** Rows that others' tasks have at Dify, called since then: with it, those that this process has called. */
export async function countInFlightElsewhere(db: Db, taskId: string, since: number): Promise<number> {
  const { count } = await runningRows(db)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('t.id', '!=', taskId)
    .where('e.attempted_at', '>=', since)
    .executeTakeFirstOrThrow()
  return count
}

/** Rows of all tasks that are at Dify now. */
export async function countAllInFlight(db: Db): Promise<number> {
  const { count } = await runningRows(db)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** A row runs in no task that was stopped or is completed. Those are nearly all: their rows are not looked at. */
function runningRows(db: Db) {
  return db
    .selectFrom('batch_tasks as t')
    .innerJoin('task_executions as e', 'e.task_id', 't.id')
    .where('t.status', 'in', ['pending', 'running', 'paused', 'failed'])
    .where('e.status', '=', 'running')
}
