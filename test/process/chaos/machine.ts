import { join } from 'node:path'
import { type Command, started } from '../../support/command.ts'

const READY_MS = 60_000
/** Rows in flight have 25 s; the rest is the machine's. */
const ENDS_WITHIN_MS = 60_000
const MOST_ENDS = 20
const HERE = import.meta.dir
const COMPILED = join(HERE, '../../../node_modules/.cache/compiled')

export interface MachineOptions {
  /** of `rowbot serve` */
  args: string[]
  env: Record<string, string>
  /** what it says when it is ready */
  ready: string
  /** A process has died; what it has begun at Dify goes on. */
  left: () => void
}

/** A process that serves, started again whenever it is wanted. */
export class Machine {
  /** that it was killed with SIGKILL */
  kills = 0
  /** what it said when it ended by itself, or that it did not end when it was to */
  readonly ends: string[] = []
  #process: Command | undefined

  constructor(private readonly options: MachineOptions) {}

  spawn(): void {
    const { args, env } = this.options
    this.#process = started([process.execPath, join(HERE, 'serve.ts'), ...args], {
      PATH: process.env['PATH'] ?? '',
      NO_COLOR: '1',
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: COMPILED,
      ...env,
    })
  }

  /** Resolves when it is ready; started again where it ended by itself, as a service manager does. */
  async start(): Promise<void> {
    const before = performance.now()
    if (!this.isThere) this.spawn()
    while (!this.said().includes(this.options.ready)) {
      if (!this.isThere) {
        this.#checkEnd()
        this.spawn()
      }
      if (performance.now() - before > READY_MS)
        throw new Error(`It has not started within ${READY_MS / 1000} s: ${this.said()}`)
      await Bun.sleep(20)
    }
  }

  async kill(): Promise<void> {
    if (!this.#process || !this.isThere) return
    this.#process.process.kill('SIGKILL')
    await this.#process.process.exited
    this.kills += 1
    this.options.left()
  }

  /** SIGTERM, as a service manager sends it. What it lets go is looked up by the next process. */
  async end(): Promise<void> {
    if (!this.#process || !this.isThere) return
    const { process: child } = this.#process
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
    this.options.left()
  }

  freeze(): void {
    if (this.isThere) this.#process?.process.kill('SIGSTOP')
  }

  thaw(): void {
    if (this.isThere) this.#process?.process.kill('SIGCONT')
  }

  /** in its terminal, since it was started last */
  said(): string {
    return this.#process?.errors() ?? ''
  }

  get pid(): number {
    return this.#process?.process.pid ?? 0
  }

  get isThere(): boolean {
    const { process: child } = this.#process ?? {}
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** It may end by itself only with a reason. */
  #checkEnd(): void {
    const { process: child } = this.#process ?? {}
    if (child?.exitCode === 0 || child?.signalCode !== null) return
    this.ends.push(this.said())
    if (this.ends.length > MOST_ENDS) throw new Error(`It ends by itself: ${this.ends.at(-1)}`)
  }
}
