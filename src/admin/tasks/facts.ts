import { type ErrorGroup, listErrorGroups } from '../../db/rows/error-groups.ts'
import { type DurationSpread, durationSpread, settledPerBucket } from '../../db/stats/pace.ts'
import { sumUsage } from '../../db/stats/task-facts.ts'
import { findListedTask, type ListedTask } from '../../db/tasks/task-list.ts'
import { Fault } from '../http/fault.ts'
import type { Surroundings } from '../options.ts'
import type { Db } from '../../db/schema.ts'
import type { Clock } from '../../engine/clock.ts'
import type { Fresh } from '../http/fresh.ts'

/** What a task’s page shows besides its rows and its log. */
export interface TaskPageFacts {
  task: ListedTask
  pace: TaskPace | undefined
  loweredTo: number | undefined
  errors: ErrorGroup[]
  spent: { tokens: number; prices: { currency: string; price: number }[] }
  /** settled rows over the time it ran, in equal parts; undefined: it has not run long enough to show any */
  course:
    | { settled: number[]; perMinute: (count: number) => number; fromAt: number; toAt: number }
    | undefined
  spread: DurationSpread | undefined
  now: number
}

/** Half of what a page waits before it asks again, so that one in two viewers asks for all. */
const TASK_FRESH_MS = 1_500
/** What reads every row of the task. Of a large one it is asked for less often: nobody sees the difference. */
const ROWS_FRESH_MS = 6_000
const LARGE_ROWS_FRESH_MS = 30_000
const LARGE_ROWS = 5_000
const GROUPS_SHOWN = 20
/** Fewer make no picture. */
const SPREAD_LEAST_ROWS = 5
/** As many as can be told apart, none so short that it only shows single rows. */
const COURSE_PARTS = 60
const COURSE_PART_LEAST_MS = 10_000
const COURSE_LEAST_MS = 6 * COURSE_PART_LEAST_MS

/** @throws Fault where there is no such task */
export async function findTaskFacts(id: string, { db, fresh }: Surroundings): Promise<ListedTask> {
  const task = await fresh.get(`task:${id}`, TASK_FRESH_MS, () => findListedTask(db, id))
  if (!task)
    throw new Fault(
      'not_found',
      `There is no task ${id}.`,
      'It may have been deleted. The list has every task.',
    )
  return task
}

/** @throws Fault where there is no such task */
export async function taskPageFacts(id: string, around: Surroundings): Promise<TaskPageFacts> {
  const { db, fresh, clock, loweredLimit } = around
  const task = await findTaskFacts(id, around)
  const { counts } = task
  const rowsFreshMs = counts.total > LARGE_ROWS ? LARGE_ROWS_FRESH_MS : ROWS_FRESH_MS
  const ofRows = <T>(what: string, ask: () => Promise<T>) =>
    fresh.get(`task:${id}:${task.status}:${what}`, rowsFreshMs, ask) // of another state, another answer
  return {
    task,
    pace: await paceOf(task, { db, fresh, clock }),
    loweredTo: task.status === 'running' ? loweredLimit(task.workflowId) : undefined,
    errors: counts.failed > 0 ? await ofRows('errors', () => listErrorGroups(db, id, GROUPS_SHOWN)) : [],
    spent: await ofRows('spent', () => sumUsage(db, id)),
    course: await courseOf(task, around, ofRows),
    spread:
      counts.succeeded >= SPREAD_LEAST_ROWS
        ? await ofRows('spread', () => durationSpread(db, id))
        : undefined,
    now: clock.now(),
  }
}

async function courseOf(
  { id, startedAt, finishedAt, counts }: ListedTask,
  { db, clock }: Surroundings,
  ofRows: <T>(what: string, ask: () => Promise<T>) => Promise<T>,
): Promise<TaskPageFacts['course']> {
  const toAt = finishedAt ?? clock.now()
  if (startedAt === null || toAt - startedAt < COURSE_LEAST_MS || counts.left === counts.total)
    return undefined
  return ofRows('course', async () => {
    const ranMs = toAt - startedAt
    const buckets = Math.min(COURSE_PARTS, Math.floor(ranMs / COURSE_PART_LEAST_MS))
    const settled = await settledPerBucket(db, id, { from: startedAt, to: toAt + 1, buckets })
    const partMinutes = ranMs / buckets / 60_000
    return { settled, perMinute: (count: number) => count / partMinutes, fromAt: startedAt, toAt }
  })
}

/** How a running task goes: kept for as long as this, whoever looks. */
const PACE_FRESH_MS = 5_000
const MINUTE_MS = 60_000
const SPARK_MINUTES = 30

export interface TaskPace {
  /** settled in each of the last minutes it ran, 30 at most */
  minutes: number[]
  perMinute: number
  leftMs: number | undefined
}

/** Undefined: nothing of it runs. */
export async function paceOf(
  task: ListedTask,
  { db, fresh, clock }: { db: Db; fresh: Fresh; clock: Pick<Clock, 'now'> },
): Promise<TaskPace | undefined> {
  if (task.status !== 'running') return undefined
  const now = clock.now()
  const minutes = await fresh.get(`task:${task.id}:pace`, PACE_FRESH_MS, () =>
    settledPerBucket(db, task.id, { from: now - SPARK_MINUTES * MINUTE_MS, to: now, buckets: SPARK_MINUTES }),
  )
  const ranMs = now - (task.startedAt ?? now)
  const perMinute = rateOf(minutes, ranMs)
  return {
    minutes: minutes.slice(-Math.max(1, Math.ceil(ranMs / MINUTE_MS))),
    perMinute,
    leftMs: perMinute > 0 ? (task.counts.left / perMinute) * MINUTE_MS : undefined,
  }
}

/** Of the last three minutes, from the first in which a row was settled: one alone jumps about. */
function rateOf(minutes: number[], ranMs: number): number {
  const recent = minutes.slice(-RATE_MINUTES)
  const from = recent.findIndex((count) => count > 0)
  if (from < 0) return 0
  const counted = recent.slice(from)
  const whole = counted.reduce((sum, count) => sum + count, 0)
  return whole / Math.min(counted.length, Math.max(ranMs / MINUTE_MS, LEAST_MINUTES))
}

const RATE_MINUTES = 3
/** Of a task that has only just begun, a few seconds say too much. */
const LEAST_MINUTES = 1 / 6
