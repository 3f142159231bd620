import type { ExecutionStatus, TaskStatus } from '../../engine/states.ts'
import type { Db } from '../schema.ts'
import { countAllInFlight } from './task-facts.ts'
import { countTasksByStatus } from '../tasks/task-list.ts'

/** How many tasks, rows and workflows there are, for metrics. */
export interface Totals {
  tasks: Record<TaskStatus, number>
  /** over all tasks */
  rows: Record<ExecutionStatus, number>
  /** creation time of the task that has waited longest for a runner; null: none waits */
  oldestWaitingAt: number | null
  workflows: number
}

export async function totals(db: Db): Promise<Totals> {
  const tasks = await countTasksByStatus(db)
  const { succeeded, failed, cancelled, waiting, total } = await sumCounts(db)
  const running = await countAllInFlight(db)
  // The counts are read one after the other: a row settled in between must not make this negative.
  const pending = Math.max(0, total - succeeded - failed - cancelled - waiting - running)
  const { oldest } = await db
    .selectFrom('batch_tasks')
    .select((eb) => eb.fn.min<number | null>('created_at').as('oldest'))
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow()
  const { workflows } = await db
    .selectFrom('workflows')
    .select((eb) => eb.fn.countAll<number>().as('workflows'))
    .executeTakeFirstOrThrow()
  return {
    tasks,
    rows: { pending, running, waiting, succeeded, failed, cancelled },
    oldestWaitingAt: oldest,
    workflows,
  }
}

async function sumCounts(db: Db) {
  const sums = await db
    .selectFrom('batch_tasks')
    .select(({ fn }) => [
      fn.sum<number | null>('total').as('total'),
      fn.sum<number | null>('succeeded').as('succeeded'),
      fn.sum<number | null>('failed').as('failed'),
      fn.sum<number | null>('cancelled').as('cancelled'),
      fn.sum<number | null>('waiting').as('waiting'),
    ])
    .executeTakeFirstOrThrow()
  const { total, succeeded, failed, cancelled, waiting } = sums
  return {
    total: total ?? 0,
    succeeded: succeeded ?? 0,
    failed: failed ?? 0,
    cancelled: cancelled ?? 0,
    waiting: waiting ?? 0,
  }
}
