import { cpSync, existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
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
import { freePort } from '../../support/free-port.ts'
import { aTcpProxy } from '../../support/tcp-proxy.ts'
import { Machine } from './machine.ts'
import { borrowDatabase, ON_POSTGRES } from '../../support/test-database.ts'

/** How many rows the workflow may have at Dify at once. */
export const LIMIT = 5
const ROW_MS = 60
const ADMIN_TOKEN = 'the-admin-token-of-the-storm'
const DISK_MB = 256
const ANSWER_MS = 5_000
/** What `serve` says when it runs tasks. */
const READY = 'Running the tasks'

export interface Answer {
  status: number
  /** parsed, if it was JSON */
  body: unknown
}

/** Rowbot in a process of its own with all that it has: page and API, runner, a chat; beside a sandbox and a Discord. */
export class World {
  readonly address: string
  /** with the page, the chat and a runner */
  readonly serving: Machine
  /** that run tasks of the same database, and nothing else */
  readonly workers: Machine[] = []
  /** with a log each */
  readonly folders: string[]
  /** runs that a process left behind at the sandbox when it died: the next one does not know of all of them yet */
  readonly leftBehind = new Set<string>()
  readonly tokens: string[] = [ADMIN_TOKEN]
  #fills = 0

  private constructor(
    readonly folder: string,
    readonly databaseUrl: string,
    readonly sandbox: Sandbox,
    /** between Rowbot and the sandbox */
    readonly network: ReturnType<typeof aTcpProxy>,
    readonly discord: LocalDiscord,
    readonly port: number,
    /** undefined: it cannot be filled up, because nobody but root may mount one */
    readonly disk: string | undefined,
    workers: number,
  ) {
    this.address = `http://127.0.0.1:${port}`
    this.folders = [folder]
    const common = { DATABASE_URL: databaseUrl, ROWBOT_ADMIN_TOKEN: ADMIN_TOKEN }
    this.serving = new Machine({
      args: [],
      env: {
        ...common,
        HOME: folder,
        ROWBOT_DATA_DIR: folder,
        ROWBOT_PORT: String(port),
        DISCORD_TOKEN: TOKEN,
        DISCORD_API_URL: discord.apiUrl,
        CHAOS_CLOCK: join(folder, 'clock'),
      },
      ready: READY,
      left: this.leave,
    })
    for (let n = 0; n < workers; n++) {
      const own = tempFolder()
      this.folders.push(own)
      const env = {
        ...common,
        HOME: own,
        ROWBOT_DATA_DIR: own,
        ROWBOT_PORT: String(freePort()),
        ROWBOT_SECRET_KEY: readFileSync(join(folder, 'secret.key'), 'utf8').trim(),
      }
      this.workers.push(new Machine({ args: ['--roles', 'worker'], env, ready: READY, left: this.leave }))
    }
  }

  /**
   * @param hasDisk the data folder is on a small disk of its own, if that is possible here
   * @param workers machines besides, on Postgres
   */
  static async begin({ hasDisk, workers = 0 }: { hasDisk: boolean; workers?: number }): Promise<World> {
    const folder = tempFolder()
    const disk = hasDisk && mount(folder) ? folder : undefined
    if (disk !== undefined) later(() => Bun.spawnSync(['umount', '--lazy', folder]))
    cpSync(await startedFolder(), folder, { recursive: true })
    const borrowed = ON_POSTGRES ? await borrowDatabase() : undefined
    if (borrowed) later(borrowed.giveBack)
    const sandbox = startSandbox({ delayMs: ROW_MS, pingMs: 200, apps: [echoApp(() => 0)] })
    later(() => sandbox.stop())
    const network = aTcpProxy(Number(new URL(sandbox.url).port))
    const url = borrowed?.url ?? ''
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
      freePort(),
      disk,
      borrowed ? workers : 0,
    )
    await world.start()
    for (const name of ['mei', 'jo']) {
      const made = await world.ask('POST', '/api/tokens', { body: { name, role: 'runner' } })
      if (made?.status !== 201) throw new Error(`no token for ${name}: ${JSON.stringify(made)}`)
      // `as`: the answer of our own API, as its schema says.
      world.tokens.push((made.body as { token: string }).token)
    }
    return world
  }

  /** Resolves when all that serve are ready. */
  async start(): Promise<void> {
    await this.serving.start()
    for (const worker of this.workers) await worker.start()
  }

  async end(): Promise<void> {
    for (const machine of this.machines) await machine.end()
  }

  get machines(): Machine[] {
    return [this.serving, ...this.workers]
  }

  /** that a process was killed with SIGKILL */
  get kills(): number {
    return this.machines.reduce((sum, { kills }) => sum + kills, 0)
  }

  /** what a process said when it ended by itself, or that it did not end when it was to */
  get ends(): string[] {
    return this.machines.flatMap(({ ends }) => ends)
  }

  /** What is at Dify now may be unknown to whoever goes on. */
  readonly leave = (): void => {
    for (const { runId, status } of this.sandbox.hits()) if (status === 'running') this.leftBehind.add(runId)
  }

  setClock(byMs: number): void {
    try {
      writeFileSync(join(this.folder, 'clock'), String(byMs))
    } catch {
      // The disk is full: the clock stays as it is.
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
    return () => rmSync(file, { force: true })
  }

  /** Another program locks the database file. @returns what ends that program */
  async lock(): Promise<() => Promise<void>> {
    if (this.databaseUrl !== '') return () => Promise.resolve()
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dir, '../lock-database.ts'), join(this.folder, 'rowbot.db')],
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

  /** Everything that it has said to a log or a terminal. */
  said(): string {
    const logs = this.folders.map((folder) => join(folder, 'rowbot.log')).filter((file) => existsSync(file))
    return [
      ...logs.map((file) => readFileSync(file, 'utf8')),
      ...this.machines.map((one) => one.said()),
    ].join('\n')
  }

  get pid(): number {
    return this.serving.pid
  }
}

function mount(folder: string): boolean {
  if (process.getuid?.() !== 0) return false
  const done = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'rowbot-chaos', folder])
  return done.success
}
