import type { Logger } from 'pino'
import type { TaskStore } from '../engine/engine.ts'
import type { RunnerStore } from '../queue/runner-store.ts'
import type { RowStore } from '../engine/services.ts'
import type { Settled } from './metrics.ts'
import type { TracedCall, Traces } from './traces.ts'

/*
 * Logs every change of a task’s state, with its id only. The task’s name (which contains the file’s), who did it and
 * why it stopped are only in the database.
 */

/** What people do with tasks. */
export function observedTasks(tasks: TaskStore, log: Logger, ended: Traces['ended'] = () => {}): TaskStore {
  return {
    ...tasks,
    async insert(task, submission) {
      const inserted = await tasks.insert(task, submission)
      const about = { taskId: task.id, workflowId: task.workflowId, rows: submission.rows.length }
      log.info(about, 'a task was made')
      return inserted
    },
    async insertPair(a, b) {
      const inserted = await tasks.insertPair(a, b)
      const about = { taskId: a.task.id, otherTaskId: b.task.id, rows: a.submission.rows.length }
      log.info(about, 'two tasks were made, to be compared')
      return inserted
    },
    async pause(id, by) {
      const task = await tasks.pause(id, by)
      if (task) log.info({ taskId: id }, 'a task was paused')
      return task
    },
    async resume(id, by) {
      const task = await tasks.resume(id, by)
      if (task) log.info({ taskId: id }, 'a task was resumed')
      return task
    },
    async raise(id, limit, by) {
      const task = await tasks.raise(id, limit, by)
      if (task) log.info({ taskId: id }, 'the limit of a task was raised, and it was resumed')
      return task
    },
    async stop(id, by) {
      const stopped = await tasks.stop(id, by)
      if (stopped) log.info({ taskId: id, inFlight: stopped.inFlight.length }, 'a task was stopped')
      if (stopped) ended(stopped.task)
      return stopped
    },
    async retry(id, rows, by, seen) {
      const retried = await tasks.retry(id, rows, by, seen)
      if (retried && retried.rows > 0)
        log.info({ taskId: id, rows: retried.rows }, 'failed rows of a task wait again')
      return retried
    },
    async runAgain(id, wanted, by) {
      const again = await tasks.runAgain(id, wanted, by)
      if (again) log.info({ taskId: id, rows: again.rows }, 'chosen rows of a task wait again')
      return again
    },
    async delete(id) {
      const isDeleted = await tasks.delete(id)
      if (isDeleted) log.info({ taskId: id }, 'a task was deleted')
      return isDeleted
    },
  }
}

/** What a runner does with tasks. */
export function observedRunnerStore(
  store: RunnerStore,
  log: Logger,
  ended: Traces['ended'] = () => {},
): RunnerStore {
  return {
    ...store,
    async take(id) {
      const task = await store.take(id)
      if (task) log.info({ taskId: id, epoch: task.epoch }, 'a task was taken to be run')
      return task
    },
    async complete(task) {
      const completed = await store.complete(task)
      if (completed) log.info({ taskId: task.id }, 'a task was completed')
      if (completed) ended(completed)
      return completed
    },
    async halt(task, error) {
      const halted = await store.halt(task, error)
      if (halted) log.info({ taskId: task.id }, 'a task was stopped by a fault')
      if (halted) ended(halted)
      return halted
    },
    async release(task) {
      const released = await store.release(task)
      if (released) log.info({ taskId: task.id }, 'a task was left to the next runner')
      // Paused after the row that was tried first, or by a person, perhaps in another process. Neither is logged
      // elsewhere.
      else log.info({ taskId: task.id, status: (await store.find(task.id))?.status }, 'a task is at rest')
      return released
    },
    async rejoin(task) {
      const rejoined = await store.rejoin(task)
      if (rejoined) log.info({ taskId: task.id }, 'a task goes on')
      return rejoined
    },
  }
}

export interface Observers {
  log: Logger
  counted: (settled: Settled) => void
  called: (taskId: string, call: TracedCall) => void
}

/**
 * Counts and logs every settled attempt, with its outcome. Never logs the row’s text or Dify’s error, which may
 * repeat it: those are only in the database.
 */
export function observedRows(rows: RowStore, { log, counted, called }: Observers): RowStore {
  return {
    ...rows,
    async settle(claim, settlement, entry) {
      const stands = await rows.settle(claim, settlement, entry)
      if (!stands) return false

      const { taskId, rowNumber: row, attempt } = claim
      const { outcome, ms } = entry
      const { status } = settlement
      const about = { taskId, row, attempt, status, outcome, ms }
      if (status === 'failed') log.info(about, 'a row has failed')
      else log.debug(about, 'an attempt was settled')
      called(taskId, {
        row,
        attempt,
        began: claim.attemptedAt,
        ended: entry.at,
        outcome,
        status,
        runId: entry.ids.workflowRunId ?? entry.ids.messageId,
      })
      const isPending = settlement.status === 'pending'
      counted({
        outcome,
        seconds: ms / 1000,
        isOpen: isPending && settlement.unresolved,
        isRetried: isPending && settlement.failures > claim.failures,
      })
      return true
    },
  }
}
