import type { Db } from '../db/schema.ts'
import type { Task } from '../engine/task.ts'
import type { RunnerStore } from '../queue/runner-store.ts'
import { judgeTask } from './flags.ts'

/**
 * Judges a task's outputs when no row runs any more: before its end is stored, so that whoever is told of the end is told
 * what there is to look at, too. A task that cannot be judged ends all the same.
 */
export function judgingRunnerStore(
  store: RunnerStore,
  db: Db,
  onFault: (fault: unknown, taskId: string) => void,
): RunnerStore {
  const judge = ({ id }: Task) => judgeTask(db, id).catch((fault: unknown) => onFault(fault, id))
  return {
    ...store,
    async complete(task) {
      await judge(task)
      return store.complete(task)
    },
    async halt(task, error) {
      await judge(task)
      return store.halt(task, error)
    },
    async release(task) {
      const released = await store.release(task)
      if (!released) await judge(task) // a person paused or stopped it
      return released
    },
  }
}
