import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { BotRole } from '../../src/serve/bot-role.ts'
import { servePage } from '../../src/serve/page-server.ts'
import { aSandbox, later, QUICK, RANGES_FOR_TESTS, tempFolder, until, withWorkflow } from './bot.ts'
import { borrowDatabase } from './test-database.ts'
import type { SandboxOptions } from '../../src/dify/sandbox/start-sandbox.ts'

export const ADMIN_TOKEN = 'the-admin-token-of-all-machines'

/** Several machines on one Postgres, each with a data folder of its own, beside a sandbox of Dify. */
export async function machines(options: SandboxOptions & { env?: Record<string, string> } = {}) {
  const { env = {}, ...sandboxOptions } = options
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const sandbox = aSandbox(sandboxOptions)
  const settings = {
    DATABASE_URL: url,
    ROWBOT_SECRET_KEY: 'a secret key of all machines',
    ROWBOT_ADMIN_TOKEN: ADMIN_TOKEN,
    ...env,
  }
  const open = async () => {
    const bot = await Rowbot.open({
      config: readConfig({ ...settings, ROWBOT_DATA_DIR: tempFolder() }),
      log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
      timing: QUICK,
      ranges: RANGES_FOR_TESTS,
    })
    later(() => bot.close())
    return bot
  }
  const first = await open()
  const workflow = await withWorkflow(first, {
    baseUrl: sandbox.url,
    apiKey: 'app-sandbox-product-copywriter',
  })
  return { sandbox, settings, first, workflow, open }
}

/** As long as a busy machine may keep a leader from renewing it. One that stops gives it back at once. */
const LEASE_MS = 20_000

/** The chats of a machine. What it says when it starts is in `notes`. */
export async function withChats(bot: Rowbot) {
  const notes: string[] = []
  const role = new BotRole({ bot, note: (line) => notes.push(line), leaseMs: LEASE_MS })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= role.stop())
  later(stop)
  await role.start()
  const leads = () =>
    until(
      () => role.word(),
      (word) => word === 'leads',
    )
  return { bot, role, notes, stop, leads }
}

/** The page and the API of a machine. */
export async function withPage(bot: Rowbot): Promise<string> {
  const health = () => Promise.resolve({ ready: true, parts: {} })
  const page = await servePage(bot, { token: ADMIN_TOKEN, health, port: 0 })
  later(() => page.stop(0))
  return page.address
}
