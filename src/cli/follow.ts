import { countInFlight, countInFlightElsewhere, countUnresolved } from '../db/stats/task-facts.ts'
import { listWork } from '../db/stats/work.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import { findProgress, type ProgressSources } from '../app/progress.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { rowsText } from './text/check.ts'
import type { Interrupt } from './interrupt.ts'
import { progressText } from './text/progress.ts'
import type { Screen } from './screen.ts'

const POLL_EVERY_MS = 200
const WORK_FRESH_MS = 1_000
/** Other tasks' rows get this long to finish once ours is done; what does not goes on at Dify and is asked after. */
const GRACE_MS = 10_000

/**
 * Runs a task to its end, here or, when another process runs this data folder's tasks, there; shows how it goes on.
 * Ctrl-C pauses it where this process runs it, and only stops looking where another one does.
 */
export async function follow(
  bot: Rowbot,
  taskId: string,
  interrupt: Interrupt,
  screen: Screen,
): Promise<TaskView> {
  const ask = unresolvedNote(bot, screen)
  const progressNow = progressSources(bot)
  let isNoted = false
  for (;;) {
    const task = await findTask(bot.db, taskId)
    if (!task) throw new UnknownTask(taskId)
    screen.live(progressText(await findProgress(task, progressNow())), isOver(task))
    if (isOver(task)) {
      await interrupt.paused()
      await untilAtRest(bot, taskId)
      return (await findTask(bot.db, taskId)) ?? task
    }
    if (interrupt.left) return task
    await ask(task)
    // The lock is free again when the process that ran the task is gone: then it goes on here.
    if (!bot.startRunner() && !isNoted) {
      isNoted = true
      screen.note('Another Rowbot process runs the tasks of this data folder; it runs this one too.')
    }
    await Bun.sleep(POLL_EVERY_MS)
  }
}

/** What the task did lately is asked for once a second, though it is looked at more often. */
function progressSources(bot: Rowbot): () => ProgressSources {
  let asked: ReturnType<typeof listWork> | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  return () => {
    const now = bot.clock.now()
    return {
      now,
      slowdown: (workflowId) => bot.runtimes.slowdown(workflowId),
      work(taskIds) {
        if (!asked || Math.abs(now - askedAt) >= WORK_FRESH_MS) {
          asked = listWork(bot.db, taskIds, now)
          askedAt = now
        }
        return asked
      },
    }
  }
}

/** Gives up running tasks: what this process runs of others has a while to finish, and is the next runner's then. */
export async function stopRunning(bot: Rowbot, taskId: string, screen: Screen): Promise<void> {
  const others = bot.runsTasks ? await countInFlightElsewhere(bot.db, taskId, performance.timeOrigin) : 0
  if (others > 0) screen.note(`Finishing ${rowsText(others)} of another task.`)
  await bot.stopRunner(GRACE_MS)
}

function isOver({ status }: Task): boolean {
  return status !== 'pending' && status !== 'running'
}

/** Waits until none of a task's rows is in flight here any more. */
async function untilAtRest(bot: Rowbot, taskId: string): Promise<void> {
  while (bot.runsTasks && (await countInFlight(bot.db, taskId)) > 0) await Bun.sleep(POLL_EVERY_MS)
}

function settledRows({ counts }: TaskView): number {
  return counts.total - counts.left
}

/** Says once why nothing moves: rows of a lost call are asked after before anything is called. */
function unresolvedNote(bot: Rowbot, screen: Screen): (task: TaskView) => Promise<void> {
  let settledBefore: number | undefined
  let isNoted = false
  return async (task) => {
    settledBefore ??= settledRows(task)
    if (isNoted || task.status !== 'running' || settledRows(task) > settledBefore) return
    const rows = await countUnresolved(bot.db, task.id)
    if (rows === 0) return
    isNoted = true
    screen.note(`Asking Dify what became of ${rowsText(rows)}.`)
  }
}
