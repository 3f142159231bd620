import { sql } from 'kysely'
import { type Run, type CallStatus, type Learnt, idsOf, type Usage } from '../../engine/run.ts'
import { parseSteps } from '../json.ts'
import type { Db, Trx } from '../schema.ts'
import { OPEN, toRun, UPLOADING } from './runs.ts'

/** A run as people see it. */
export interface RunView extends Run {
  status: CallStatus
  learnt: Learnt | null
  endedAt: number | null
  usage: Usage
}

/** Every call that was made for a row, oldest first. */
export async function listRunsOfRow(db: Db, taskId: string, rowNumber: number): Promise<RunView[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .selectAll('runs')
    .where('e.task_id', '=', taskId)
    .where('e.row_number', '=', rowNumber)
    .orderBy('runs.attempt')
    .execute()
  return rows.map((row) => {
    const { status, learnt, ended_at, tokens, price_nano, currency, steps } = row
    const usage: Usage = {
      ...(tokens !== null && { tokens }),
      ...(price_nano !== null && { price: price_nano }),
      ...(currency !== null && { currency }),
      ...(steps !== null && { steps: parseSteps(steps) }),
    }
    const run = toRun(row)
    return { ...run, ...idsOf(run), status, learnt, endedAt: ended_at, usage }
  })
}

/** Calls of a task that wait in Dify's queue: accepted, and not started. */
export interface Queued {
  count: number
  /** how long they have waited so far, on average */
  waitMs: number
}

/** By task id. A task without waiting calls is not in it. */
export async function countQueued(db: Db, taskIds: string[], now: number): Promise<Map<string, Queued>> {
  if (taskIds.length === 0) return new Map()
  const rows = await openRuns(db, taskIds)
    .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
    .innerJoin('workflows as w', 'w.id', 't.workflow_id')
    .select((eb) => [
      'runs.task_id',
      eb.fn.countAll<number>().as('count'),
      eb.fn.sum<number>(eb(eb.val(now), '-', eb.ref('runs.accepted_at'))).as('waited'),
    ])
    .where('runs.accepted_at', 'is not', null)
    .where('runs.started_at', 'is', null)
    // Only these wait for a worker; a chatbot that says nothing yet is thinking.
    .where('w.mode', 'in', ['workflow', 'advanced-chat'])
    .groupBy('runs.task_id')
    .execute()
  return new Map(
    rows.map(({ task_id, count, waited }) => [task_id, { count, waitMs: Math.max(0, waited / count) }]),
  )
}

/** Runs that Dify has started and that have gone silent: how many, and since when the longest silence lasts. */
export interface Silent {
  count: number
  since: number
}

/** `heard_at` is written every 30 s (engine/tracked.ts); another minute is not silence yet. */
const SILENT_MS = 90_000

/** By task id. A task without silent runs is not in it. */
export async function countSilent(db: Db, taskIds: string[], now: number): Promise<Map<string, Silent>> {
  if (taskIds.length === 0) return new Map()
  const rows = await openRuns(db, taskIds)
    .select((eb) => [
      'runs.task_id',
      eb.fn.countAll<number>().as('count'),
      eb.fn.min<number>(eb.fn.coalesce('runs.heard_at', 'runs.started_at')).as('since'),
    ])
    .where((eb) => eb(eb.fn.coalesce('runs.heard_at', 'runs.started_at'), '<', now - SILENT_MS))
    .groupBy('runs.task_id')
    .execute()
  return new Map(rows.map(({ task_id, count, since }) => [task_id, { count, since }]))
}

/** Waiting or running rows of a task whose earlier run has to be looked up before they are called. */
export async function countUnresolved(db: Db, taskId: string): Promise<number> {
  const { count } = await openRuns(db, [taskId])
    .select((eb) => eb.fn.count<number>('runs.execution_id').distinct().as('count'))
    .where((eb) => eb.not(UPLOADING))
    .where((eb) => eb.or([eb('e.status', '=', 'pending'), eb('runs.asked_at', 'is not', null)]))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * Calls of a task that may have been paid, where nobody can find out: those whose end will never be known, and, of an
 * app whose runs cannot be looked up (a completion app), open ones that nobody follows any more.
 */
export async function countUnknownCalls(db: Db | Trx, taskId: string): Promise<number> {
  const { lost } = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.countAll<number>().as('lost'))
    .where('task_id', '=', taskId)
    .where(UNSURE)
    .where('status', '=', 'unknown')
    .executeTakeFirstOrThrow()
  const { left } = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
    .innerJoin('workflows as w', 'w.id', 't.workflow_id')
    .select((eb) => eb.fn.countAll<number>().as('left'))
    .where('runs.task_id', '=', taskId)
    .where(OPEN)
    .where((eb) => eb.not(UPLOADING))
    .where('e.status', '<>', 'running')
    .where('w.mode', '=', 'completion')
    .executeTakeFirstOrThrow()
  return lost + left
}

/** Exactly as in the index, else the index is not used. */
export const UNSURE = sql<boolean>`(runs.status in ('stopped', 'unknown') or (runs.price_nano is null and runs.learnt <> 'stream'))`

function openRuns(db: Db, taskIds: string[]) {
  return db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .where('runs.task_id', 'in', taskIds)
    .where(OPEN)
    .where('runs.given_up_at', 'is', null)
    .where('e.status', 'in', ['pending', 'running'])
}
