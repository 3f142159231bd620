import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Subprocess } from 'bun'
import { aSandbox, later, tempFolder } from './bot.ts'
import { freePort } from './free-port.ts'
import type { SandboxOptions } from '../../src/dify/sandbox/start-sandbox.ts'

/** The single-file executable of these sources, which the gate makes once: it starts in a third of the time. */
const EXECUTABLE = process.env['TEST_EXECUTABLE']
const PROGRAM =
  EXECUTABLE === undefined ? [process.execPath, join(import.meta.dir, '../../src/main.ts')] : [EXECUTABLE]

/** What the program that `rowbot` starts tells a person to type. */
export const CALL = EXECUTABLE === undefined ? 'bun rowbot' : 'rowbot'

/**
 * Where Bun keeps what it has compiled. By default that is in the home folder, which here is new for each test: without
 * this every process would compile every package again and write 6 MB, which is half of what its start costs.
 */
const COMPILED = join(import.meta.dir, '../../node_modules/.cache/compiled')

export const SAMPLE = join(import.meta.dir, '../../samples/test_batch_data.xlsx')
export const KEY = 'app-sandbox-product-copywriter'

/** A data folder of its own, and the command line on it. */
export function aFolder(more: Record<string, string> = {}) {
  const folder = tempFolder()
  const env = { ROWBOT_DATA_DIR: folder, ...more }
  return { folder, env, run: (...args: string[]) => rowbot(args, env).ended }
}

/** The same, with the copywriter of a sandbox set up. */
export function besideSandbox(options: SandboxOptions = {}) {
  const sandbox = aSandbox(options)
  return { sandbox, ...aFolder({ DIFY_BASE_URL: sandbox.url, DIFY_API_KEYS: KEY }) }
}

export interface Command {
  process: Subprocess<'ignore', 'pipe', 'pipe'>
  /** what it has written to standard error so far */
  errors(): string
  /** resolves when `text` has been written to standard error */
  says(text: string): Promise<void>
  ended: Promise<{ code: number; out: string; err: string }>
}

/** The real command line, in a process of its own. @param cwd whose `.env` it reads; default: that of the tests */
export function rowbot(args: string[], env: Record<string, string>, cwd?: string): Command {
  const around = {
    PATH: process.env['PATH'] ?? '',
    HOME: env['ROWBOT_DATA_DIR'] ?? '',
    NO_COLOR: '1',
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: COMPILED,
    ROWBOT_PORT: String(freePort()), // tests run beside each other, and beside a Rowbot of somebody's own
  }
  return started([...PROGRAM, ...args], { ...around, ...env }, cwd)
}

/** A PATH on which `bun` is the one that runs the tests, whatever its file is called, and the system's own programs are. */
export function pathWithBun(folder: string): string {
  const bin = join(folder, 'bin-of-bun')
  mkdirSync(bin)
  symlinkSync(process.execPath, join(bin, 'bun'))
  return `${bin}:/usr/bin:/bin`
}

/** Any program, with this environment and nothing else. @param cwd default: that of the tests */
export function started(argv: string[], env: Record<string, string>, cwd?: string): Command {
  const child = Bun.spawn(argv, {
    env,
    ...(cwd !== undefined && { cwd }),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  later(async () => {
    child.kill('SIGKILL')
    await child.exited
  })
  let err = ''
  let heard = () => {}
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stderr) {
      err += decoder.decode(chunk, { stream: true })
      heard()
    }
  })()
  return {
    process: child,
    errors: () => err,
    says: (text) =>
      new Promise((resolve) => {
        heard = () => err.includes(text) && resolve()
        heard()
      }),
    ended: (async () => {
      const out = await new Response(child.stdout).text()
      await reading
      return { code: await child.exited, out, err }
    })(),
  }
}
