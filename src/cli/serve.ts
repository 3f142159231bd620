import { VERSION } from '../engine/this-program.ts'
import { UserError } from '../engine/user-error.ts'
import { healthOf } from '../serve/health.ts'
import type { PageServer } from '../serve/page-server.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
import { showPage } from './page.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import type { BotRole } from '../serve/bot-role.ts'
import { ALL_ROLES, requirePossible, type Roles } from './roles.ts'
import { untilStopSignal } from './interrupt.ts'

/** Rows in flight get this long to finish. Later ones continue at Dify, and are looked up at the next start. */
const GRACE_MS = 25_000
/** Within the time that the files in deploy/ and docs/install.md allow, 35 s. */
const END_WITHIN_MS = 33_000

/** Serves the page, runs waiting tasks and answers in the chats, until it is stopped. */
export async function serve(bot: Rowbot, screen: Screen, roles: Roles = ALL_ROLES): Promise<number> {
  requirePossible(roles, bot.isShared)
  bot.log.info({ version: VERSION, bun: Bun.version, platform: process.platform }, 'Rowbot starts to serve')
  if (bot.newerMigrations.length > 0)
    screen.warn(
      `This Rowbot (${VERSION}) is older than its database, which a newer one has migrated (${bot.newerMigrations.join(', ')}). It goes on beside that one: update it, too.`,
    )
  const stopSignal = untilStopSignal()
  const reopenLog = () => bot.reopenLog()
  process.on('SIGUSR2', reopenLog)
  await startTraces(bot)
  const serving: ServeState = { isDraining: false, chats: undefined }
  const page = await openPage(bot, serving, roles, screen)
  try {
    await run(bot, serving, { roles, stopSignal, screen })
    await stopSignal
    endAnyway(bot)
    serving.isDraining = true // first, so that no new requests are sent here
    screen.note('Stopping: rows in flight may finish.')
    await serving.chats?.stop()
    await bot.stopRunner(GRACE_MS)
  } finally {
    process.off('SIGUSR2', reopenLog)
    await serving.chats?.stop() // also where a chat could not start
    await page.stop()
  }
  return EXIT.done
}

/**
 * A line to a server that does not close must not keep the process alive: who manages services would kill it a moment later.
 * Nothing is lost by that.
 */
function endAnyway(bot: Rowbot): void {
  const end = () => {
    bot.log.error({}, 'it did not end by itself')
    process.exit()
  }
  setTimeout(end, END_WITHIN_MS).unref()
}

/** Before the first task runs. */
async function startTraces(bot: Rowbot): Promise<void> {
  const { traces } = bot.config
  if (!traces) return
  const { openTraces } = await import('../serve/traces.ts') // large, and seldom wanted
  bot.traces = openTraces({
    ...traces,
    onFault: (err) => bot.log.warn({ err }, 'traces could not be sent, and are gone'),
  })
}

/** State that changes while it serves. */
interface ServeState {
  isDraining: boolean
  /** undefined: not started yet, not its role, or another process on this data folder has it */
  chats: BotRole | undefined
}

/** Opens at once, even if another process is the runner: the page needs only the database. */
async function openPage(bot: Rowbot, serving: ServeState, roles: Roles, screen: Screen): Promise<PageServer> {
  const { servePage } = await import('../serve/page-server.ts') // large, and only needed here
  const { slack } = bot.config
  const admin = await bot.adminToken()
  const page = await servePage(bot, {
    token: admin.token,
    hasPage: roles.has('admin'),
    health: () => {
      const { isDraining, chats } = serving
      const bots = chats?.word()
      return healthOf(bot, {
        isDraining,
        chats: chats?.chats?.states() ?? {},
        remarks: { ...chats?.chats?.remarks(), ...(bots && { bot: bots }) },
      })
    },
    isStopping: () => serving.isDraining,
    ...(slack &&
      !slack.appToken &&
      roles.has('bot') && {
        slackEvents: (request) => serving.chats?.chats?.slackEvents(request) ?? Promise.resolve(notYet()),
      }),
  })
  if (roles.has('admin')) showPage(page.address, admin, screen)
  else screen.note(`Health: ${page.address}/readyz`)
  return page
}

async function run(
  bot: Rowbot,
  serving: ServeState,
  { roles, stopSignal, screen }: { roles: Roles; stopSignal: Promise<unknown>; screen: Screen },
): Promise<void> {
  await addConfigured(bot, screen)
  if (roles.has('worker') && !(await takeOver(bot, stopSignal, screen))) return
  if (roles.has('bot')) {
    const { BotRole } = await import('../serve/bot-role.ts') // loads the page’s API, which is large
    const chats = new BotRole({ bot, note: (line) => screen.note(line) })
    serving.chats = chats
    const started = chats.start()
    started.catch(() => {}) // awaited below, unless it is stopped before a chat has connected
    await Promise.race([started, stopSignal])
  }
  const what = roles.has('worker') ? 'Running the tasks' : `Serving as ${[...roles].join(' and ')}`
  const where = bot.isShared ? 'the database' : bot.config.dataDir
  screen.note(`${what} of ${where}. Ctrl-C stops.`)
}

/** Slack resends events after a 503. */
function notYet(): Response {
  return new Response(null, { status: 503 })
}

const TRY_EVERY_MS = 500

/**
 * Becomes the runner as soon as no other process is, and the disk has room: the page is served meanwhile.
 * @returns false if it was stopped before that
 */
export async function takeOver(bot: Rowbot, stopSignal: Promise<unknown>, screen: Screen): Promise<boolean> {
  const said = new Set<string>()
  for (;;) {
    const why = startOf(bot)
    if (why === undefined) return true
    if (!said.has(why)) screen.note(why)
    said.add(why)
    const isStopped = await Promise.race([
      stopSignal.then(() => true),
      Bun.sleep(TRY_EVERY_MS).then(() => false),
    ])
    if (isStopped) return false
  }
}

/** Why it does not run the tasks yet; undefined: it does. */
function startOf(bot: Rowbot): string | undefined {
  try {
    return bot.startRunner()
      ? undefined
      : 'Another Rowbot process runs the tasks of this data folder; this one takes over when it is done.'
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return [fault.message, fault.hint, 'It goes on by itself.'].filter(Boolean).join(' ')
  }
}
