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
import { type Command, started } from '../../support/command.ts'
import { LocalDiscord } from '../../support/discord/local-discord.ts'
import { TOKEN } from '../../support/discord/world.ts'
import { freePort } from '../../support/free-port.ts'
import { aTcpProxy } from '../../support/tcp-proxy.ts'
import { borrowDatabase, ON_POSTGRES } from '../../support/test-database.ts'

/** How many rows the workflow may have at Dify at once. */
export const LIMIT = 5
const ROW_MS = 60
const ADMIN_TOKEN = 'the-admin-token-of-the-storm'
const DISK_MB = 256
const ANSWER_MS = 5_000
const READY_MS = 60_000
/** Rows in flight have 25 s; the rest is the machine's. */
const ENDS_WITHIN_MS = 60_000
const HERE = import.meta.dir
const COMPILED = join(HERE, '../../../node_modules/.cache/compiled')

export interface Answer {
  status: number
  /** parsed, if it was JSON */
  body: unknown
}

/** Rowbot in a process of its own with all that it has: page and API, runner, a chat; beside a sandbox and a Discord. */
export class World {
  readonly address: string
  /** that the process was killed with SIGKILL */
  kills = 0
  /** runs that a process left behind at the sandbox when it died: the next one does not know of all of them yet */
  readonly leftBehind = new Set<string>()
  readonly tokens: string[] = [ADMIN_TOKEN]
  #serving: Command | undefined
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
  ) {
    this.address = `http://127.0.0.1:${port}`
  }

  /** @param hasDisk the data folder is on a small disk of its own, if that is possible here */
  static async begin({ hasDisk }: { hasDisk: boolean }): Promise<World> {
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
    const world = new World(folder, url, sandbox, network, LocalDiscord.start(), freePort(), disk)
    await world.start()
    for (const name of ['mei', 'jo']) {
      const made = await world.ask('POST', '/api/tokens', { body: { name, role: 'runner' } })
      if (made?.status !== 201) throw new Error(`no token for ${name}: ${JSON.stringify(made)}`)
      // `as`: the answer of our own API, as its schema says.
      world.tokens.push((made.body as { token: string }).token)
    }
    return world
  }

  /** The process is started, unless it is there. */
  spawn(): void {
    this.#serving = started([process.execPath, join(HERE, 'serve.ts')], {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      NO_COLOR: '1',
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: COMPILED,
      ROWBOT_DATA_DIR: this.folder,
      DATABASE_URL: this.databaseUrl,
      ROWBOT_PORT: String(this.port),
      ROWBOT_ADMIN_TOKEN: ADMIN_TOKEN,
      DISCORD_TOKEN: TOKEN,
      DISCORD_API_URL: this.discord.apiUrl,
      CHAOS_CLOCK: join(this.folder, 'clock'),
    })
  }

  /** Resolves when it is ready; started again where it ended by itself, as a service manager does. */
  async start(): Promise<void> {
    const before = performance.now()
    if (!this.#isThere) this.spawn()
    while (!this.#serving?.errors().includes('Running the tasks')) {
      if (!this.#isThere) {
        this.#checkEnd()
        this.spawn()
      }
      if (performance.now() - before > READY_MS)
        throw new Error(`It has not started within ${READY_MS / 1000} s: ${this.#serving?.errors()}`)
      await Bun.sleep(20)
    }
  }

  async kill(): Promise<void> {
    if (!this.#serving || !this.#isThere) return
    this.#serving.process.kill('SIGKILL')
    await this.#serving.process.exited
    this.kills += 1
    this.#leave()
  }

  /** SIGTERM, as a service manager sends it. What it lets go is looked up by the next process. */
  async end(): Promise<void> {
    if (!this.#serving || !this.#isThere) return
    const { process: child } = this.#serving
    child.kill('SIGTERM')
    const isLate = await Promise.race([
      child.exited.then(() => false),
      Bun.sleep(ENDS_WITHIN_MS).then(() => true),
    ])
    if (isLate) {
      this.ends.push(`It has not ended ${ENDS_WITHIN_MS / 1000} s after SIGTERM`)
      child.kill('SIGKILL')
      await child.exited
    }
    this.#leave()
  }

  freeze(): void {
    if (this.#isThere) this.#serving?.process.kill('SIGSTOP')
  }

  thaw(): void {
    if (this.#isThere) this.#serving?.process.kill('SIGCONT')
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

  /** Everything that it has said to a log or a terminal. */
  said(): string {
    const file = join(this.folder, 'rowbot.log')
    return `${existsSync(file) ? readFileSync(file, 'utf8') : ''}\n${this.#serving?.errors() ?? ''}`
  }

  get pid(): number {
    return this.#serving?.process.pid ?? 0
  }

  get #isThere(): boolean {
    const { process: child } = this.#serving ?? {}
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  #leave(): void {
    for (const { runId, status } of this.sandbox.hits()) if (status === 'running') this.leftBehind.add(runId)
  }

  /** It may end by itself only with a reason. */
  #checkEnd(): void {
    const { process: child } = this.#serving ?? {}
    if (child?.exitCode === 0 || child?.signalCode !== null) return
    this.ends.push(this.#serving?.errors() ?? '')
    if (this.ends.length > MOST_ENDS) throw new Error(`It ends by itself: ${this.ends.at(-1)}`)
  }

  /** what it said when it ended by itself, or that it did not end when it was to */
  readonly ends: string[] = []
}

const MOST_ENDS = 20

function mount(folder: string): boolean {
  if (process.getuid?.() !== 0) return false
  const done = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'rowbot-chaos', folder])
  return done.success
}
