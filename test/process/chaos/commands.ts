import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asSent } from '../../model/support/sheet.ts'
import { tempFolder } from '../../support/bot.ts'
import { type Command, rowbot } from '../../support/command.ts'
import type { CommandDecision } from './decisions.ts'
import type { Promised } from './people.ts'
import { untrueEnd } from './untrue-commands.ts'
import type { World } from './world.ts'

/** A command that somebody gave, and what is known of it. */
export interface Given {
  words: string[]
  process: Command['process']
  /** what it has written to standard error so far */
  errors(): string
  isThere: boolean
  /** its own folder, in which nothing else writes */
  folder: string
  /** the rows of the file that it was given, by their numbers */
  rows: Map<number, string>
  /** how it was ended by somebody */
  ended?: 'SIGINT' | 'SIGTERM' | 'SIGKILL'
  /** something was wrong with the disk or the database while it ran */
  couldFail: boolean
}

/** Most that run at once: each is a process. */
const AT_ONCE = 3
/** Once no task runs any more, whoever follows one sees that within this time. */
const ENDS_WITHIN_MS = 60_000

/** Commands that people give, on the first machine and with `--server`. */
export class Commands {
  readonly faults: string[] = []
  readonly #running = new Set<Given>()
  readonly #ends = new Set<Promise<void>>()
  readonly #folder = tempFolder()
  #said = ''
  #count = 0

  constructor(
    private readonly world: World,
    private readonly mayFail: () => boolean,
    /** a task that a command said it has started */
    private readonly promised: (task: Promised) => void,
    private readonly say: (line: string) => void,
  ) {}

  /** @param taskId which one it is about. @returns what is done, for a person to read */
  do(decision: CommandDecision, taskId: string | undefined): string {
    if (decision.act === 'end-command') return this.#end(decision)
    if (this.#running.size >= AT_ONCE) return 'enough run'
    if (decision.act === 'command-run') return this.#run(decision)
    if (taskId === undefined) return 'no task'
    const { verb, user, isThere } = decision
    const folder = this.#newFolder()
    const out = verb === 'result' ? ['--out', 'result.csv'] : []
    const json = verb === 'status' ? ['--json'] : []
    return this.#give([verb, taskId, ...out, ...json], { user, isThere, folder, rows: new Map() })
  }

  /** A machine has died or the disk has filled up: whatever runs may say so. */
  trouble(): void {
    for (const one of this.#running) one.couldFail = true
  }

  /** No task runs any more: those who follow one see that, and end. */
  async rest(): Promise<void> {
    const late = Bun.sleep(ENDS_WITHIN_MS).then(() => true)
    if (await Promise.race([Promise.all(this.#ends).then(() => false), late]))
      for (const { words, process } of this.#running) {
        this.faults.push(`rowbot ${words.join(' ')} does not end`)
        process.kill('SIGKILL')
      }
    await Promise.all(this.#ends)
  }

  /** Everything that commands have written. */
  said(): string {
    return this.#said
  }

  #run({
    user,
    isThere,
    rows: count,
    concurrency,
    asJson,
  }: CommandDecision & { act: 'command-run' }): string {
    const number = ++this.#count
    const folder = this.#newFolder()
    const rows = new Map<number, string>()
    const lines = ['Name,Features']
    for (let row = 2; row < count + 2; row++) {
      const name = `Iron ${number}-${row}`
      const features = `kind ${row}`
      lines.push(`${name},${features}`)
      rows.set(row, asSent({ name, features }))
    }
    writeFileSync(join(folder, 'irons.csv'), `${lines.join('\n')}\n`)
    const json = asJson ? ['--json'] : []
    const words = ['run', 'irons.csv', '--concurrency', String(concurrency), '--out', 'result.csv', ...json]
    return this.#give(words, { user, isThere, folder, rows })
  }

  #give(
    words: string[],
    { user, isThere, folder, rows }: Pick<Given, 'isThere' | 'folder' | 'rows'> & { user: number },
  ): string {
    const { world } = this
    const env = { ROWBOT_DATA_DIR: folder, ROWBOT_TOKEN: world.tokens[user] ?? world.tokens[0] ?? '' }
    const command = isThere
      ? rowbot(['--server', world.address, ...words], env, folder)
      : world.machine(0).command(words, folder)
    const errors = () => command.errors()
    const { process } = command
    const given: Given = { words, process, errors, isThere, folder, rows, couldFail: this.mayFail() }
    this.#running.add(given)
    const done = this.#follow(given, command, isThere ? user : 0).finally(() => this.#ends.delete(done))
    this.#ends.add(done)
    return `rowbot ${words.join(' ')}${isThere ? ' (elsewhere)' : ''}`
  }

  async #follow(given: Given, { ended }: Command, user: number): Promise<void> {
    void this.#promise(given, user)
    const { code, out, err } = await ended
    given.couldFail ||= this.mayFail()
    this.#running.delete(given)
    if (!given.isThere) this.world.leave() // it may have run tasks
    this.#said += `${out}\n${err}\n`
    this.#acknowledge(given, `${out}\n${err}`, user)
    this.say(`   ${given.words[0]} ended with ${code}: ${err.trim().split('\n').slice(-2).join(' ')}`)
    const file = join(given.folder, 'result.csv')
    const result = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    for (const fault of untrueEnd(given, { code, out, err, result })) this.faults.push(fault)
  }

  /** It says which task it has started long before it ends. */
  async #promise(given: Given, user: number): Promise<void> {
    while (this.#running.has(given) && !this.#acknowledge(given, given.errors(), user)) await Bun.sleep(50)
  }

  #acknowledge({ words, rows }: Given, said: string, user: number): boolean {
    if (words[0] !== 'run') return true
    const id = /^Task (\w+):/m.exec(said)?.[1] ?? /"(?:task_)?id":"(\w+)"/.exec(said)?.[1]
    if (id === undefined) return false
    this.promised({ id, user, rows, agains: new Map(), isDeleted: false, seen: new Set() })
    return true
  }

  #end({ command, how }: CommandDecision & { act: 'end-command' }): string {
    const all = [...this.#running]
    const given = all[command % Math.max(all.length, 1)]
    if (!given) return 'none runs'
    given.ended = how
    given.process.kill(how)
    if (how === 'SIGKILL') this.world.commandKills += 1
    return `rowbot ${given.words.join(' ')}`
  }

  #newFolder(): string {
    const folder = join(this.#folder, String(++this.#count))
    mkdirSync(folder)
    return folder
  }
}
