import type { KyselyPlugin } from 'kysely'
import pino from 'pino'
import { createAdmin } from '../../src/admin/http/app.ts'
import { readConfig } from '../../src/app/config.ts'
import type { Clock } from '../../src/engine/clock.ts'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { Rowbot } from '../../src/app/rowbot.ts'

const TOKEN = 'the-token-of-the-bench'

export interface BenchPage {
  bot: Rowbot
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** number of database queries so far */
  queries(): number
  close(): Promise<void>
}

/**
 * The page over a data folder, without a runner: measures only what answering costs.
 * @param clock one that jumps ahead with every request disables the cache
 */
export async function openPage(folder: string, clock: Clock): Promise<BenchPage> {
  // The seed stores no workflow’s key, so any secret key will do.
  const config = readConfig({ ROWBOT_DATA_DIR: folder, ROWBOT_SECRET_KEY: 'the secret key of the bench' })
  const bot = await Rowbot.open({ config, log: pino({ level: 'silent' }) })
  let queries = 0
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries++
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  const options = adminOptionsOf(bot, {
    tokens: { admin: TOKEN, viewer: undefined },
    health: () => ({ ready: true, parts: {} }),
  })
  const app = await createAdmin({ ...options, clock, db: bot.db.withPlugin(counting) })
  return {
    bot,
    get: (path, headers = {}) =>
      Promise.resolve(
        app.handle(
          new Request(`http://127.0.0.1${path}`, {
            headers: { host: '127.0.0.1', authorization: `Bearer ${TOKEN}`, accept: 'text/html', ...headers },
          }),
        ),
      ),
    queries: () => queries,
    close: () => bot.close(),
  }
}
