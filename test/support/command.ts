import { join } from 'node:path'
import type { Subprocess } from 'bun'
import { later } from './bot.ts'

const MAIN = join(import.meta.dir, '../../src/main.ts')

export interface Command {
  process: Subprocess<'ignore', 'pipe', 'pipe'>
  /** what it has written to standard error so far */
  errors(): string
  /** resolves when `text` has been written to standard error */
  says(text: string): Promise<void>
  ended: Promise<{ code: number; out: string; err: string }>
}

/** The real command line, in a process of its own. */
export function rowbot(args: string[], env: Record<string, string>): Command {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: env['ROWBOT_DATA_DIR'] ?? '', NO_COLOR: '1', ...env },
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
