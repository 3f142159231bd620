import type { Clock } from '../engine/clock.ts'
import type { SubmittedTask, TaskStore } from '../engine/engine.ts'
import type { TaskLimit } from '../engine/limits.ts'
import { numberOf } from '../engine/money.ts'
import { type RunEnd, idsOf, type Usage } from '../engine/run.ts'
import type { Settlement } from '../engine/settle.ts'
import type { Claim, Task } from '../engine/task.ts'
import type { AttemptEntry, RowStore } from '../engine/services.ts'
import { compiledOnce } from './compiled.ts'
import { claimExecution, findNextAvailableAt } from './rows/claims.ts'
import { beginAttempt, postRun, settleExecution } from './rows/executions.ts'
import { handOn, settleFollowers } from './rows/followers.ts'
import { filesIn } from '../engine/output-files.ts'
import { toText } from './json.ts'
import { closeForms, createWaitingStore, startWaiting } from './rows/waiting-rows.ts'
import { endRuns, noteRun } from './runs/runs.ts'
import { endStoppedRun, listRunsToStop } from './runs/stopped-runs.ts'
import { logQuery } from './tasks/logs.ts'
import type { Db, Trx } from './schema.ts'
import { actingTogether, insertComparison } from './tasks/comparisons.ts'
import { goOnWith, pausePair, resumePair, stopPair } from './tasks/pair-moves.ts'
import { deleteTask, retryTask } from './tasks/people-moves.ts'
import { requireSeen, runAgain } from './tasks/run-again.ts'
import { pauseAfterTrial } from './tasks/runner-moves.ts'
import { holdAtLimit } from './tasks/admission.ts'
import { raiseTaskLimit } from './tasks/task-limit.ts'
import { requireWhole } from './tasks/task-parts.ts'
import { submitTasks } from './tasks/submit-task.ts'
import { findTask, type TaskView } from './tasks/tasks.ts'
import type { Write } from './writer.ts'
import { warningColumns } from './sentences.ts'
import { inTransaction } from './transaction.ts'

/** What somebody has done to a task. `rows`: of a new task and of a retry, how many rows. */
export interface TaskAct {
  action: `task.${'create' | 'pause' | 'resume' | 'limit' | 'stop' | 'retry' | 'again' | 'delete'}`
  task: Pick<Task, 'id' | 'name' | 'constants'>
  rows?: number
  /** the only row, by its number */
  row?: number | undefined
  /** which inputs of it are others from now on, without their texts */
  inputs?: string[]
  /** of a new task, and of a raised limit: how much it may cost */
  limit?: TaskLimit
}

/** Records the act in the transaction that does it: both are written, or neither. */
export type RecordAct = (trx: Trx, act: TaskAct) => Promise<void>

/**
 * The engine's tasks in this database.
 * @param record default: acts are only recorded in the task's own log
 */
export function createTaskStore(
  db: Db,
  clock: Clock,
  record: RecordAct = () => Promise.resolve(),
): TaskStore {
  const recorded = async (trx: Trx, action: TaskAct['action'], tasks: readonly Task[]) => {
    for (const task of tasks) await record(trx, { action, task })
  }
  const created = async (trx: Trx, { task, submission }: SubmittedTask) =>
    record(trx, {
      action: 'task.create',
      task,
      rows: submission.rows.length,
      ...(task.limit && { limit: task.limit }),
    })
  return {
    async insert(task, submission) {
      const [inserted = task] = await submitTasks(db, clock, [{ task, submission }], (trx) =>
        created(trx, { task, submission }),
      )
      return inserted
    },
    async insertPair(a, b) {
      const [taskA = a.task, taskB = b.task] = await submitTasks(db, clock, [a, b], async (trx) => {
        await insertComparison(trx, a.task.id, b.task.id)
        await created(trx, a)
        await created(trx, b)
      })
      return { a: taskA, b: taskB }
    },
    find: (id) => findTask(db, id),
    pause: (id, by) =>
      inTransaction(db, async (trx) => {
        const paused = await pausePair(trx, id, by, clock.now())
        await recorded(trx, 'task.pause', paused)
        return acted(trx, id, paused)
      }),
    resume: (id, by) =>
      inTransaction(db, async (trx) => {
        await requireWhole(trx, id)
        const gone = await goOnWith(trx, id, by, clock.now())
        const resumed = gone ? [gone.resumed] : await resumePair(trx, id, by, clock.now())
        if (gone) await recorded(trx, 'task.stop', gone.stopped)
        await recorded(trx, 'task.resume', resumed)
        return acted(trx, id, resumed)
      }),
    raise: (id, limit, by) =>
      inTransaction(db, async (trx) => {
        await requireWhole(trx, id)
        if (!(await raiseTaskLimit(trx, id, limit))) return undefined
        const resumed = await resumePair(trx, id, by, clock.now())
        const task = resumed.find((one) => one.id === id)
        if (!task) throw new Error(`Task ${id} was paused at its limit, and cannot be resumed.`)
        await record(trx, { action: 'task.limit', task, limit: limit.to })
        await recorded(trx, 'task.resume', resumed)
        return task
      }),
    stop: (id, by) =>
      inTransaction(db, async (trx) => {
        const stopped = await stopPair(trx, id, by, clock.now())
        const tasks = stopped.map(({ task }) => task)
        await recorded(trx, 'task.stop', tasks)
        const task = await acted(trx, id, tasks)
        return task && { task, inFlight: stopped.flatMap((one) => one.inFlight) }
      }),
    retry: (id, wanted, by, seen = {}) =>
      inTransaction(db, async (trx) => {
        await requireWhole(trx, id)
        await requireSeen(trx, id, wanted, seen)
        // Rows that are named are of this task; all that have failed, of both.
        const ids = wanted ? [id] : await actingTogether(trx, id)
        let all: RetriedTask | undefined
        for (const one of ids) {
          const retried = await retryTask(trx, one, wanted, by, clock.now())
          if (retried && retried.rows > 0)
            await record(trx, { action: 'task.retry', task: retried.task, rows: retried.rows })
          if (retried) all = all ? { ...all, rows: all.rows + retried.rows } : retried
        }
        return all
      }),
    runAgain: (id, wanted, by) =>
      inTransaction(db, async (trx) => {
        await requireWhole(trx, id)
        const again = await runAgain(trx, id, wanted, by, clock.now())
        if (again) {
          const [row, ...others] = wanted.rows
          const inputs = wanted.inputs?.changed.map(({ input }) => input)
          await record(trx, {
            action: 'task.again',
            task: again.task,
            ...(others.length === 0 ? { row } : { rows: again.rows }),
            ...(inputs && { inputs }),
          })
        }
        return again
      }),
    delete: (id) =>
      inTransaction(db, async (trx) => {
        const deleted = await deleteTask(trx, id)
        await recorded(trx, 'task.delete', deleted)
        return deleted.length > 0
      }),
  }
}

type RetriedTask = NonNullable<Awaited<ReturnType<typeof retryTask>>>

/** The task itself, if it or the one that acts together with it has moved. */
async function acted(trx: Trx, id: string, moved: TaskView[]): Promise<TaskView | undefined> {
  return moved.length === 0 ? undefined : (moved.find((task) => task.id === id) ?? findTask(trx, id))
}

/** The rows of running tasks in this database. */
export function createRowStore(db: Db, write: Write): RowStore {
  return {
    claim: (task, now, steady = now) => write((trx) => claimExecution(trx, task, now, steady)),
    holdAtLimit: (task, now) => write((trx) => holdAtLimit(trx, task, now)),
    nextAvailableAt: (taskId) => findNextAvailableAt(db, taskId),
    beginAttempt: (claim, task, now, ends) => write((trx) => beginAttempt(trx, claim, task, now, ends)),
    posting: (claim, run, now) => write((trx) => postRun(trx, claim, run, now)),
    note: (run, note) =>
      write(
        (trx) => noteRun(trx, run, note),
        () => noteRun(db, run, note),
      ),
    settle: (claim, settlement, entry) => write((trx) => settleAndLog(trx, claim, settlement, entry)),
    endStopped: (run, end, now) => write((trx) => endStoppedRun(trx, run, end, now)),
    waiting: createWaitingStore(db, write),
    listToStop: (since) => listRunsToStop(db, since),
  }
}

async function settleAndLog(
  trx: Trx,
  claim: Claim,
  settlement: Settlement,
  entry: AttemptEntry,
): Promise<boolean> {
  const runId = entry.ids.workflowRunId ?? entry.ids.messageId ?? null
  const version = entry.ids.workflowVersion ?? null
  const ends = entry.ends ?? endsOf(claim, settlement, entry)
  const stands = await settleExecution(trx, claim, settlement, {
    now: entry.at,
    ms: entry.ms,
    ends,
    runId,
    version,
  })
  if (!stands) return false

  const { status } = settlement
  const counted =
    status === 'pending' || status === 'waiting'
      ? undefined
      : (await COUNT[status](trx, { taskId: claim.taskId })).rows[0]
  const hasFollowers = (counted?.equal_rows ?? 0) > 0
  // What follows reads the runs: their ends come first.
  const isEndedFirst = status === 'waiting' || hasFollowers
  const run = { taskId: claim.taskId, executionId: claim.id }
  if (isEndedFirst) await endRuns(trx, run, ends, entry.at)
  if (status === 'waiting') await startWaiting(trx, claim, settlement, entry)
  let followers = 0
  if (hasFollowers) {
    if (settlement.status === 'failed') await handOn(trx, claim)
    if (settlement.status === 'succeeded') {
      const answer = {
        outputs: toText(settlement.outputs),
        ...warningColumns(settlement.warning),
        files: filesIn(settlement.outputs),
        workflow_run_id: runId,
        workflow_version: version,
      }
      followers = await settleFollowers(trx, claim, answer, entry.at)
    }
  }
  if (version !== null && counted?.version !== version)
    await noteVersion(trx, { taskId: claim.taskId, version, at: claim.attemptedAt })
  const logged = logQuery(trx, {
    taskId: claim.taskId,
    executionId: claim.id,
    at: entry.at,
    level: status === 'succeeded' || status === 'waiting' ? 'info' : status === 'failed' ? 'error' : 'warn',
    event: 'row.attempt',
    message: status === 'waiting' ? settlement.error : entry.message,
    details: {
      status,
      outcome: entry.outcome,
      attempt: claim.attempt,
      ms: entry.ms,
      user: entry.user,
      ...entry.ids,
      ...written(settlement.usage),
      ...(followers > 0 && { followers }),
      ...(settlement.status === 'pending' && { again: settlement.availableAt, limit: entry.limit }),
    },
  })
  await endRuns(trx, run, isEndedFirst ? [] : ends, entry.at, logged)
  // It may have gone on while its row did not wait, because the task was stopped then.
  if (counted && counted.pauses_since !== null)
    for (const { attempt } of ends) await closeForms(trx, { executionId: claim.id, attempt }, entry.at)
  if (counted && counted.pause_after !== null)
    await pauseAfterTrial(trx, { id: claim.taskId, epoch: claim.epoch }, entry.at)
  return true
}

/** In the log it is only read. */
function written({ price, ...usage }: Usage) {
  return { ...usage, ...(price !== undefined && { price: numberOf(price) }) }
}

function endsOf({ attempt }: Claim, settlement: Settlement, { ids }: AttemptEntry): RunEnd[] {
  if (settlement.status === 'waiting' || (settlement.status === 'pending' && settlement.unresolved)) return []
  const status = settlement.status === 'succeeded' ? 'succeeded' : 'failed'
  return [{ attempt, status, learnt: 'stream', usage: settlement.usage, ids: idsOf(ids) }]
}

/** The version of the workflow that was seen last, so that nobody takes an older one's answers for the same. */
const noteVersion = compiledOnce(
  (db, { taskId, version, at }: { taskId: string; version: string; at: number }) =>
    db
      .updateTable('workflows')
      .set((eb) => ({
        version,
        version_at: at,
        // The first one that is seen is the one that was described when the app was added.
        version_synced: eb.fn.coalesce('version_synced', eb.val(version)),
      }))
      .where('id', '=', (eb) =>
        eb.selectFrom('batch_tasks').select('workflow_id').where('batch_tasks.id', '=', taskId),
      )
      .where((eb) =>
        eb.or([
          eb('version', 'is', null),
          eb.and([eb('version', '!=', version), eb(eb.fn.coalesce('version_at', eb.lit(0)), '<=', at)]),
        ]),
      ),
)

const COUNT = { succeeded: counting('succeeded'), failed: counting('failed') }

function counting(status: 'succeeded' | 'failed') {
  return compiledOnce(
    (db, { taskId }: { taskId: string }) =>
      db
        .updateTable('batch_tasks')
        .set((eb) => ({ [status]: eb(status, '+', 1) }))
        .where('id', '=', taskId)
        .returning((eb) => [
          'pause_after',
          'equal_rows',
          eb
            .selectFrom('workflows')
            .select('workflows.version')
            .whereRef('workflows.id', '=', 'batch_tasks.workflow_id')
            .as('version'),
          eb
            .selectFrom('workflows')
            .select('workflows.pauses_since')
            .whereRef('workflows.id', '=', 'batch_tasks.workflow_id')
            .as('pauses_since'),
        ]),
    'by key',
  )
}
