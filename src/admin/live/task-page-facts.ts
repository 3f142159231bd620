import { type ErrorGroup, listErrorGroups } from '../../db/error-groups.ts'
import { type DurationSpread, durationSpread, settledPerBucket } from '../../db/pace.ts'
import { sumUsage } from '../../db/task-facts.ts'
import { findListedTask, type ListedTask } from '../../db/task-list.ts'
import { Fault } from '../fault.ts'
import type { Surroundings } from '../options.ts'
import { paceOf, type TaskPace } from './task-facts.ts'

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
