import { VERSION } from '../engine/this-program.ts'
import { healthOf } from '../serve/health.ts'
import type { PageServer } from '../serve/page-server.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import type { Notifier } from '../notify/notifier.ts'
import { showPage } from './page.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import type { Chats } from '../serve/chats.ts'
import { untilStopSignal } from './interrupt.ts'

/** Rows in flight get this long to finish. Later ones continue at Dify, and are looked up at the next start. */
const GRACE_MS = 25_000

/** Serves the page, runs waiting tasks and answers in the chats, until it is stopped. */
export async function serve(bot: Rowbot, screen: Screen): Promise<number> {
  bot.log.info({ version: VERSION, bun: Bun.version, platform: process.platform }, 'Rowbot starts to serve')
  const stopSignal = untilStopSignal()
  const serving: ServedPage = { isDraining: false, chats: undefined, notifier: undefined }
  const page = await openPage(bot, serving, screen)
  try {
    await run(bot, serving, stopSignal, screen)
    await stopSignal
    serving.isDraining = true // first, so that no new requests are sent here
    screen.note('Stopping: rows in flight may finish.')
    await serving.chats?.stop()
    await serving.notifier?.stop()
    await bot.stopRunner(GRACE_MS)
  } finally {
    await serving.notifier?.stop() // also where a chat could not start
    await page.stop()
  }
  return EXIT.done
}

/** State that changes while it serves. */
interface ServedPage {
  isDraining: boolean
  /** undefined: not started yet, or none is set up */
  chats: Chats | undefined
  /** undefined: another process is the runner */
  notifier: Notifier | undefined
}

/** Opens at once, even if another process is the runner: the page needs only the database. */
async function openPage(bot: Rowbot, serving: ServedPage, screen: Screen): Promise<PageServer> {
  const { servePage } = await import('../serve/page-server.ts') // large, and only needed here
  const { slack } = bot.config
  const admin = await bot.adminToken()
  const page = await servePage(bot, {
    token: admin.token,
    health: () =>
      healthOf(bot, {
        isDraining: serving.isDraining,
        chats: serving.chats?.states() ?? {},
        remarks: serving.chats?.remarks() ?? {},
      }),
    isStopping: () => serving.isDraining,
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
  const { notifierOf } = await import('../serve/notifications.ts') // loads the page’s API, which is large
  serving.notifier = notifierOf(bot)
  serving.notifier.start()
  if (bot.config.slack ?? bot.config.discord) {
    const { Chats } = await import('../serve/chats.ts') // the chats are large
    serving.chats = new Chats(bot, (line) => screen.note(line))
    const started = serving.chats.start()
    started.catch(() => {}) // awaited below, unless it is stopped before a chat has connected
    await Promise.race([started, stopSignal])
  }
  screen.note(`Running the tasks of ${bot.config.dataDir}. Ctrl-C stops.`)
}

/** Slack resends events after a 503. */
function notYet(): Response {
  return new Response(null, { status: 503 })
}

const TRY_EVERY_MS = 500

/**
 * Becomes the runner as soon as no other process is.
 * @returns false if it was stopped before that
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
