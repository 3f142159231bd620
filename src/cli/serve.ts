import type { Rowbot } from '../rowbot.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { untilTold } from './until-told.ts'

const TRY_EVERY_MS = 500
/** Rows in flight get this long to finish; what does not goes on at Dify and is asked after at the next start. */
const GRACE_MS = 25_000

/** Runs what waits, until it is told to stop. */
export async function serve(bot: Rowbot, screen: Screen): Promise<number> {
  const told = untilTold()
  await addConfigured(bot, screen)
  if (bot.startRunner()) {
    screen.note(`Running the tasks of ${bot.config.dataDir}. Ctrl-C stops.`)
  } else {
    screen.note(
      'Another Rowbot process runs the tasks of this data folder; this one takes over when it is done.',
    )
    const retry = setInterval(() => {
      if (bot.startRunner()) clearInterval(retry)
    }, TRY_EVERY_MS)
    void told.finally(() => clearInterval(retry))
  }
  await told
  screen.note('Stopping: rows in flight may finish.')
  await bot.stopRunner(GRACE_MS)
  return EXIT.done
}
