import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../engine/clock.ts'
import { DraftGone, type TaskStore } from '../engine/engine.ts'
import { type RunEnd, idsOf } from '../engine/run.ts'
import type { Settlement } from '../engine/settle.ts'
import type { Claim } from '../engine/task.ts'
import type { AttemptEntry, RowStore } from '../engine/world.ts'
import { compiledOnce } from './compiled.ts'
import { claimExecution, findNextAvailableAt } from './rows/claims.ts'
import { beginAttempt, settleExecution } from './rows/executions.ts'
import { noteRun } from './runs/runs.ts'
import { endStoppedRun, listRunsToStop } from './runs/stopped-runs.ts'
import { startDraft } from './drafts/drafts.ts'
import { insertLog } from './tasks/logs.ts'
import type { Db, Trx } from './schema.ts'
import { deleteTask, pauseTask, resumeTask, retryTask, stopTask } from './tasks/people-moves.ts'
import { pauseTried } from './tasks/runner-moves.ts'
import { findTask, insertExecutions, insertLeftOutRows, insertTask } from './tasks/tasks.ts'
import { insertUpload } from './drafts/uploads.ts'
import type { Write } from './writer.ts'

/** The engine's tasks in this database. */
export function createTaskStore(db: Db, clock: Clock): TaskStore {
  const inTransaction = <T>(work: (trx: Trx) => Promise<T>) => db.transaction().execute(work)
  return {
    insert: (task, order) =>
      inTransaction(async (trx) => {
        const { upload, draft } = order
        if ('bytes' in upload) await insertUpload(trx, { id: task.uploadId, ...upload }, task.createdAt)
        await insertTask(trx, task, order.rows.length, order.leftOut.length)
        await insertExecutions(trx, task.id, order.rows, setImmediate)
        await insertLeftOutRows(trx, task.id, order.leftOut, setImmediate)
        const details = { rows: order.rows.length, leftOut: order.leftOut.length }
        await insertLog(trx, {
          taskId: task.id,
          at: task.createdAt,
          event: 'task.created',
          message: `by ${task.owner}`,
          details,
        })
        // Last, so that the draft finds the task it becomes; should it not be there any more, nothing was written.
        if (draft && !(await startDraft(trx, draft, task.id))) throw new DraftGone()
      }),
    find: (id) => findTask(db, id),
    pause: (id, by) => inTransaction((trx) => pauseTask(trx, id, by, clock.now())),
    resume: (id, by) => inTransaction((trx) => resumeTask(trx, id, by, clock.now())),
    stop: (id, by) => inTransaction((trx) => stopTask(trx, id, by, clock.now())),
    retry: (id, rows, by) => inTransaction((trx) => retryTask(trx, id, rows, by, clock.now())),
    delete: (id) => inTransaction((trx) => deleteTask(trx, id)),
  }
}

/** The rows of running tasks in this database. */
export function createRowStore(db: Db, write: Write): RowStore {
  return {
    claim: (task, now, steady = now) => write((trx) => claimExecution(trx, task, now, steady)),
    nextAvailableAt: (taskId) => findNextAvailableAt(db, taskId),
    beginAttempt: (claim, task, now, ends) => write((trx) => beginAttempt(trx, claim, task, now, ends)),
    note: (run, note) => write((trx) => noteRun(trx, run, note)),
    settle: (claim, settlement, entry) => write((trx) => settleAndLog(trx, claim, settlement, entry)),
    endStopped: (run, end, now) => write((trx) => endStoppedRun(trx, run, end, now)),
    listToStop: (since) => listRunsToStop(db, since),
  }
}

async function settleAndLog(
  trx: Trx,
  claim: Claim,
  settlement: Settlement,
  entry: AttemptEntry,
): Promise<boolean> {
  const stands = await settleExecution(trx, claim, settlement, {
    now: entry.at,
    ms: entry.ms,
    ends: entry.ends ?? endsOf(claim, settlement, entry),
    runId: entry.ids.workflowRunId ?? entry.ids.messageId ?? null,
  })
  if (!stands) return false

  const { status } = settlement
  const counted =
    status === 'pending' ? undefined : (await COUNT[status](trx, { taskId: claim.taskId })).rows[0]
  await insertLog(trx, {
    taskId: claim.taskId,
    executionId: claim.id,
    at: entry.at,
    level: status === 'succeeded' ? 'info' : status === 'failed' ? 'error' : 'warn',
    event: 'row.attempt',
    message: entry.message,
    details: {
      status,
      outcome: entry.outcome,
      attempt: claim.attempt,
      ms: entry.ms,
      user: entry.user,
      ...entry.ids,
      ...settlement.usage,
      ...(settlement.status === 'pending' && { again: settlement.availableAt, limit: entry.limit }),
    },
  })
  if (counted && counted.pause_after !== null)
    await pauseTried(trx, { id: claim.taskId, epoch: claim.epoch }, entry.at)
  return true
}

function endsOf({ attempt }: Claim, settlement: Settlement, { ids }: AttemptEntry): RunEnd[] {
  if (settlement.status === 'pending' && settlement.unresolved) return []
  const status = settlement.status === 'succeeded' ? 'succeeded' : 'failed'
  return [{ attempt, status, learnt: 'stream', usage: settlement.usage, ids: idsOf(ids) }]
}

const COUNT = { succeeded: counting('succeeded'), failed: counting('failed') }

function counting(status: 'succeeded' | 'failed') {
  return compiledOnce((db, { taskId }: { taskId: string }) =>
    db
      .updateTable('batch_tasks')
      .set((eb) => ({ [status]: eb(status, '+', 1) }))
      .where('id', '=', taskId)
      .returning('pause_after'),
  )
}
