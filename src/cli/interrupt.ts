import { countInFlight } from '../db/stats/task-facts.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { pauseTask } from '../app/tasks.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

/** After a second Ctrl-C, or when the system wants us gone: what is in flight goes on at Dify and is asked after later. */
const FORCE_AFTER_MS = 10_000

/** What Ctrl-C and SIGTERM do while a task is followed. */
export interface Interrupt {
  /** no longer looking at a task that runs elsewhere */
  readonly left: boolean
  /** a pause that was asked for is written */
  paused(): Promise<void>
  /** The task is over: from now on a signal only hurries what is left of other tasks. */
  over(): void
  off(): void
}

/** Ctrl-C once: pause, and let what is in flight finish. Twice, or SIGTERM and ten seconds: leave it to the next run. */
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
      // The same Ctrl-C may still be on its way a second time.
      setTimeout(() => process.off('SIGINT', onSignal), AS_ONE_MS).unref()
    },
  }

  async function pause(): Promise<void> {
    const inFlight = await countInFlight(bot.db, taskId)
    if (inFlight > 0)
      screen.note(`Pausing: waiting for ${inFlight} in flight (Ctrl-C again leaves them to the next run).`)
    await pauseTask(bot, actorHere(), taskId).catch(() => {}) // it ended on its own at the same moment
  }
}

/**
 * `bun run` hands a Ctrl-C on to its child, which has it from the terminal already: a second one so soon after the first
 * is the same.
 */
export const AS_ONE_MS = 500

/** Resolves with the first SIGINT or SIGTERM. A later one ends the process as it always does. */
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
