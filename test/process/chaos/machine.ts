import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, started } from '../../support/command.ts'
import { freePort } from '../../support/free-port.ts'

const READY_MS = 60_000
/** Rows in flight have 25 s; the rest is the machine's. */
const ENDS_WITHIN_MS = 60_000
const MOST_ENDS = 20
const HERE = import.meta.dir
const COMPILED = join(HERE, '../../../node_modules/.cache/compiled')

export interface MachineOptions {
  /** its data folder */
  folder: string
  /** what comes after `rowbot serve` */
  args: string[]
  /** its settings, beside those of every machine */
  env: Record<string, string>
  /** its process was killed or has ended: it may have left runs at Dify */
  onGone: () => void
  /** something is wrong for which it may end by itself */
  mayEnd: () => boolean
}

/** A machine with one process of Rowbot, which is started again whenever it has ended, as a service manager does. */
export class Machine {
  readonly port = freePort()
  /** that the process was killed with SIGKILL */
  kills = 0
  /** what it said when it ended by itself, or that it did not end when it was to */
  readonly ends: string[] = []
  #serving: Command | undefined
  #couldEnd = false

  constructor(private readonly options: MachineOptions) {}

  get pid(): number {
    return this.#serving?.process.pid ?? 0
  }

  /** The process is started. */
  spawn(): void {
    this.#couldEnd = this.options.mayEnd()
    this.#serving = this.command(['serve', ...this.options.args])
  }

  /** A command on its command line. @param cwd where it is given */
  command(words: string[], cwd?: string): Command {
    const { folder, env } = this.options
    const around = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      NO_COLOR: '1',
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: COMPILED,
      ROWBOT_DATA_DIR: folder,
      ROWBOT_PORT: String(this.port),
      CHAOS_CLOCK: join(folder, 'clock'),
      ...env,
    }
    return started([process.execPath, join(HERE, 'rowbot.ts'), ...words], around, cwd)
  }

  /** Resolves when it is ready; started again where it ended by itself. */
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
    this.options.onGone()
  }

  /** SIGTERM, as a service manager sends it. What it lets go is looked up by the next process. */
  async end(): Promise<void> {
    if (!this.#serving || !this.#isThere) return
    const { process: child } = this.#serving
    this.thaw()
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
    this.options.onGone()
  }

  freeze(): void {
    if (this.#isThere) this.#serving?.process.kill('SIGSTOP')
  }

  thaw(): void {
    if (this.#isThere) this.#serving?.process.kill('SIGCONT')
  }

  setClock(byMs: number): void {
    try {
      writeFileSync(join(this.options.folder, 'clock'), String(byMs))
    } catch {
      // The disk is full: the clock stays as it is.
    }
  }

  /** Everything that it has said to a log or a terminal. */
  said(): string {
    const file = join(this.options.folder, 'rowbot.log')
    return `${existsSync(file) ? readFileSync(file, 'utf8') : ''}\n${this.#serving?.errors() ?? ''}`
  }

  get #isThere(): boolean {
    const { process: child } = this.#serving ?? {}
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** It may end by itself only with a reason. */
  #checkEnd(): void {
    const { process: child } = this.#serving ?? {}
    if (child?.exitCode === 0 || child?.signalCode !== null) return
    if (this.#couldEnd || this.options.mayEnd()) return
    this.ends.push(this.#serving?.errors() ?? '')
    if (this.ends.length > MOST_ENDS) throw new Error(`It ends by itself: ${this.ends.at(-1)}`)
  }
}
