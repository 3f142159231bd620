import { listFailures, sumUsage } from '../db/task-facts.ts'
import type { TaskView } from '../db/tasks.ts'
import { findWorkflow } from '../db/workflows.ts'
import { writeTaskResult } from '../result.ts'
import type { Rowbot } from '../rowbot.ts'
import { resultFormat } from './files.ts'
import { follow } from './follow.ts'
import type { Screen } from './screen.ts'
import { summaryLines } from './summary.ts'

export const EXIT = { done: 0, couldNotRun: 1, someFailed: 2, interrupted: 130 } as const

/** Follows a task to its end, writes the result and says what became of it. Gives the exit code. */
export async function finish(
  bot: Rowbot,
  taskId: string,
  screen: Screen,
  { path, json }: { path: (task: TaskView) => string; json: boolean },
): Promise<number> {
  const task = await follow(bot, taskId, screen)
  const result = path(task)
  await writeTaskResult(bot.db, task, await workflowName(bot, task), {
    path: result,
    format: resultFormat(result),
  })
  if (json) {
    screen.print(JSON.stringify(taskJson(task, result)))
  } else {
    for (const line of summaryLines(
      task,
      await listFailures(bot.db, taskId),
      await sumUsage(bot.db, taskId),
    )) {
      screen.print(line)
    }
    screen.print(result)
  }
  return exitCode(task)
}

export async function workflowName(bot: Rowbot, { workflowId }: TaskView): Promise<string> {
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

function exitCode({ status, counts, leftOut }: TaskView): number {
  if (status === 'paused' || status === 'running' || status === 'pending') return EXIT.interrupted
  if (status === 'failed') return EXIT.couldNotRun
  return counts.succeeded === counts.total && leftOut === 0 ? EXIT.done : EXIT.someFailed
}
