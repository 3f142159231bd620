import type { Db } from '../db/schema.ts'
import { findNextAvailableAt } from '../db/rows/claims.ts'
import { completeTask, haltTask, rejoinTask, releaseTask, takeTask } from '../db/tasks/runner-moves.ts'
import { findTask, listTasksIn } from '../db/tasks/tasks.ts'
import type { Write } from '../db/writer.ts'
import type { Clock } from '../engine/clock.ts'
import type { Task } from '../engine/task.ts'

/** The tasks that a runner on this database may take. */
export interface RunnerStore {
  /** tasks that wait, and those that are said to be running, oldest first */
  open(): Promise<Task[]>
  find(id: string): Promise<Task | undefined>
  take(id: string): Promise<Task | undefined>
  /** Undefined when it is not complete after all, or no longer ours. */
  complete(task: Task): Promise<Task | undefined>
  halt(task: Task, error: string): Promise<Task | undefined>
  release(task: Task): Promise<Task | undefined>
  /** It was resumed while its run still went on. */
  rejoin(task: Task): Promise<Task | undefined>
  /** Rows wait that may run now. */
  hasWaiting(task: Task): Promise<boolean>
}

/** @param write default: each in a transaction of its own, which does not wait for long if the database is locked */
export function createRunnerStore(
  db: Db,
  clock: Clock,
  write: Write = (work) => db.transaction().execute(work),
): RunnerStore {
  return {
    open: () => listTasksIn(db, ['pending', 'running']),
    find: (id) => findTask(db, id),
    take: (id) => write((trx) => takeTask(trx, id, clock.now())),
    complete: (task) => write((trx) => completeTask(trx, task, clock.now())),
    halt: (task, error) => write((trx) => haltTask(trx, task, error, clock.now())),
    release: (task) => write((trx) => releaseTask(trx, task, clock.now())),
    rejoin: (task) => write((trx) => rejoinTask(trx, task, clock.now())),
    hasWaiting: async ({ id }) =>
      ((await findNextAvailableAt(db, id)) ?? Number.POSITIVE_INFINITY) <= clock.monotonicNow(),
  }
}
