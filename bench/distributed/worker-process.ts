import { join } from 'node:path'
import type { LeaseTiming } from '../../src/queue/jobs.ts'
import type { Traffic } from './counted-driver.ts'

/** Since its start. */
export interface WorkerFigures extends Traffic {
  cpuMs: number
}

export interface WorkerProcess {
  /** what it has used since its start */
  figures(): Promise<WorkerFigures>
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void
  /** Resolves when it has ended. */
  end(): Promise<unknown>
}

/** Starts a process that runs tasks. @param lease default: as everywhere */
export async function startWorker(
  env: Record<string, string>,
  lease: Partial<LeaseTiming> = {},
): Promise<WorkerProcess> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'worker.ts')], {
    env: { ...process.env, ...env, LEASE: JSON.stringify(lease) },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = linesOf(child.stdout)
  if ((await lines.next()).done) throw new Error('A worker did not start.')
  return {
    async figures() {
      await child.stdin.write('\n')
      await child.stdin.flush()
      // The worker's own answer: see worker.ts.
      return JSON.parse((await lines.next()).value ?? '') as WorkerFigures
    },
    kill: (signal) => child.kill(signal),
    end() {
      child.kill('SIGCONT') // a frozen one does not end
      child.kill('SIGKILL')
      return child.exited
    },
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
  return undefined
}
