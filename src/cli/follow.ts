import { countUnknownCalls, countUnresolved } from '../db/runs/run-facts.ts'
import { countInFlight, countInFlightElsewhere } from '../db/stats/task-facts.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { unknownTask } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { rowsText } from './text/check.ts'
import type { Interrupt } from './interrupt.ts'
import { progressText, sampled, settledRows, type Samples } from './text/progress.ts'
import type { Screen } from './screen.ts'

const LOOK_EVERY_MS = 200
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
  const unknown = await countUnknownCalls(bot.db, taskId)
  if (unknown > 0)
    screen.note(
      `${unknown === 1 ? '1 call' : `${unknown} calls`} may have been paid already: Dify cannot say.`,
    )
  const ask = askedAfter(bot, screen)
  let samples: Samples = []
  let told = false
  for (;;) {
    const task = await findTask(bot.db, taskId)
    if (!task) throw unknownTask(taskId)
    samples = sampled(samples, task, Date.now())
    screen.live(progressText(task, samples, bot.lines.loweredLimit(task.workflowId)), isOver(task))
    if (isOver(task)) {
      await interrupt.paused()
      await atRest(bot, taskId)
      return (await findTask(bot.db, taskId)) ?? task
    }
    if (interrupt.left) return task
    await ask(task)
    // The lock is free again when the process that ran the task is gone: then it goes on here.
    if (!bot.startRunner() && !told) {
      told = true
      screen.note('Another Rowbot process runs the tasks of this data folder; it runs this one too.')
    }
    await Bun.sleep(LOOK_EVERY_MS)
  }
}

/** Gives up running tasks: what this process runs of others has a while to finish, and is the next runner's then. */
export async function giveBack(bot: Rowbot, taskId: string, screen: Screen): Promise<void> {
  const others = bot.runsTasks ? await countInFlightElsewhere(bot.db, taskId, performance.timeOrigin) : 0
  if (others > 0) screen.note(`Finishing ${rowsText(others)} of another task.`)
  await bot.stopRunner(GRACE_MS)
}

function isOver({ status }: Task): boolean {
  return status !== 'pending' && status !== 'running'
}

/** Waits until none of a task's rows is in flight here any more. */
async function atRest(bot: Rowbot, taskId: string): Promise<void> {
  while (bot.runsTasks && (await countInFlight(bot.db, taskId)) > 0) await Bun.sleep(LOOK_EVERY_MS)
}

/** Says once why nothing moves: rows of a lost call are asked after before anything is called. */
function askedAfter(bot: Rowbot, screen: Screen): (task: TaskView) => Promise<void> {
  let settledBefore: number | undefined
  let told = false
  return async (task) => {
    settledBefore ??= settledRows(task)
    if (told || task.status !== 'running' || settledRows(task) > settledBefore) return
    const rows = await countUnresolved(bot.db, task.id)
    if (rows === 0) return
    told = true
    screen.note(`Asking Dify what became of ${rowsText(rows)}.`)
  }
}
