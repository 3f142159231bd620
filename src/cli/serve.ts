import { healthOf } from '../serve/health.ts'
import type { PageServer } from '../serve/page-server.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import { showPage } from './page.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import type { Chats } from '../serve/chats.ts'
import { untilStopSignal } from './interrupt.ts'

/** Rows in flight get this long to finish; what does not goes on at Dify and is asked after at the next start. */
const GRACE_MS = 25_000

/** Serves the page, runs what waits and answers in the chats, until it is told to stop. */
export async function serve(bot: Rowbot, screen: Screen): Promise<number> {
  const stopSignal = untilStopSignal()
  const serving: ServedPage = { isDraining: false, chats: undefined }
  const page = await openPage(bot, serving, screen)
  try {
    await run(bot, serving, stopSignal, screen)
    await stopSignal
    serving.isDraining = true // told first, so that nobody is sent here any more
    screen.note('Stopping: rows in flight may finish.')
    await serving.chats?.stop()
    await bot.stopRunner(GRACE_MS)
  } finally {
    await page.stop()
  }
  return EXIT.done
}

/** What changes while it serves. */
interface ServedPage {
  isDraining: boolean
  /** undefined: not yet, or none is set up */
  chats: Chats | undefined
}

/** At once, whoever runs the tasks: the page needs only the database. */
async function openPage(bot: Rowbot, serving: ServedPage, screen: Screen): Promise<PageServer> {
  const { servePage } = await import('../serve/page-server.ts') // large, and only needed here
  const { slack } = bot.config
  const admin = bot.adminToken()
  const page = await servePage(bot, {
    token: admin.token,
    health: () => healthOf(bot, { isDraining: serving.isDraining, chats: serving.chats?.states() ?? {} }),
    ...(slack &&
      !slack.appToken && {
        slackEvents: (request) => serving.chats?.slackEvents(request) ?? Promise.resolve(notYet()),
      }),
  })
  showPage(page.address, admin, screen)
  return page
}

async function run(
  bot: Rowbot,
  serving: ServedPage,
  stopSignal: Promise<unknown>,
  screen: Screen,
): Promise<void> {
  await addConfigured(bot, screen)
  if (!(await takeOver(bot, stopSignal, screen))) return
  if (bot.config.slack ?? bot.config.discord) {
    const { Chats } = await import('../serve/chats.ts') // the chats are large programs
    serving.chats = new Chats(bot)
    const started = serving.chats.start((line) => screen.note(line))
    started.catch(() => {}) // waited for below, unless it is told to stop while a chat is away
    await Promise.race([started, stopSignal])
  }
  screen.note(`Running the tasks of ${bot.config.dataDir}. Ctrl-C stops.`)
}

/** Slack sends events again after a 503. */
function notYet(): Response {
  return new Response(null, { status: 503 })
}

const TRY_EVERY_MS = 500

/**
 * Becomes the process that runs the tasks, as soon as no other one does.
 * @returns false when it was told to stop before the other was done
 */
export async function takeOver(bot: Rowbot, stopSignal: Promise<unknown>, screen: Screen): Promise<boolean> {
  if (bot.startRunner()) return true
  screen.note(
    'Another Rowbot process runs the tasks of this data folder; this one takes over when it is done.',
  )
  for (;;) {
    const isStopped = await Promise.race([
      stopSignal.then(() => true),
      Bun.sleep(TRY_EVERY_MS).then(() => false),
    ])
    if (isStopped) return false
    if (bot.startRunner()) return true
  }
}
