import { ownFile, ROWBOT } from '../engine/this-program.ts'
import { listTasks } from '../db/tasks/tasks.ts'
import { healthOf } from '../serve/health.ts'
import type { PageServer } from '../serve/page-server.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { actorHere } from './pick-workflow.ts'
import { addSandboxWorkflows } from '../app/workflows.ts'
import { resultPath } from './files.ts'
import { EXIT } from './end-code.ts'
import { showLink } from './page.ts'
import { run } from './run.ts'
import type { Screen } from './screen.ts'
import { takeOver } from './serve.ts'
import { resume } from './go-on.ts'
import { untilStopSignal } from './interrupt.ts'

const SAMPLE = ownFile('samples/test_batch_data.xlsx')
const NAME = 'Demo · Product copywriter'
/** Rows of other tasks, started on the page, get this long to finish. */
const GRACE_MS = 10_000

/** Runs the sample workbook through the sandbox, without any set-up. Continues an interrupted demo. */
export async function demo(bot: Rowbot, screen: Screen): Promise<number> {
  screen.note(
    'Demo: the sample workbook through the built-in sandbox. It is not Dify, and no model is called.',
  )
  const workflows = await addSandboxWorkflows(bot, actorHere())
  const workflow = workflows.find(({ name }) => name.startsWith('Product copywriter'))
  if (!workflow) throw new Error('the sandbox has no copywriter')

  const earlier = (await listTasks(bot.db)).find(({ name }) => name === NAME)
  if (earlier && earlier.counts.left > 0) {
    screen.note(`Continuing task ${earlier.id}, which was interrupted.`)
    return resume(
      bot,
      earlier.id,
      { json: false, out: resultPath(SAMPLE, earlier.id, bot.config.dataDir) },
      screen,
    )
  }
  const code = await run(
    bot,
    { file: SAMPLE },
    { workflow, name: NAME, json: false, folder: bot.config.dataDir },
    screen,
  )
  screen.note(`Next: ${ROWBOT} --help, or set up a real Dify app as the README says.`)
  return code
}

/** The demo with the page, which stays open until Ctrl-C. */
export async function demoWithPage(bot: Rowbot, screen: Screen): Promise<number> {
  const state = { isDraining: false, chats: {} }
  const page = await openPage(bot, state, screen)
  try {
    const code = await demo(bot, screen)
    if (code === EXIT.interrupted) return code
    const { notifierOf } = await import('../serve/notifications.ts') // loads the page’s API, which is large
    const stopSignal = untilStopSignal()
    screen.note('The page stays open until Ctrl-C: look at the task, or drop a file of your own.')
    showLink(page.address, await bot.adminToken(), screen) // again, as the first mention has scrolled away
    if (await takeOver(bot, stopSignal, screen)) {
      const notifier = notifierOf(bot)
      notifier.start()
      await stopSignal
      await notifier.stop()
    }
    state.isDraining = true
    await bot.stopRunner(GRACE_MS)
    return code
  } finally {
    await page.stop()
  }
}

/** On the port that is set, or else on any free one. */
async function openPage(
  bot: Rowbot,
  state: Parameters<typeof healthOf>[1],
  screen: Screen,
): Promise<PageServer> {
  const { PortTaken, servePage } = await import('../serve/page-server.ts') // large, and only needed here
  const admin = await bot.adminToken()
  const options = {
    token: admin.token,
    health: () => healthOf(bot, state),
    isStopping: () => state.isDraining,
  }
  const page = await servePage(bot, options).catch((fault: unknown) => {
    if (!(fault instanceof PortTaken)) throw fault
    return servePage(bot, { ...options, port: 0 })
  })
  showLink(page.address, admin, screen)
  return page
}

/** Serves the sandbox until it is stopped. */
export async function runSandbox({ port = 0 }: { port?: number }, screen: Screen): Promise<number> {
  const { startSandbox } = await import('../dify/sandbox/start-sandbox.ts')
  const sandbox = startSandbox({ port })
  screen.print(`Sandbox, not Dify: no model is called. ${sandbox.url}`)
  for (const { key, name } of sandbox.apps) screen.print(`  ${key}  ${name}`)
  screen.note(`Use an app: DIFY_BASE_URL=${sandbox.url} DIFY_API_KEYS=… ${ROWBOT} run FILE`)
  await untilStopSignal()
  await sandbox.stop()
  return EXIT.done
}
