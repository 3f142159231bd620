import { cpSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../../src/app/config.ts'
import { Rowbot } from '../../../src/app/rowbot.ts'
import type { Db } from '../../../src/db/schema.ts'
import { connectPostgres } from '../../../src/db/postgres.ts'
import { openSqlite } from '../../../src/db/sqlite.ts'
import { type Sandbox, startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import { echoApp } from '../../model/support/echo-app.ts'
import { later, startedFolder, tempFolder, withWorkflow } from '../../support/bot.ts'
import { LocalDiscord } from '../../support/discord/local-discord.ts'
import { TOKEN } from '../../support/discord/world.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { aTcpProxy } from '../../support/tcp-proxy.ts'
import { ON_POSTGRES } from '../../support/test-database.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { LocalSlack } from '../../support/slack/local-slack.ts'
import { type StormyChat, stormyDiscord, stormySlack } from './chats.ts'
import { Machine } from './machine.ts'

/** How many rows the workflow may have at Dify at once. */
export const LIMIT = 5
const ROW_MS = 60
const ADMIN_TOKEN = 'the-admin-token-of-the-storm'
const DISK_MB = 256
const ANSWER_MS = 5_000
/** With Postgres, machines beside the one that serves everything. */
const WORKERS = ['worker', 'worker']
const HERE = import.meta.dir

export interface Answer {
  status: number
  /** parsed, if it was JSON */
  body: unknown
}

/**
 * Rowbot in a process of its own with all that it has: page and API, runner, a chat; beside a sandbox and a Discord. With
 * Postgres two further processes run tasks, each on a machine of its own.
 */
export class World {
  /** the first serves the page and the chats; all run tasks */
  readonly machines: Machine[] = []
  readonly chats: readonly StormyChat[]
  isDatabaseAway = false
  /** runs that a process left behind at the sandbox when it died: the next one does not know of all of them yet */
  readonly leftBehind = new Set<string>()
  readonly tokens: string[] = [ADMIN_TOKEN]
  /** that a command was killed with SIGKILL */
  commandKills = 0
  #fills = 0
  /** how many have filled it up: whoever starts then ends with a sentence */
  #isFull = 0

  private constructor(
    readonly folder: string,
    readonly databaseUrl: string,
    readonly sandbox: Sandbox,
    /** between Rowbot and the sandbox */
    readonly network: ReturnType<typeof aTcpProxy>,
    readonly discord: LocalDiscord,
    readonly slack: LocalSlack,
    /** undefined: on SQLite */
    private readonly postgres: PostgresServer | undefined,
    /** undefined: it cannot be filled up, because nobody but root may mount one */
    readonly disk: string | undefined,
  ) {
    this.chats = [stormyDiscord(discord), stormySlack(slack)]
  }

  /** @param number modulo how many there are */
  chat(number: number): StormyChat {
    const chat = this.chats[number % this.chats.length]
    if (!chat) throw new Error('There is no chat')
    return chat
  }

  get address(): string {
    return `http://127.0.0.1:${this.machine(0).port}`
  }

  /**
   * @param hasDisk the data folder is on a small disk of its own, if that is possible here
   * @param hasWorkers with Postgres, further machines run tasks
   */
  static async begin({
    hasDisk,
    hasWorkers = false,
  }: {
    hasDisk: boolean
    hasWorkers?: boolean
  }): Promise<World> {
    const folder = tempFolder()
    const disk = hasDisk && mount(folder) ? folder : undefined
    if (disk !== undefined) later(() => Bun.spawnSync(['umount', '--lazy', folder]))
    cpSync(await startedFolder(), folder, { recursive: true })
    const postgres = ON_POSTGRES ? await startPostgres() : undefined // its own: it is restarted
    if (postgres) later(() => postgres.remove())
    const sandbox = startSandbox({ delayMs: ROW_MS, pingMs: 200, apps: [echoApp(() => 0)] })
    later(() => sandbox.stop())
    const network = aTcpProxy(Number(new URL(sandbox.url).port))
    const url = postgres?.url ?? ''
    const bot = await Rowbot.open({
      config: readConfig({ ROWBOT_DATA_DIR: folder, DATABASE_URL: url }),
      log: pino({ level: 'silent' }),
    })
    await withWorkflow(bot, {
      baseUrl: `http://127.0.0.1:${network.port}/v1`,
      apiKey: sandbox.apps[0]?.key ?? '',
      limit: LIMIT,
    })
    await bot.close()
    const world = new World(
      folder,
      url,
      sandbox,
      network,
      LocalDiscord.start(),
      await LocalSlack.start(),
      postgres,
      disk,
    )
    world.#add(folder, [])
    if (postgres && hasWorkers) {
      const key = readFileSync(join(folder, 'secret.key'), 'utf8').trim()
      for (const roles of WORKERS) world.#add(tempFolder(), ['--roles', roles], { ROWBOT_SECRET_KEY: key })
    }
    await world.start()
    for (const name of ['mei', 'jo']) {
      const made = await world.ask('POST', '/api/tokens', { body: { name, role: 'runner' } })
      if (made?.status !== 201) throw new Error(`no token for ${name}: ${JSON.stringify(made)}`)
      // `as`: the answer of our own API, as its schema says.
      world.tokens.push((made.body as { token: string }).token)
    }
    return world
  }

  /** Resolves when all of them are ready. */
  async start(): Promise<void> {
    await Promise.all(this.machines.map((one) => one.start()))
  }

  /** SIGTERM to all of them. */
  async end(): Promise<void> {
    await Promise.all(this.machines.map((one) => one.end()))
  }

  /** One of the machines. @param number modulo their number */
  machine(number: number): Machine {
    const machine = this.machines[number % this.machines.length]
    if (!machine) throw new Error('There is no machine')
    return machine
  }

  /** As an admin does it (`fast`) or a power cut (`immediate`). @returns what starts Postgres again */
  async stopDatabase(how: 'fast' | 'immediate'): Promise<() => Promise<void>> {
    const { postgres } = this
    if (!postgres || this.isDatabaseAway) return () => Promise.resolve()
    this.isDatabaseAway = true
    await postgres.stop(how)
    return async () => {
      await postgres.start()
      this.isDatabaseAway = false
    }
  }

  /** The disk has no byte left. @returns what makes room again */
  fill(): () => void {
    const { disk } = this
    if (disk === undefined) return () => {}
    const file = join(disk, `filler-${this.#fills++}`)
    const { bavail, bsize } = statfsSync(disk)
    // Not by writing until it fails: nothing is to be there that could not be taken away.
    Bun.spawnSync(['fallocate', '--length', String(bavail * bsize), file])
    this.#isFull += 1
    return () => {
      rmSync(file, { force: true })
      this.#isFull -= 1
    }
  }

  /** Another program locks the database file. @returns what ends that program */
  async lock(): Promise<() => Promise<void>> {
    if (this.databaseUrl !== '') return () => Promise.resolve()
    const child = Bun.spawn(
      [process.execPath, join(HERE, '../lock-database.ts'), join(this.folder, 'rowbot.db')],
      { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' },
    )
    const unlock = async () => {
      child.kill('SIGKILL')
      await child.exited
    }
    later(unlock)
    // It gives up where the database is busy just then: then nothing is locked.
    await Promise.race([child.stdout.getReader().read(), child.exited])
    return unlock
  }

  /** @returns undefined if no answer came */
  async ask(
    method: string,
    path: string,
    { user = 0, body, headers = {} }: { user?: number; body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer | undefined> {
    const isForm = body instanceof FormData
    try {
      const response = await fetch(this.address + path, {
        method,
        headers: {
          authorization: `Bearer ${this.tokens[user] ?? ADMIN_TOKEN}`,
          connection: 'close',
          ...(body && !isForm && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: isForm ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text }
    } catch {
      return undefined
    }
  }

  /** Its database, read beside it. */
  async withDatabase<T>(read: (db: Db) => Promise<T>): Promise<T> {
    const db =
      this.databaseUrl === ''
        ? await openSqlite(join(this.folder, 'rowbot.db'))
        : connectPostgres(this.databaseUrl)
    try {
      return await read(db)
    } finally {
      await db.destroy()
    }
  }

  /** Everything that they have said to a log or a terminal. */
  said(): string {
    return this.machines.map((one) => one.said()).join('\n')
  }

  /** of whatever serves, and of commands */
  get kills(): number {
    return this.machines.reduce((sum, { kills }) => sum + kills, this.commandKills)
  }

  /** what one said when it ended by itself, or that it did not end when it was to */
  get ends(): string[] {
    return this.machines.flatMap(({ ends }) => ends)
  }

  /** of the process that serves the page */
  get pid(): number {
    return this.machine(0).pid
  }

  #add(folder: string, args: string[], env: Record<string, string> = {}): void {
    this.machines.push(
      new Machine({
        folder,
        args,
        env: {
          DATABASE_URL: this.databaseUrl,
          ROWBOT_ADMIN_TOKEN: ADMIN_TOKEN,
          DISCORD_TOKEN: TOKEN,
          DISCORD_API_URL: this.discord.apiUrl,
          SLACK_BOT_TOKEN: BOT_TOKEN,
          SLACK_APP_TOKEN: APP_TOKEN,
          SLACK_API_URL: this.slack.apiUrl,
          ...env,
        },
        onGone: () => this.leave(),
        mayEnd: () => this.isDatabaseAway || this.#isFull > 0,
      }),
    )
  }

  /** What is at Dify now may be of a process that does not know of it any more. */
  leave(): void {
    for (const { runId, status } of this.sandbox.hits()) if (status === 'running') this.leftBehind.add(runId)
  }
}

function mount(folder: string): boolean {
  if (process.getuid?.() !== 0) return false
  const done = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'rowbot-chaos', folder])
  return done.success
}
