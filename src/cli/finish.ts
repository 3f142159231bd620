import { listFailures, sumUsage } from '../db/stats/task-facts.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { writeTaskResult } from '../app/results.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { checkTarget, resultFormat, written } from './files.ts'
import { follow, stopRunning } from './follow.ts'
import { interruptible } from './interrupt.ts'
import type { Screen } from './screen.ts'
import { summaryLines } from './text/summary.ts'

export const EXIT = { done: 0, couldNotRun: 1, someFailed: 2, interrupted: 130 } as const

export interface Finish {
  /** where a person wants the result: written there even when the task is not at its end */
  out?: string
  /** where it goes otherwise, at the end only: a half one would stay behind when the task goes on elsewhere */
  path: (task: TaskView) => string
  json: boolean
}

/** Follows a task to its end, writes the result and says what became of it. Gives the exit code. */
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
    const result = out ?? (goesOn(task) ? undefined : path(task))
    if (result !== undefined) await writeResultOf(bot, task, result)
    if (json) screen.print(JSON.stringify(taskJson(task, result ?? null)))
    else await showSummary(bot, task, result, screen)
    await stopRunning(bot, taskId, screen)
    return exitCode(task)
  } finally {
    interrupt.off()
  }
}

/** @throws UserError when it cannot be written there: the rows are kept, and it can be written elsewhere */
export async function writeResultOf(bot: Rowbot, task: TaskView, path: string): Promise<void> {
  const elsewhere = `Its rows are kept. Write it elsewhere: bun rowbot result ${task.id} --out FILE`
  try {
    checkTarget(path) // the worker that writes would only die of it
  } catch (fault) {
    throw fault instanceof UserError ? new UserError(fault.message, elsewhere) : fault
  }
  await written(path, elsewhere, async () =>
    writeTaskResult(bot.db, task, await workflowName(bot, task), { path, format: resultFormat(path) }),
  )
}

async function showSummary(
  bot: Rowbot,
  task: TaskView,
  result: string | undefined,
  screen: Screen,
): Promise<void> {
  const failures = await listFailures(bot.db, task.id)
  for (const line of summaryLines(task, failures, await sumUsage(bot.db, task.id), result)) screen.print(line)
  screen.print(result ?? `Results so far: bun rowbot result ${task.id} --out FILE`)
}

async function workflowName(bot: Rowbot, { workflowId }: TaskView): Promise<string> {
  return (await findWorkflow(bot.db, workflowId))?.name ?? ''
}

/** What programs read. `seconds`: from its first row to its end, or to now. `leftOut` only where rows were. */
export function taskJson(task: TaskView, result: string | null) {
  const { id, status, counts, startedAt, finishedAt, leftOut } = task
  return {
    id,
    status,
    total: counts.total,
    succeeded: counts.succeeded,
    failed: counts.failed,
    cancelled: counts.cancelled,
    seconds: startedAt === null ? 0 : ((finishedAt ?? Date.now()) - startedAt) / 1000,
    result,
    ...(leftOut > 0 && { leftOut }),
  }
}

/** It waits for `resume`: paused, stopped by a fault, or left to another process. */
function goesOn({ status }: TaskView): boolean {
  return status !== 'completed' && status !== 'cancelled'
}

function exitCode({ status, counts, leftOut }: TaskView): number {
  if (status === 'paused' || status === 'running' || status === 'pending') return EXIT.interrupted
  if (status === 'failed') return EXIT.couldNotRun
  return counts.succeeded === counts.total && leftOut === 0 ? EXIT.done : EXIT.someFailed
}
