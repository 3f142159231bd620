import { countInFlight } from '../db/task-facts.ts'
import { findTask, type TaskView } from '../db/tasks.ts'
import { unknownTask } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import type { Rowbot } from '../rowbot.ts'
import { progressText, sampled, type Samples } from './progress.ts'
import type { Screen } from './screen.ts'

const LOOK_EVERY_MS = 200
/** After a second Ctrl-C, or when the system wants us gone: what is in flight goes on at Dify and is asked after later. */
const GONE_AFTER_MS = 10_000

/**
 * Runs a task to its end, here or, when another process runs this data folder's tasks, there; shows how it goes on.
 * Ctrl-C pauses it where this process runs it, and only stops looking where another one does.
 */
export async function follow(bot: Rowbot, taskId: string, screen: Screen): Promise<TaskView> {
  const interrupt = interruptible(bot, taskId, screen)
  let samples: Samples = []
  let told = false
  try {
    for (;;) {
      const task = await findTask(bot.db, taskId)
      if (!task) throw unknownTask(taskId)
      samples = sampled(samples, task, Date.now())
      screen.live(progressText(task, samples, bot.lines.loweredLimit(task.workflowId)), isOver(task))
      if (isOver(task)) {
        await interrupt.settled()
        return (await findTask(bot.db, taskId)) ?? task
      }
      if (interrupt.left) return task
      // The lock is free again when the process that ran the task is gone: then it goes on here.
      if (!bot.startRunner() && !told) {
        told = true
        screen.note('Another Rowbot process runs the tasks of this data folder; it runs this one too.')
      }
      await Bun.sleep(LOOK_EVERY_MS)
    }
  } finally {
    interrupt.off()
  }
}

function isOver({ status }: Task): boolean {
  return status !== 'pending' && status !== 'running'
}

/** Ctrl-C once: pause, and let what is in flight finish. Twice, or SIGTERM and ten seconds: leave it to the next run. */
function interruptible(bot: Rowbot, taskId: string, screen: Screen) {
  let left = false
  let pausing: Promise<void> | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (!bot.runsTasks) {
      left = true
    } else if (pausing) {
      void bot.stopRunner(0)
    } else {
      pausing = pause()
      if (signal === 'SIGTERM') setTimeout(() => void bot.stopRunner(0), GONE_AFTER_MS).unref()
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    /** no longer looking at a task that runs elsewhere */
    get left() {
      return left
    },
    /** nothing of any task is in flight here any more */
    async settled() {
      await pausing
      await bot.stopRunner(Number.POSITIVE_INFINITY)
    },
    off() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }

  async function pause(): Promise<void> {
    const inFlight = await countInFlight(bot.db, taskId)
    if (inFlight > 0)
      screen.note(`Pausing: waiting for ${inFlight} in flight (Ctrl-C again leaves them to the next run).`)
    await bot.engine.pause(taskId, 'Ctrl-C').catch(() => {}) // it ended on its own at the same moment
  }
}
