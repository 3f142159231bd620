import { settledPerBucket } from '../../db/pace.ts'
import type { Db } from '../../db/schema.ts'
import type { ListedTask } from '../../db/task-list.ts'
import type { Clock } from '../../engine/clock.ts'
import type { Fresh } from './fresh.ts'

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
