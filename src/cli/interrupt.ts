import { countInFlight } from '../db/stats/task-facts.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { pauseTask } from '../app/tasks.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

/** How long SIGTERM waits for rows in flight. Those that take longer continue at Dify, and are looked up later. */
const FORCE_AFTER_MS = 10_000

/** What Ctrl-C and SIGTERM do while a task is followed. */
export interface Interrupt {
  /** stopped following a task that runs in another process */
  readonly left: boolean
  /** resolves when a requested pause is stored */
  paused(): Promise<void>
  /** The task is over: from now on a signal only shortens the wait for other tasks’ rows. */
  over(): void
  off(): void
}

/**
 * Ctrl-C once: pause, and let rows in flight finish. Twice, or ten seconds after SIGTERM: leave them to the next run.
 */
export function interruptible(bot: Rowbot, taskId: string, screen: Screen): Interrupt {
  let left = false
  let isOver = false
  let signalledAt = Number.NEGATIVE_INFINITY
  let pausing: Promise<void> | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && performance.now() - signalledAt < AS_ONE_MS) return
    signalledAt = performance.now()
    if (!bot.runsTasks) {
      left = true
    } else if (pausing || isOver) {
      void bot.stopRunner(0)
    } else {
      pausing = pause()
      if (signal === 'SIGTERM') setTimeout(() => void bot.stopRunner(0), FORCE_AFTER_MS).unref()
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    get left() {
      return left
    },
    paused: async () => pausing,
    over() {
      isOver = true
    },
    off() {
      process.off('SIGTERM', onSignal)
      // The same Ctrl-C may arrive a second time.
      setTimeout(() => process.off('SIGINT', onSignal), AS_ONE_MS).unref()
    },
  }

  async function pause(): Promise<void> {
    const inFlight = await countInFlight(bot.db, taskId)
    if (inFlight > 0)
      screen.note(`Pausing: waiting for ${inFlight} in flight (Ctrl-C again leaves them to the next run).`)
    await pauseTask(bot, actorHere(), taskId).catch(() => {}) // it ended at the same moment
  }
}

/**
 * `bun run` forwards Ctrl-C to its child, which also gets it from the terminal: two so close together count as one.
 */
export const AS_ONE_MS = 500

/** Resolves with the first SIGINT or SIGTERM. A second one ends the process as usual. */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onStop = (signal: NodeJS.Signals) => {
      resolve(signal)
      setTimeout(off, AS_ONE_MS).unref()
    }
    const off = () => {
      process.off('SIGINT', onStop)
      process.off('SIGTERM', onStop)
    }
    process.on('SIGINT', onStop)
    process.on('SIGTERM', onStop)
  })
}
