import { failedRowNumbers } from '../db/rows/error-groups.ts'
import { statesOfRows } from '../db/rows/row-list.ts'
import { waitAgain } from '../db/rows/output-files.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { type Submission, UnknownTask } from '../engine/engine.ts'
import { askToStop } from '../engine/stopped-runs.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireOwner } from './actor.ts'
import { audited } from './audit.ts'
import { findFlagged } from './flags.ts'
import { requireWithinLimit } from './task-limit.ts'
import { type NotifySettings, requireAllowed } from './notify-settings.ts'
import type { Rowbot } from './rowbot.ts'
import { say } from '../engine/sentence.ts'
import { requireRoom } from './usage.ts'

/*
 * What people and programs do with tasks, from any face: checks permission, acts, and writes the audit in the same
 * transaction. Each @throws UnknownTask, NotAllowed, and UserError if the task’s state forbids it.
 */

/** What the acts on tasks need. */
export type TaskApp = Pick<Rowbot, 'db' | 'engineFor' | 'clock' | 'log' | 'timing' | 'runtimes' | 'hasRunner'>

/** What fetching files again needs. */
export type FilesApp = Pick<Rowbot, 'db' | 'clock' | 'log' | 'fetchFiles'>

/**
 * Makes a task of a confirmed draft. Whether its owner may run the workflow was checked when they chose it.
 * @throws DraftGone if the draft has already become a task, or is over; MonthUsedUp
 * @throws UserError if somebody is to be notified of its end whom the settings do not allow
 */
export async function submitTask(
  app: Pick<TaskApp, 'db' | 'clock' | 'engineFor'> & { notify: NotifySettings },
  actor: Actor,
  submission: Submission,
): Promise<Task> {
  requireOwner(actor, { owner: submission.owner, ownerKey: submission.ownerKey ?? null })
  requireAllowed(submission.notify ?? {}, app.notify)
  const { owner, ownerKey = null, workflow } = submission
  await requireRoom(app, { owner, ownerKey, workflowId: workflow.id })
  return app.engineFor(actor).submit(submission)
}

/** Starts no further rows; those in flight finish. */
export async function pauseTask(app: TaskApp, actor: Actor, id: string): Promise<Task> {
  await findTaskFor(app, actor, id)
  return app.engineFor(actor).pause(id, actor.name)
}

/** Continues a task that was paused, stopped, or stopped by a fault. */
export async function resumeTask(app: TaskApp, actor: Actor, id: string): Promise<Task> {
  const task = await findTaskFor(app, actor, id)
  await requireWithinLimit(app.db, task)
  await requireRoom(app, task)
  return app.engineFor(actor).resume(id, actor.name)
}

/** Ends it now. If there is a runner, it stops the runs at Dify; runs that a dead runner left are stopped here. */
export async function stopTask(app: TaskApp, actor: Actor, id: string): Promise<Task> {
  await findTaskFor(app, actor, id)
  const { task, inFlight } = await app.engineFor(actor).stop(id, actor.name)
  if (inFlight.length > 0 && !app.hasRunner()) {
    // Those of the task that it is compared with are stopped, too, by their own workflow.
    await Promise.all(
      inFlight.map(async (run) => {
        const its = run.taskId === id ? task : await findTask(app.db, run.taskId)
        if (its) await askToStop(run, await app.runtimes.of(its), app)
      }),
    )
  }
  return task
}

/** Which failed rows: these numbers in the sheet; those with this error or an equivalent one; or all. */
export interface RetryOf {
  rows?: number[] | undefined
  error?: string | undefined
}

/** Runs failed rows again. `rows` in the answer: how many. */
export async function retryTask(
  app: TaskApp,
  actor: Actor,
  id: string,
  { rows, error }: RetryOf = {},
): Promise<{ task: Task; rows: number }> {
  await requireRoom(app, await findTaskFor(app, actor, id))
  const wanted = error === undefined ? rows : await failedRowNumbers(app.db, id, [error])
  return app.engineFor(actor).retry(id, actor.name, wanted)
}

/**
 * Runs rows again that succeeded: these, or all with something to look at. `rows` in the answer: how many.
 * @throws UserError also if the task stands still with rows left: these would run, and be paid, too
 */
export async function runAgain(
  app: TaskApp,
  actor: Actor,
  id: string,
  rows?: number[],
): Promise<{ task: Task; rows: number }> {
  const task = await findTaskFor(app, actor, id)
  const wanted = rows ?? (await findFlagged(app.db, task)).rows
  if (wanted.length === 0) throw new UserError(say('nothing-to-look-at', { task: id }))
  const { status, counts } = task
  if ((status === 'paused' || status === 'failed') && counts.left > 0)
    throw new UserError(
      say('task-stands-still', { task: task.name, left: counts.left }),
      say('do-resume-or-stop'),
    )
  await requireRoom(app, task)
  return app.engineFor(actor).runAgain(id, actor.name, wanted)
}

const ROWS_NAMED = 10

/**
 * Runs these rows again, those that failed and those that succeeded. `rows` in the answer: how many.
 * @throws UserError if one of them is not settled: it runs by itself
 */
export async function runChosen(
  app: TaskApp,
  actor: Actor,
  id: string,
  rows: number[],
): Promise<{ task: Task; rows: number }> {
  const task = await findTaskFor(app, actor, id)
  const states = await statesOfRows(app.db, id, rows)
  const {
    failed = [],
    succeeded = [],
    others = [],
  } = Object.groupBy(rows, (row) => {
    const state = states.get(row)
    return state === 'failed' || state === 'succeeded' ? state : 'others'
  })
  if (others.length > 0)
    throw new UserError(
      say('rows-not-settled', { rows: others.slice(0, ROWS_NAMED).join(', '), count: others.length }),
    )
  if (rows.length === 0) throw new UserError(say('no-row-chosen'), say('do-choose-rows'))
  const again = succeeded.length > 0 ? await runAgain(app, actor, id, succeeded) : { task, rows: 0 }
  const retried = failed.length > 0 ? await retryTask(app, actor, id, { rows: failed }) : { task, rows: 0 }
  return { task: failed.length > 0 ? retried.task : again.task, rows: again.rows + retried.rows }
}

/**
 * Fetches files of outputs again that could not be fetched: of these rows, or of all. The workflow is not called. The
 * runner does it, or this process if there is none; it has only begun when this resolves. `files` in the answer: how many.
 */
export async function fetchTaskFiles(
  app: FilesApp,
  actor: Actor,
  id: string,
  { rows }: { rows?: number[] | undefined } = {},
): Promise<{ files: number }> {
  const { name } = await findTaskFor(app, actor, id)
  const files = await audited(app, actor, async (trx) => {
    const again = await waitAgain(trx, id, { rows, now: app.clock.now() })
    const act = { action: 'task.fetch', target: id, details: { task: name, files: again } }
    return { act: again > 0 ? act : undefined, result: again }
  })
  if (files === 0) throw new UserError(rows ? say('no-file-of-rows') : say('no-file-of-task', { task: id }))
  app.fetchFiles(id)
  return { files }
}

/** Deletes it with its rows, results and log. @returns the task as it was */
export async function deleteTask(app: TaskApp, actor: Actor, id: string): Promise<TaskView> {
  const task = await findTaskFor(app, actor, id)
  await app.engineFor(actor).delete(id)
  return task
}

/** A task that the actor may act on. */
export async function findTaskFor({ db }: Pick<TaskApp, 'db'>, actor: Actor, id: string): Promise<TaskView> {
  const task = await findTask(db, id)
  if (!task) throw new UnknownTask(id)
  requireOwner(actor, task)
  return task
}
