import { failedRowNumbers } from '../db/rows/error-groups.ts'
import { waitAgain } from '../db/rows/output-files.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import type { SeenState } from '../engine/again.ts'
import { type Submission, UnknownTask } from '../engine/engine.ts'
import { askToStop } from '../engine/stopped-runs.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireOwner } from './actor.ts'
import { audited } from './audit.ts'
import { findFlagged } from './flags.ts'
import { newInputs } from './new-inputs.ts'
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
  if (inFlight.length > 0 && !(await app.hasRunner())) {
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
export interface RetryOf extends SeenState {
  rows?: number[] | undefined
  error?: string | undefined
}

/**
 * Runs failed rows again. `rows` in the answer: how many.
 * @throws NotAgain if it is not as somebody saw it
 */
export async function retryTask(
  app: TaskApp,
  actor: Actor,
  id: string,
  { rows, error, ...seen }: RetryOf = {},
): Promise<{ task: Task; rows: number }> {
  await requireRoom(app, await findTaskFor(app, actor, id))
  const wanted = error === undefined ? rows : await failedRowNumbers(app.db, id, [error])
  return app.engineFor(actor).retry(id, actor.name, wanted, seen)
}

/** How rows are to run again. */
export interface AgainOf extends SeenState {
  /** the only row is sent these: by input, as a person would type them into its cells; or what the file gives again */
  inputs?: Record<string, string> | 'as-in-file' | undefined
}

/**
 * Runs settled rows again: these, whether they succeeded, failed or were cancelled; or all with something to look at.
 * Each is paid again, and no other row runs. `rows` in the answer: how many.
 * @throws NotAgain if a row is not settled or has changed, or the task stands still with rows left: these would run, too
 * @throws WrongInput if one of the inputs is no value for it
 */
export async function runAgain(
  app: TaskApp,
  actor: Actor,
  id: string,
  rows?: readonly number[],
  { inputs, ...seen }: AgainOf = {},
): Promise<{ task: Task; rows: number }> {
  const task = await findTaskFor(app, actor, id)
  const wanted = [...new Set(rows ?? (await findFlagged(app.db, task)).rows)]
  if (!rows && wanted.length === 0) throw new UserError(say('nothing-to-look-at', { task: id }))
  await requireRoom(app, task)
  const again = {
    ...seen,
    rows: wanted,
    inputs: inputs && (await newInputs(app, actor, task, wanted, inputs)),
  }
  return app.engineFor(actor).runAgain(id, actor.name, again)
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
