import { sql } from 'kysely'
import { countUnknownCalls } from '../runs/run-facts.ts'
import { meanPriceOf } from '../runs/mean-price.ts'
import { countLeftOpen } from '../runs/prices.ts'
import type { MoneySum } from '../../engine/money.ts'
import type { Db } from '../schema.ts'
import { isText } from '../sealed/compare.ts'
import { findSpending } from '../usage/task-spending.ts'
import type { Sentence } from '../../engine/sentence.ts'
import { errorOf } from '../sentences.ts'

/** Failed rows of a task with the same error. */
export interface FailureGroup {
  error: Sentence
  count: number
  /** the first of them, by row number */
  rows: number[]
}

const ROWS_NAMED = 5

/** The commonest errors of a task’s failed rows, most frequent first. */
export async function listFailures(db: Db, taskId: string, groups = 3): Promise<FailureGroup[]> {
  const commonest = await db
    .selectFrom('task_executions')
    .select((eb) => [
      'error',
      eb.fn.min('error_sentence').as('error_sentence'),
      eb.fn.countAll<number>().as('count'),
      eb.fn.min('row_number').as('first'),
    ])
    .where('task_id', '=', taskId)
    .where('status', '=', 'failed')
    .groupBy('error')
    .orderBy('count', 'desc')
    .orderBy('first')
    .limit(groups * 2) // while some are encrypted and some are not, one error is two groups here
    .execute()
  return Promise.all(
    merged(commonest)
      .slice(0, groups)
      .map(async ({ error, error_sentence, count }) => ({
        error: errorOf({ error, error_sentence }) ?? '',
        count,
        rows: await firstRows(db, taskId, error),
      })),
  )
}

interface CountedError {
  error: string | null
  error_sentence: string | null
  count: number
  first: number
}

/** Those with the same error, of which one is encrypted and one is not. */
function merged(groups: CountedError[]): CountedError[] {
  return [...Map.groupBy(groups, ({ error }) => error)]
    .map(([error, same]) => ({
      error,
      error_sentence: same[0]?.error_sentence ?? null,
      count: same.reduce((sum, { count }) => sum + count, 0),
      first: Math.min(...same.map(({ first }) => first)),
    }))
    .sort((a, b) => b.count - a.count || a.first - b.first)
}

async function firstRows(db: Db, taskId: string, error: string | null): Promise<number[]> {
  const rows = await db
    .selectFrom('task_executions')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where('status', '=', 'failed')
    .where(error === null ? sql<boolean>`error is null` : isText('error', error))
    .orderBy('row_number')
    .limit(ROWS_NAMED)
    .execute()
  return rows.map(({ row_number }) => row_number)
}

/** What a task has cost. */
export interface Spent {
  /** as far as Dify reported it */
  tokens: number
  /** one sum for each currency */
  prices: MoneySum[]
  /** calls whose price nobody knows, not even about; 0 if the workflow never reports a price */
  unpriced: number
  /** further calls that may have been paid; nobody can find out */
  unknownCalls: number
}

export async function sumUsage(db: Db, taskId: string): Promise<Spent> {
  const { tokens, prices, unpriced } = await findSpending(db, taskId)
  const unknownCalls = await countUnknownCalls(db, taskId)
  const all = unpriced + (await countLeftOpen(db, taskId))
  const isPriced = all > 0 && (prices.length > 0 || (await meanPriceOf(db, taskId)) !== undefined)
  return { tokens, prices, unpriced: isPriced ? all : 0, unknownCalls }
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

/** Rows of other tasks that are at Dify now and were called at `since` or later (the start of this process). */
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

/** Stopped and completed tasks have no running rows. They are nearly all tasks, so their rows are skipped. */
function runningRows(db: Db) {
  return db
    .selectFrom('batch_tasks as t')
    .innerJoin('task_executions as e', 'e.task_id', 't.id')
    .where('t.status', 'in', ['pending', 'running', 'paused', 'failed'])
    .where('e.status', '=', 'running')
}
