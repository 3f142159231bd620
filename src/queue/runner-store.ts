import type { Db } from '../db/schema.ts'
import { findNextAvailableAt } from '../db/rows/claims.ts'
import { completeTask, haltTask, rejoinTask, releaseTask, takeTask } from '../db/tasks/runner-moves.ts'
import { findTask, findTasks, listTasksIn } from '../db/tasks/tasks.ts'
import type { Write } from '../db/writer.ts'
import type { Clock } from '../engine/clock.ts'
import type { Task } from '../engine/task.ts'
import type { Sentence } from '../engine/sentence.ts'

/** The tasks that a runner on this database may take. */
export interface RunnerStore {
  /** tasks that wait and tasks whose state is `running`, oldest first */
  open(): Promise<Task[]>
  find(id: string): Promise<Task | undefined>
  /** Those of them that exist. */
  findAll(ids: readonly string[]): Promise<Task[]>
  /** Moves a waiting task to `running`, in a new epoch. Undefined if it does not wait any more. */
  take(id: string): Promise<Task | undefined>
  /** Undefined if rows are left after all, or if the task is no longer ours. */
  complete(task: Task): Promise<Task | undefined>
  /** Stops the task with an error for people. Undefined if the task is no longer ours. */
  halt(task: Task, error: Sentence): Promise<Task | undefined>
  /** Lets the task wait for the next runner. Undefined if the task is no longer ours. */
  release(task: Task): Promise<Task | undefined>
  /** Moves a task back to `running` that was resumed while its last rows were in flight. */
  rejoin(task: Task): Promise<Task | undefined>
  /** Whether rows wait that may run now. */
  hasWaiting(task: Task): Promise<boolean>
}

/**
 * @param write default: each in a transaction of its own, which does not wait for long if the database is locked
 * @param writeTake for takes alone: the row of a task may be locked by a runner that is frozen, and others must not wait
 */
export function createRunnerStore(
  db: Db,
  clock: Clock,
  write: Write = (work) => db.transaction().execute(work),
  writeTake = write,
): RunnerStore {
  return {
    open: () => listTasksIn(db, ['pending', 'running']),
    find: (id) => findTask(db, id),
    findAll: (ids) => findTasks(db, ids),
    take: (id) => writeTake((trx) => takeTask(trx, id, clock.now())),
    complete: (task) => write((trx) => completeTask(trx, task, clock.now())),
    halt: (task, error) => write((trx) => haltTask(trx, task, error, clock.now())),
    release: (task) => write((trx) => releaseTask(trx, task, clock.now())),
    rejoin: (task) => write((trx) => rejoinTask(trx, task, clock.now())),
    hasWaiting: async ({ id }) =>
      ((await findNextAvailableAt(db, id)) ?? Number.POSITIVE_INFINITY) <= clock.monotonicNow(),
  }
}
