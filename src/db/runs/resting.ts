import { sql } from 'kysely'
import { compiledOnce } from '../compiled.ts'
import type { Db, Trx } from '../schema.ts'
import { OPEN } from './runs.ts'

/**
 * A run whose end is not known, and that nobody is about to learn: it waits for a person, it was given up, or no runner
 * has its task. Of `runs`, `task_executions e` and `batch_tasks t`.
 */
export const RESTS = sql<boolean>`(runs.given_up_at is not null or e.status not in ('pending', 'running') or t.status not in ('pending', 'running'))`

const count = compiledOnce((db, { id }: { id: string }) =>
  db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .innerJoin('batch_tasks as t', 't.id', 'runs.task_id')
    .select((eb) => eb.fn.countAll<number | string>().as('resting'))
    .where('runs.task_id', '=', id)
    .where(OPEN)
    .where(RESTS),
)

/** Of the runs of a task whose end is not known, those that no call has to wait for. */
export async function countResting(db: Db | Trx, id: string): Promise<number> {
  const [counted] = (await count(db, { id })).rows
  return Number(counted?.resting ?? 0)
}
