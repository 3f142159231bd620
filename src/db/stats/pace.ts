import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../schema.ts'

/**
 * Done or failed, not cancelled. Literal values, not bound ones: else SQLite does not use the partial index on them.
 */
export const SETTLED = sql<boolean>`status in ('succeeded', 'failed')`

/** Rows of a task settled in each of these equal parts of the time from `from` until before `to`. */
export async function settledPerBucket(
  db: Db,
  taskId: string,
  { from, to, buckets }: { from: number; to: number; buckets: number },
): Promise<number[]> {
  const bounds = Array.from({ length: buckets + 1 }, (_, i) => Math.round(from + ((to - from) * i) / buckets))
  return countBetween(db, bounds, {
    type: sql`bigint`,
    rows: sql`task_id = ${taskId} and ${SETTLED} and finished_at >= low and finished_at < high`,
  })
}

/** How long the succeeded rows of a task took. */
export interface DurationSpread {
  /** from the quickest row to the slowest; each bucket is longer than the one before by the same factor */
  buckets: { fromSeconds: number; toSeconds: number; count: number }[]
  /** half of the rows took no longer than p50, and 95 of 100 no longer than p95 */
  p50Seconds: number
  p95Seconds: number
}

/** Quicker rows count as this long: buckets that grow by a factor cannot start at 0. */
const QUICKEST_SECONDS = 0.01

/** @returns undefined when no row has succeeded yet */
export async function durationSpread(
  db: Db,
  taskId: string,
  buckets = 12,
): Promise<DurationSpread | undefined> {
  const first = await endSeconds(db, taskId, 'asc')
  const last = await endSeconds(db, taskId, 'desc')
  if (first === undefined || last === undefined) return undefined

  const quickest = Math.max(QUICKEST_SECONDS, first)
  const slowest = Math.max(quickest, last)
  const steps = slowest === quickest ? 1 : buckets
  const bounds = Array.from({ length: steps + 1 }, (_, i) => quickest * (slowest / quickest) ** (i / steps))
  const counts = await countBetween(db, [0, ...bounds.slice(1, -1), Number.MAX_VALUE], {
    type: sql`double precision`,
    rows: sql`task_id = ${taskId} and ${SUCCEEDED} and seconds >= low and seconds < high`,
  })
  const total = counts.reduce((sum, count) => sum + count, 0)
  return {
    buckets: counts.map((count, i) => ({
      fromSeconds: bounds[i] ?? quickest,
      toSeconds: i + 1 === steps ? slowest : (bounds[i + 1] ?? slowest),
      count,
    })),
    p50Seconds: await quantileSeconds(db, taskId, 0.5, total),
    p95Seconds: await quantileSeconds(db, taskId, 0.95, total),
  }
}

/** Literal for the same reason. */
const SUCCEEDED = sql<boolean>`status = 'succeeded'`

function timed(db: Db, taskId: string) {
  return db
    .selectFrom('task_executions')
    .where('task_id', '=', taskId)
    .where(SUCCEEDED)
    .where('seconds', 'is not', null)
}

/** The quickest row, or the slowest. One at a time: SQLite reads the whole index for both together. */
async function endSeconds(db: Db, taskId: string, from: 'asc' | 'desc'): Promise<number | undefined> {
  const row = await timed(db, taskId).select('seconds').orderBy('seconds', from).limit(1).executeTakeFirst()
  return row?.seconds ?? undefined
}

/** Counts from the nearer end, because the database has to step over all rows before it. */
async function quantileSeconds(db: Db, taskId: string, share: number, total: number): Promise<number> {
  const index = Math.ceil(total * share) - 1
  const row = await timed(db, taskId)
    .select('seconds')
    .orderBy('seconds', share > 0.5 ? 'desc' : 'asc')
    .limit(1)
    .offset(share > 0.5 ? total - 1 - index : index)
    .executeTakeFirst()
  return row?.seconds ?? 0
}

/**
 * How many rows there are from each bound up to the next. Each bucket is counted separately, in an index in this order:
 * sorting all rows of a task into buckets takes the database several times as long.
 */
async function countBetween(
  db: Db,
  bounds: number[],
  { type, rows }: { type: RawBuilder<unknown>; rows: RawBuilder<unknown> },
): Promise<number[]> {
  if (bounds.length < 2) return []
  // Cast, because Postgres takes a bound value in a list of values for text.
  const buckets = bounds
    .slice(0, -1)
    .map((low, i) => sql`(${sql.lit(i)}, cast(${low} as ${type}), cast(${bounds[i + 1]} as ${type}))`)
  const counted = await sql<{ count: number }>`
    with bucket (i, low, high) as (values ${sql.join(buckets)})
    select (select count(*) from task_executions where ${rows}) as count from bucket order by i
  `.execute(db)
  return counted.rows.map(({ count }) => count)
}
