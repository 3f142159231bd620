import { sql } from 'kysely'
import type { Db } from '../schema.ts'
import { countQueued, countSilent, type Queued, type Silent } from '../runs/run-facts.ts'
import { SETTLED } from './pace.ts'

/** A short part of the time in which a task was running, and the rows that were settled in it. */
export interface WorkedPart {
  fromAt: number
  toAt: number
  rows: number
}

/** What a task did in the last minutes in which it was running, without pauses and time without a runner. */
export interface Work {
  /** in order, at most 30 s each; the last 30 minutes, or less if the task is younger */
  parts: WorkedPart[]
  /** when its last row was settled; null: no row is settled yet */
  lastAt: number | null
  /** calls that wait in Dify’s queue; absent: none */
  queued?: Queued
  /** runs that Dify has started and that have gone silent; absent: none */
  silent?: Silent
}

const PART_MS = 30_000
const WORKED_MS = 30 * 60_000
/** How many events of one task are read. If it was paused more often, the oldest part of its past is missing. */
const EVENTS_READ = 40

/** The work of these tasks, in four queries for all of them. A task that has never run has no entry. */
export async function listWork(db: Db, taskIds: string[], now: number): Promise<Map<string, Work>> {
  const work = new Map<string, Work>()
  if (taskIds.length === 0) return work
  const spans: (WorkSpan & { taskId: string })[] = []
  for (const [taskId, events] of Map.groupBy(await listEvents(db, taskIds), ({ id }) => id)) {
    const lastAt = events[0]?.last_at ?? null
    work.set(taskId, { parts: [], lastAt })
    // If the clock was set back, rows settled since then must not be missing.
    const end = Math.max(now, lastAt ?? 0)
    for (const span of lastWorked(spansOf(events, end))) spans.push({ taskId, ...span })
  }
  for (const [taskId, queued] of await countQueued(db, taskIds, now)) add(taskId, { queued })
  for (const [taskId, silent] of await countSilent(db, taskIds, now)) add(taskId, { silent })
  if (spans.length === 0) return work
  for (const { task_id, low, high, rows } of await countParts(db, spans))
    work.get(task_id)?.parts.push({ fromAt: low, toAt: high, rows })
  return work

  function add(taskId: string, facts: Partial<Work>): void {
    const found = work.get(taskId)
    if (found) Object.assign(found, facts)
  }
}

interface WorkSpan {
  fromAt: number
  toAt: number
}

/** Events with which a runner starts or stops running a task: see runner-moves.ts and people-moves.ts. */
export const BEGINS = ['task.taken', 'task.rejoined']
export const ENDS = ['task.released', 'task.paused', 'task.stopped', 'task.completed', 'task.failed']

/**
 * When the task was running. A runner that died left no event: its time ends with the last event before the next runner
 * took the task.
 */
function spansOf(events: TaskEvent[], now: number): WorkSpan[] {
  const spans: WorkSpan[] = []
  let fromAt: number | undefined
  const end = (lastAt: number) => {
    // Includes what happened in its last millisecond.
    if (fromAt !== undefined) spans.push({ fromAt, toAt: Math.max(fromAt, lastAt) + 1 })
    fromAt = undefined
  }
  for (const { at, event, before_at } of events) {
    if (at === null || event === null) continue
    end(ENDS.includes(event) ? at : (before_at ?? at))
    if (BEGINS.includes(event)) fromAt = at
  }
  end(now)
  return spans
}

/** The last half hour. Only whole parts are dropped, so that the others stay the same from one request to the next. */
function lastWorked(spans: WorkSpan[]): WorkSpan[] {
  let leftMs = WORKED_MS
  const last: WorkSpan[] = []
  for (const { fromAt, toAt } of spans.toReversed()) {
    if (leftMs <= 0) break
    const cutMs = Math.max(0, Math.floor((toAt - fromAt - leftMs) / PART_MS) * PART_MS)
    last.unshift({ fromAt: fromAt + cutMs, toAt })
    leftMs -= toAt - fromAt
  }
  return last
}

interface TaskEvent {
  /** of the task */
  id: string
  /** when its last row was settled */
  last_at: number | null
  /** null, and no event: the task has none yet */
  at: number | null
  event: string | null
  /** of the log entry before it, whatever event that is */
  before_at: number | null
}

/** In order, and at least one line of each task. */
function listEvents(db: Db, taskIds: string[]): Promise<TaskEvent[]> {
  return db
    .selectFrom('batch_tasks as t')
    .leftJoin('execution_logs as l', (join) =>
      join.on('l.id', 'in', (eb) =>
        eb
          .selectFrom('execution_logs as o')
          .select('o.id')
          .whereRef('o.task_id', '=', 't.id')
          .where('o.execution_id', 'is', null)
          .where('o.event', 'in', [...BEGINS, ...ENDS])
          .orderBy('o.id', 'desc')
          .limit(EVENTS_READ),
      ),
    )
    .select((eb) => [
      't.id',
      'l.at',
      'l.event',
      eb
        .selectFrom('execution_logs as b')
        .select('b.at')
        .whereRef('b.task_id', '=', 't.id')
        .whereRef('b.id', '<', 'l.id')
        .orderBy('b.id', 'desc')
        .limit(1)
        .as('before_at'),
      eb
        .selectFrom('task_executions')
        .select(({ fn }) => fn.max<number | null>('finished_at').as('last_at'))
        .whereRef('task_id', '=', 't.id')
        .where(SETTLED)
        .as('last_at'),
    ])
    .where('t.id', 'in', taskIds)
    .orderBy('l.id')
    .execute()
}

/** In the order of the spans. Each part is counted separately in the index, as in pace.ts. */
async function countParts(db: Db, spans: (WorkSpan & { taskId: string })[]) {
  // Cast, because Postgres takes a bound value in a list of values for text.
  const values = spans.map(
    ({ taskId, fromAt, toAt }, i) =>
      sql`(${sql.lit(i)}, cast(${taskId} as text), cast(${fromAt} as bigint), cast(${toAt} as bigint))`,
  )
  const partMs = sql.lit(PART_MS)
  const counted = await sql<{ task_id: string; low: number; high: number; rows: number }>`
    with recursive span (i, task_id, low, until) as (
      values ${sql.join(values)}
      union all
      select i, task_id, low + ${partMs}, until from span where low + ${partMs} < until
    ),
    part as (
      select i, task_id, low, case when low + ${partMs} < until then low + ${partMs} else until end as high from span
    )
    select p.task_id, p.low, p.high, (
      select count(*) from task_executions e
      where e.task_id = p.task_id and ${SETTLED} and e.finished_at >= p.low and e.finished_at < p.high
    ) as rows
    from part p order by p.i, p.low
  `.execute(db)
  return counted.rows
}
