import type { Rowbot } from '../rowbot.ts'
import type { Screen } from './screen.ts'

const TRY_EVERY_MS = 500

/**
 * Becomes the process that runs the tasks, as soon as no other one does.
 * @returns false when it was told to stop before the other was done
 */
export async function takeOver(bot: Rowbot, told: Promise<unknown>, screen: Screen): Promise<boolean> {
  if (bot.startRunner()) return true
  screen.note(
    'Another Rowbot process runs the tasks of this data folder; this one takes over when it is done.',
  )
  for (;;) {
    const isTold = await Promise.race([told.then(() => true), Bun.sleep(TRY_EVERY_MS).then(() => false)])
    if (isTold) return false
    if (bot.startRunner()) return true
  }
}
