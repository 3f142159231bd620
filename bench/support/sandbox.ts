import { join } from 'node:path'
import type { Hit } from '../../src/dify/sandbox/run-log.ts'
import type { ServerTrouble } from '../../src/dify/sandbox/trouble.ts'
import { slowSummariser } from '../../src/dify/sandbox/apps/slow-summariser.ts'

/** The app of the benches: it returns a text’s first sentence, so every row has its own answer. */
export const APP = slowSummariser

export interface SandboxProcess {
  /** the base URL of the API, with /v1 */
  url: string
  /** every run since the start, in order */
  hits(): Promise<Hit[]>
  /** something happens to the whole server */
  cause(trouble: ServerTrouble): Promise<void>
  stop(): Promise<unknown>
}

/** Starts the sandbox in its own process. @param delayMs how long every run takes */
export function spawnSandbox(delayMs: number): Promise<SandboxProcess> {
  return spawnServer(join(import.meta.dir, 'sandbox-process.ts'), delayMs)
}

/** The same with another program, which prints its address. */
export async function spawnServer(program: string, delayMs: number): Promise<SandboxProcess> {
  const child = Bun.spawn([process.execPath, program, String(delayMs)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const url = await firstLine(child.stdout)
  return {
    url,
    async hits() {
      const answer = await fetch(new URL('/sandbox/hits', url))
      // The sandbox’s own answer: see hitsRoute.
      const { hits } = (await answer.json()) as { hits: Hit[] }
      return hits
    },
    async cause(trouble) {
      await fetch(new URL('/sandbox/trouble', url), { method: 'POST', body: JSON.stringify({ trouble }) })
    },
    stop() {
      child.kill()
      return child.exited
    },
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) break
  }
  return text.split('\n')[0] ?? ''
}
