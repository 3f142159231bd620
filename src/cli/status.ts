import { actTogether, findCompared } from '../app/comparison.ts'
import { findFlagged } from '../app/flags.ts'
import { findProgress } from '../app/progress.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { findLimitUse } from '../app/task-limit.ts'
import { findTrial } from '../app/trial.ts'
import { countFailedFiles, countOutputFiles } from '../db/rows/output-files.ts'
import { listFailures, sumUsage } from '../db/stats/task-facts.ts'
import { listWork } from '../db/stats/work.ts'
import { listWorkedMs } from '../db/stats/worked.ts'
import { listLogs } from '../db/tasks/logs.ts'
import { listNotifications } from '../db/tasks/notifications.ts'
import { listTasks as findTasks, type TaskView } from '../db/tasks/tasks.ts'
import { ROWBOT } from '../engine/this-program.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'
import { comparisonText } from './compare.ts'
import { EXIT } from './end-code.ts'
import { taskJson, timed } from './finish.ts'
import type { Screen } from './screen.ts'
import { fileLines } from './text/files.ts'
import { notificationLines } from './text/notifications.ts'
import { progressText } from './text/progress.ts'
import { summaryLines } from './text/summary.ts'
import { logLines, taskTable } from './text/tasks.ts'
import { trialLines } from './text/trial.ts'
import { waitingNote } from './text/waiting.ts'
import { theTask } from './the-task.ts'

const TASKS_LISTED = 100
const LOG_LINES = 12

export async function listTasks(bot: Rowbot, { json }: { json: boolean }, screen: Screen): Promise<number> {
  const all = await findTasks(bot.db, { limit: TASKS_LISTED })
  if (json) {
    const worked = await listWorkedMs(bot.db, all, bot.clock.now())
    const timedOf = (task: TaskView) => ({ ...task, workedMs: worked.get(task.id) ?? 0 })
    screen.print(JSON.stringify(all.map((task) => ({ ...taskJson(timedOf(task), null), name: task.name }))))
  } else {
    const failedFiles = await countFailedFiles(
      bot.db,
      all.map(({ id }) => id),
    )
    for (const line of taskTable(all, failedFiles)) screen.print(line)
  }
  return EXIT.done
}

export async function status(
  bot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await timed(bot, await theTask(bot, id))
  if (json) {
    screen.print(JSON.stringify({ ...taskJson(task, null), name: task.name, error: task.error }))
    return EXIT.done
  }
  screen.print(`${task.id} · ${task.name} · ${task.fileName} · ${task.sheet} · started by ${task.owner}`)
  const now = bot.clock.now()
  const progress = await findProgress(task, {
    now,
    work: (taskIds) => listWork(bot.db, taskIds, now),
    slowdown: (workflowId) => bot.runtimes.slowdown(workflowId),
  })
  screen.print(progressText(progress))
  const failures = await listFailures(bot.db, id)
  const spent = await sumUsage(bot.db, id)
  const flagged = await findFlagged(bot.db, task)
  const use = await findLimitUse(bot.db, task)
  const compared = await findCompared(bot.db, id)
  for (const line of compared ? comparisonText(compared) : []) screen.print(line)
  const trial = compared && actTogether(compared) ? undefined : await findTrial(bot.db, task, MAX_SAMPLE)
  for (const line of trial ? trialLines(trial) : []) screen.print(line)
  for (const line of summaryLines({ task, failures, spent, flagged, use })) screen.print(line)
  for (const line of fileLines(id, await countOutputFiles(bot.db, id))) screen.print(line)
  if (task.waiting > 0) screen.print(waitingNote(task))
  for (const line of notificationLines(await listNotifications(bot.db, id))) screen.print(line)
  for (const line of logLines(await listLogs(bot.db, { taskId: id, limit: LOG_LINES }))) screen.print(line)
  if (task.status === 'running' && !(await bot.hasRunner()))
    screen.print(`It is not running now. Continue: ${ROWBOT} resume ${id}`)
  return EXIT.done
}
