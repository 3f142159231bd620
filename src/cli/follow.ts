import { countUnknownCalls, countUnresolved } from '../db/runs/run-facts.ts'
import { countInFlight, countInFlightElsewhere } from '../db/stats/task-facts.ts'
import { listWork } from '../db/stats/work.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import { findProgress, type ProgressSources } from '../app/progress.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { rowsText } from './text/check.ts'
import type { Interrupt } from './interrupt.ts'
import { progressText } from './text/progress.ts'
import { waitingNote } from './text/waiting.ts'
import type { Screen } from './screen.ts'

/** A task of a few quick rows ends soon after it begins. */
const FIRST_POLL_MS = 25
const POLL_EVERY_MS = 200
const WORK_FRESH_MS = 1_000
/**
 * Rows of other tasks get this long to finish once ours is done. Later ones continue at Dify, and are looked up
 * afterwards.
 */
const GRACE_MS = 10_000
/** When this process began; whole, as Postgres stores times. */
const STARTED_AT = Math.floor(performance.timeOrigin)

/**
 * Runs a task to its end and shows its progress; if another process is this data folder’s runner, that runs it.
 * Ctrl-C pauses the task if this process runs it, and otherwise only stops following.
 */
export async function follow(
  bot: Rowbot,
  taskId: string,
  interrupt: Interrupt,
  screen: Screen,
): Promise<TaskView> {
  await noteUnknownCalls(bot, taskId, screen)
  const ask = unresolvedNote(bot, screen)
  const progressNow = progressSources(bot)
  let isNoted = false
  let waiting = 0
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(waitMs * 2, POLL_EVERY_MS)) {
    const task = await findTask(bot.db, taskId)
    if (!task) throw new UnknownTask(taskId)
    screen.live(progressText(await findProgress(task, progressNow())), isOver(task))
    if (isOver(task)) {
      await interrupt.paused()
      await untilAtRest(bot, taskId)
      return (await findTask(bot.db, taskId)) ?? task
    }
    if (interrupt.left) return task
    if (task.waiting > waiting) screen.note(waitingNote(task))
    waiting = task.waiting
    await ask(task)
    // The lock becomes free when the process that ran the task ends: then this one runs it.
    if (!bot.startRunner() && !isNoted) {
      isNoted = true
      screen.note('Another Rowbot process runs the tasks of this data folder; it runs this one too.')
    }
    await Bun.sleep(waitMs)
  }
}

/** Recent work is queried once a second, although progress is shown more often. */
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

/** Stops being the runner: rows of other tasks get some time to finish, then they are left to the next runner. */
export async function stopRunning(bot: Rowbot, taskId: string, screen: Screen): Promise<void> {
  const others = bot.runsTasks ? await countInFlightElsewhere(bot.db, taskId, STARTED_AT) : 0
  if (others > 0) screen.note(`Finishing ${rowsText(others)} of another task.`)
  await bot.stopRunner(GRACE_MS)
}

function isOver({ status }: Task): boolean {
  return status !== 'pending' && status !== 'running'
}

/** Waits until no row of the task is in flight in this process. */
async function untilAtRest(bot: Rowbot, taskId: string): Promise<void> {
  while (bot.runsTasks && (await countInFlight(bot.db, taskId)) > 0) await Bun.sleep(POLL_EVERY_MS)
}

function settledRows({ counts }: TaskView): number {
  return counts.total - counts.left
}

/** Says once why nothing seems to happen: rows of lost calls are looked up before any call is made. */
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

/** Before they are called again: of some apps nobody can tell what became of a call. */
async function noteUnknownCalls(bot: Rowbot, taskId: string, screen: Screen): Promise<void> {
  const calls = await countUnknownCalls(bot.db, taskId)
  if (calls === 0) return
  screen.note(`${calls === 1 ? '1 call' : `${calls} calls`} may have been paid already: Dify cannot tell.`)
}
