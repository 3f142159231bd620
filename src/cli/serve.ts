import type { Rowbot } from '../rowbot.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { untilTold } from './until-told.ts'

const TRY_EVERY_MS = 500
/** Rows in flight get this long to finish; what does not goes on at Dify and is asked after at the next start. */
const GRACE_MS = 25_000

/** Runs what waits and answers in the chats, until it is told to stop. */
export async function serve(bot: Rowbot, screen: Screen): Promise<number> {
  const told = untilTold()
  await addConfigured(bot, screen)
  if (!bot.startRunner()) {
    screen.note(
      'Another Rowbot process runs the tasks of this data folder; this one takes over when it is done.',
    )
    if (!(await takeOver(bot, told))) return EXIT.done
  }
  const stopChats = await startChats(bot, screen)
  screen.note(`Running the tasks of ${bot.config.dataDir}. Ctrl-C stops.`)
  await told
  screen.note('Stopping: rows in flight may finish.')
  await stopChats()
  await bot.stopRunner(GRACE_MS)
  return EXIT.done
}

/** The chats are large programs: loaded only where one is set up. */
async function startChats(bot: Rowbot, screen: Screen): Promise<() => Promise<void>> {
  if (!bot.config.slack && !bot.config.discord) return async () => {}
  const { serveChats } = await import('./serve-chats.ts')
  return serveChats(bot, screen)
}

/** False: it was told to stop before the other process was done. */
async function takeOver(bot: Rowbot, told: Promise<unknown>): Promise<boolean> {
  for (;;) {
    if (bot.startRunner()) return true
    const isTold = await Promise.race([told.then(() => true), Bun.sleep(TRY_EVERY_MS).then(() => false)])
    if (isTold) return false
  }
}
