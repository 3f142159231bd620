import { BOT_LEASE, isLeased } from '../db/leases.ts'
import { ROWBOT } from '../engine/this-program.ts'
import { countOutputFiles } from '../db/rows/output-files.ts'
import { listFailures, sumUsage } from '../db/stats/task-facts.ts'
import { listNotifications } from '../db/tasks/notifications.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { findWorkedMs } from '../db/stats/worked.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { findFlagged } from '../app/flags.ts'
import { findLimitUse } from '../app/task-limit.ts'
import { findUsedUp } from '../app/usage.ts'
import { type ResultFormat, writeTaskResult } from '../app/results.ts'
import type { WrittenResult } from '../workbook/types.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { endCode, EXIT, goesOn } from './end-code.ts'
import { checkTarget, resultFormat, written } from './files.ts'
import { follow, stopRunning } from './follow.ts'
import { interruptible } from './interrupt.ts'
import { writeZipBeside, type ZipBeside } from './result-zip.ts'
import type { Screen } from './screen.ts'
import { findTrial, type Trial, trialJson } from '../app/trial.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'
import { fileLines } from './text/files.ts'
import { notificationLines } from './text/notifications.ts'
import { summaryLines } from './text/summary.ts'
import { trialLines } from './text/trial.ts'

export interface Finish {
  /** where the person wants the result: written there even if the task has not ended */
  out?: string
  /**
   * where it goes otherwise, only at the end: a partial one would stay behind when another process continues the task
   */
  path: (task: TaskView) => string | undefined
  json: boolean
}

/** Follows a task to its end, writes the result and prints a summary. Returns the exit code. */
export async function finish(
  bot: Rowbot,
  taskId: string,
  screen: Screen,
  { out, path, json }: Finish,
): Promise<number> {
  const interrupt = interruptible(bot, taskId, screen)
  try {
    const task = await follow(bot, taskId, interrupt, screen)
    interrupt.over()
    const target = out ?? (goesOn(task.status) ? undefined : path(task))
    const result = target === undefined ? undefined : await writeResultOf(bot, task, target)
    if (result) for (const line of resultNotes(result)) screen.note(line)
    if (result?.zip.problem !== undefined) screen.warn(result.zip.problem)
    const trial = await findTrial(bot.db, task, MAX_SAMPLE)
    if (json) {
      const ended = taskJson(await timed(bot, task), target ?? null, result?.zip.path)
      screen.print(JSON.stringify({ ...ended, ...(trial && { trial: trialJson(trial) }) }))
    } else await showSummary(bot, task, screen, { result: target, zip: result?.zip.path, trial })
    await notifyOthers(bot, task, screen)
    await stopRunning(bot, taskId, screen)
    return exitCode(task, trial)
  } finally {
    interrupt.off()
  }
}

/** Those who are to be notified of its end, and of other ends that are due, are tried once; a later process goes on. */
async function notifyOthers(bot: Rowbot, task: TaskView, screen: Screen): Promise<void> {
  if (!bot.runsTasks || task.finishedAt === null) return
  if (bot.isShared && (await isLeased(bot.db, BOT_LEASE))) return // a machine that serves does it
  const { notifierOf } = await import('../serve/notifications.ts') // loads the page’s API, which is large
  await notifierOf(bot).sendDue()
  for (const line of notificationLines(await listNotifications(bot.db, task.id))) screen.note(line)
}

/** @throws UserError if it cannot be written there: the rows stay in the database, so it can be written elsewhere */
export async function writeResultOf(
  bot: Rowbot,
  task: TaskView,
  path: string,
  format: ResultFormat = resultFormat(path),
): Promise<ResultWithFiles> {
  const elsewhere = `Its rows are kept. Write it elsewhere: ${ROWBOT} result ${task.id} --out FILE`
  try {
    checkTarget(path) // otherwise the worker that writes would die of it
  } catch (fault) {
    throw fault instanceof UserError ? new UserError(fault.message, elsewhere) : fault
  }
  const { limits } = bot.config
  const name = await workflowName(bot, task)
  const result = await written(path, elsewhere, () =>
    writeTaskResult(bot.db, task, name, { path, format, limits }),
  )
  return { ...result, zip: await writeZipBeside(bot, task.id, path) }
}

/** With the ZIP of its files, which lies beside it. */
export type ResultWithFiles = WrittenResult & { zip: ZipBeside }

/** Why the result is not in the person’s own workbook, if it was to be. */
export function resultNotes(result: WrittenResult): string[] {
  return result.kind === 'plain' && result.why
    ? [`The result is a new workbook: yours could not take columns, because ${result.why.message}.`]
    : []
}

async function showSummary(
  bot: Rowbot,
  task: TaskView,
  screen: Screen,
  { result, zip, trial }: { result: string | undefined; zip: string | undefined; trial: Trial | undefined },
): Promise<void> {
  const failures = await listFailures(bot.db, task.id)
  const flagged = await findFlagged(bot.db, task)
  const spent = await sumUsage(bot.db, task.id)
  for (const line of trial ? trialLines(trial) : []) screen.print(line)
  const summary = {
    task: await timed(bot, task),
    failures,
    spent,
    flagged,
    use: await findLimitUse(bot.db, task),
    usedUp: task.atMonthLimit ? await findUsedUp(bot.db, task, bot.clock.now()) : undefined,
    result,
  }
  for (const line of summaryLines(summary)) screen.print(line)
  for (const line of fileLines(task.id, await countOutputFiles(bot.db, task.id))) screen.print(line)
  screen.print(result ?? `Its results: ${ROWBOT} result ${task.id} --out FILE`)
  if (zip !== undefined) screen.print(zip)
}

async function workflowName(bot: Rowbot, { workflowId }: TaskView): Promise<string> {
  return (await findWorkflow(bot.db, workflowId))?.name ?? ''
}

/** A task, and how long it worked. */
export type TimedTask = TaskView & { workedMs: number }

export async function timed({ db, clock }: Pick<Rowbot, 'db' | 'clock'>, task: TaskView): Promise<TimedTask> {
  return { ...task, workedMs: await findWorkedMs(db, task, clock.now()) }
}

/** The task as JSON. `seconds`: how long it ran, without pauses and time without a runner. `leftOut` and `waiting` (for an answer) only if there are such rows, `files` (the ZIP) only if there are any. */
export function taskJson(task: TimedTask, result: string | null, files?: string) {
  const { id, status, counts, waiting, workedMs, leftOut } = task
  return {
    id,
    status,
    total: counts.total,
    succeeded: counts.succeeded,
    failed: counts.failed,
    cancelled: counts.cancelled,
    seconds: workedMs / 1000,
    result,
    ...(files !== undefined && { files }),
    ...(leftOut > 0 && { leftOut }),
    ...(waiting > 0 && { waiting }),
    ...(task.atLimit && { atLimit: true }),
    ...(task.atMonthLimit && { atMonthLimit: true }),
  }
}

/** A trial that is over is what was asked for, although the task is paused then. */
function exitCode({ status, counts, leftOut }: TaskView, trial: Trial | undefined): number {
  if (trial) return counts.failed === 0 ? EXIT.done : EXIT.someFailed
  return endCode({ status, total: counts.total, succeeded: counts.succeeded, leftOut })
}
